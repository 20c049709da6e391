import { randomBytes } from 'node:crypto';
import { SAML } from '@node-saml/passport-saml';
import { forbidden } from '../../kernel/errors.ts';
import { sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { scopeOfGroups } from '../scope/scope.ts';
import type { StaffIdentity } from '../staff-sign-in.service.ts';
import { rolesOfGroups } from '../user.ts';
import { HTTP_REDIRECT } from './names.ts';
import { refuse } from './refuse.ts';
import * as store from './saml.store.ts';
import { expectedOf, libraryOptions, type SamlSettings } from './settings.ts';
import { readSignedAssertion, type SignedAssertion } from './signed-checks.ts';

/** How the identity provider knows a sign-in: what a single logout names. */
export type SamlSession = {
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly sessionIndex: string | null;
};
export type VerifiedSignIn = {
  readonly identity: StaffIdentity;
  readonly samlSession: SamlSession;
  /** When the provider asked the person to prove itself, and when we asked the provider: instants as written. */
  readonly authnInstant: string | null;
  readonly requestedAt: string | null;
};

/**
 * Checks what the identity provider signed, and keeps it under a one-time ticket until the browser that began
 * the sign-in fetches it. Gives the ticket.
 * @throws AppError `sign-in.response-refused` with `reason`
 */
export async function acceptResponse(
  ctx: Ctx,
  settings: SamlSettings,
  { signedXml, requestId }: { signedXml: string; requestId: string },
): Promise<string> {
  const expected = { ...expectedOf(settings), audience: settings.entityId, requestId };
  const assertion = readSignedAssertion(signedXml, expected);
  const seen = { issuer: assertion.issuer, assertionId: assertion.id, requestId, now: ctx.now };
  if (!(await store.insertSeen(ctx.tx, seen))) refuse('replayed');
  const ticket = randomBytes(32).toString('base64url');
  await store.insertTicket(ctx.tx, {
    tokenHash: sha256Hex(ticket),
    requestId,
    identity: {
      ...signInOf(assertion, settings),
      requestedAt: await store.findRequestedAt(ctx.tx, requestId),
    },
    now: ctx.now,
  });
  return ticket;
}

function signInOf(assertion: SignedAssertion, settings: SamlSettings): Omit<VerifiedSignIn, 'requestedAt'> {
  const { issuer, nameId, nameIdFormat, sessionIndex, attributes, authnInstant } = assertion;
  const first = (...names: readonly string[]): string =>
    names
      .map((name) => attributes.get(name)?.[0]?.trim())
      .find((value) => value !== undefined && value !== '') ?? '';
  const groups = attributes.get(settings.groupsAttribute) ?? [];
  const email = first('email', 'mail', 'urn:oid:0.9.2342.19200300.100.1.3', `${CLAIMS}/emailaddress`);
  if (email === '') refuse('no-email');
  return {
    identity: {
      idpEntityId: issuer,
      nameId,
      email: email.slice(0, 320),
      name:
        first('displayName', 'urn:oid:2.16.840.1.113730.3.1.241', `${CLAIMS}/name`, 'name').slice(0, 200) ||
        email,
      roles: rolesOfGroups(groups, settings.rolesByGroup),
      ...(settings.scopeByGroup === undefined ? {} : { scope: scopeOfGroups(groups, settings.scopeByGroup) }),
      groups,
    },
    samlSession: { nameId, nameIdFormat, sessionIndex },
    authnInstant,
  };
}
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

/** Which of our requests a ticket answers; null when there is no such ticket. Uses nothing up. */
export const findRequestOfTicket = (ctx: Ctx, ticket: string): Promise<string | null> =>
  store.findRequestOfTicket(ctx.tx, sha256Hex(ticket));

/**
 * Hands a verified sign-in to the browser that began it, once.
 * @throws AppError `sign-in.ticket-used`, `sign-in.another-browser`
 */
export async function takeSignIn(
  ctx: Ctx,
  of: { ticket: string; requestIds: readonly string[] },
): Promise<VerifiedSignIn & { requestId: string }> {
  const found = await store.takeTicket<VerifiedSignIn>(ctx.tx, {
    tokenHash: sha256Hex(of.ticket),
    now: ctx.now,
  });
  if (found === undefined)
    throw forbidden('sign-in.ticket-used', 'This sign-in was finished or took too long');
  if (!of.requestIds.includes(found.requestId))
    throw forbidden('sign-in.another-browser', 'This sign-in was begun in another browser');
  return { ...found.identity, requestId: found.requestId };
}

/**
 * What the identity provider's administrator is given about us. The library says that we take logouts by POST;
 * such a one comes from another site without our cookie, so that nobody could tell whose session it ends.
 */
export const metadataOf = (settings: SamlSettings): string =>
  new SAML(libraryOptions(settings))
    .generateServiceProviderMetadata(null, settings.keyPair.certificate)
    .replace(/(?<=<SingleLogoutService Binding=")[^"]+/, HTTP_REDIRECT);
