import { SAML } from '@node-saml/passport-saml';
import type { Ctx } from '../../platform/db/context.ts';
import { requestCache } from './saml.store.ts';
import { libraryOptions, type SamlSettings } from './settings.ts';

/** The SAML library by itself, for what is not signing in; it remembers its requests in this transaction. */
export const library = (ctx: Ctx, settings: SamlSettings): SAML =>
  new SAML({ ...libraryOptions(settings), cacheProvider: requestCache((work) => work(ctx)) });
