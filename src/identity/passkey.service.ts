import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { record } from '../audit/index.ts';
import { notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findAccount, noteSignIn } from './identity.service.ts';
import * as store from './passkey.store.ts';
import type { User } from './user.ts';

/** What the browser is given to make or use a passkey, and the challenge it must answer. */
export type Ceremony = { readonly options: object; readonly challenge: string };
/** What the browser made of it; the library checks it. */
export type Answer<Response> = {
  readonly response: Response;
  readonly challenge: string;
  readonly origin: string;
};

const rpIdOf = (origin: string): string => new URL(origin).hostname;

/** Begins making a passkey that signs this user in without a name, and asks for the person's finger, face or PIN. */
export async function beginRegistration(ctx: Ctx, user: User, origin: string): Promise<Ceremony> {
  const known = await store.findPasskeys(ctx.tx, user.id);
  const options = await generateRegistrationOptions({
    rpName: ctx.policies.company.name,
    rpID: rpIdOf(origin),
    userID: Uint8Array.from(Buffer.from(user.id)),
    userName: user.email,
    userDisplayName: user.name,
    attestationType: 'none',
    excludeCredentials: known.map((passkey) => ({ id: passkey.credentialId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { options, challenge: options.challenge };
}

/** Keeps a passkey that the user's browser made.
 * @throws AppError `passkey.not-accepted` */
export async function registerPasskey(
  ctx: Ctx,
  user: User,
  { name, ...answer }: Answer<RegistrationResponseJSON> & { name: string },
): Promise<void> {
  const { registrationInfo } = await verifyRegistrationResponse({
    response: answer.response,
    expectedChallenge: answer.challenge,
    expectedOrigin: answer.origin,
    expectedRPID: rpIdOf(answer.origin),
    requireUserVerification: true,
  }).catch(refuse);
  if (registrationInfo === undefined) return refuse();
  const { id: credentialId, publicKey, counter } = registrationInfo.credential;
  const id = newId();
  const isNew = await store.insertPasskey(ctx.tx, {
    id,
    userId: user.id,
    credentialId,
    publicKey: Buffer.from(publicKey),
    counter,
    name,
    createdAt: ctx.now,
  });
  if (!isNew) return refuse();
  await record(ctx, {
    action: 'user.passkey-added',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
    changes: { passkeyId: id },
  });
}

/** Begins a sign-in by whatever passkey the browser has for us: nobody is asked for a name. */
export async function beginAuthentication(origin: string): Promise<Ceremony> {
  const options = await generateAuthenticationOptions({ rpID: rpIdOf(origin), userVerification: 'required' });
  return { options, challenge: options.challenge };
}

/** Signs in by a passkey.
 * @throws AppError `passkey.not-accepted` */
export async function signInByPasskey(ctx: Ctx, answer: Answer<AuthenticationResponseJSON>): Promise<User> {
  const user = await usePasskey(ctx, answer);
  await noteSignIn(ctx, user, 'passkey');
  return user;
}

/** Whose passkey this is, once it is checked. One answer for unknown, wrong and deactivated.
 * @throws AppError `passkey.not-accepted` */
export async function usePasskey(ctx: Ctx, answer: Answer<AuthenticationResponseJSON>): Promise<User> {
  const passkey = await store.lockByCredentialId(ctx.tx, answer.response.id);
  if (passkey === undefined) return refuse();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer.response,
    expectedChallenge: answer.challenge,
    expectedOrigin: answer.origin,
    expectedRPID: rpIdOf(answer.origin),
    credential: {
      id: passkey.credentialId,
      publicKey: Uint8Array.from(passkey.publicKey),
      counter: passkey.counter,
    },
    requireUserVerification: true,
  }).catch(refuse);
  const user = await findAccount(ctx, passkey.userId);
  if (!verified || user?.isActive !== true) return refuse();
  await store.savePasskeyUsed(ctx.tx, passkey.id, { counter: authenticationInfo.newCounter, at: ctx.now });
  return user;
}

/** @throws AppError `passkey.not-found`, also for somebody else's */
export async function removePasskey(ctx: Ctx, user: User, id: string): Promise<void> {
  if ((await store.deletePasskey(ctx.tx, { id, userId: user.id })) === 0) throw notFound('passkey');
  await record(ctx, {
    action: 'user.passkey-removed',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
    changes: { passkeyId: id },
  });
}

/** The user's passkeys, the oldest first. */
export const listPasskeys = (ctx: Ctx, userId: string): Promise<store.Passkey[]> =>
  store.findPasskeys(ctx.tx, userId);

function refuse(_error?: unknown): never {
  throw ruleBroken('passkey.not-accepted', 'This passkey was not accepted');
}
