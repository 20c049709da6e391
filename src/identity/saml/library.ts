import { SAML } from '@node-saml/passport-saml';
import type { Ctx } from '../../platform/db/context.ts';
import { requestCache } from './saml.store.ts';
import { libraryOptions, type SamlSettings } from './settings.ts';

/** The SAML library, remembering its requests in this transaction; `requestId` names the next one. */
export const library = (ctx: Ctx, settings: SamlSettings, requestId?: string): SAML =>
  new SAML({
    ...libraryOptions(settings),
    cacheProvider: requestCache(ctx.tx, ctx.now),
    ...(requestId === undefined ? {} : { generateUniqueId: () => requestId }),
  });
