import type { Profile } from '@node-saml/passport-saml';
import type { Ctx } from '../../platform/db/context.ts';
import { library } from './library.ts';
import { readRedirectMessage } from './redirect-binding.ts';
import { refusalOf } from './refuse.ts';
import type { SamlSession } from './service-provider.ts';
import { type SamlSettings, sloUrlOf } from './settings.ts';

/** Where the browser ends its session at the identity provider; null when that is not offered. */
export async function singleLogoutUrl(
  ctx: Ctx,
  settings: SamlSettings,
  session: SamlSession,
): Promise<string | null> {
  if (settings.idp.logoutUrl === null) return null;
  const profile: Profile = {
    issuer: settings.idp.issuer,
    nameID: session.nameId,
    nameIDFormat: session.nameIdFormat,
    ...(session.sessionIndex === null ? {} : { sessionIndex: session.sessionIndex }),
  };
  return library(ctx, settings).getLogoutUrlAsync(profile, '', {});
}

/**
 * Reads a logout message that came by redirect. `answerUrl` is where to answer a request of the identity
 * provider, null when it answered ours; `isOurs`: it means the user of this session.
 * @throws AppError `sign-in.response-refused` with `reason`, for an unsigned one above all
 */
export async function readLogoutMessage(
  ctx: Ctx,
  settings: SamlSettings,
  message: { rawQuery: string; session: SamlSession | null },
): Promise<{ answerUrl: string | null; isOurs: boolean }> {
  const { fields } = readRedirectMessage(message.rawQuery, {
    issuer: settings.idp.issuer,
    certificates: settings.idp.certificates,
    destination: sloUrlOf(settings),
    messages: ['LogoutRequest', 'LogoutResponse'],
  });
  const saml = library(ctx, settings);
  const { profile } = await saml.validateRedirectAsync(fields, message.rawQuery).catch((error: unknown) => {
    throw refusalOf(error);
  });
  if (profile === null || profile === undefined) return { answerUrl: null, isOurs: true };
  const isOurs = message.session !== null && profile.nameID === message.session.nameId;
  const answerUrl = await new Promise<string>((resolve, reject) => {
    saml.getLogoutResponseUrl(profile, fields['RelayState'] ?? '', {}, isOurs, (error, url) =>
      error === null && typeof url === 'string' ? resolve(url) : reject(error ?? new Error('No logout URL')),
    );
  });
  return { answerUrl, isOurs };
}
