import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEventKey, insertEventKey } from './opening.store.ts';
import { makeEventKeyPair } from './sealing.ts';

/** The event's recipient, made when the first bid is begun. */
export async function ensureEventKey(ctx: Ctx, eventId: string): Promise<{ recipient: string }> {
  const present = await findEventKey(ctx.tx, eventId);
  if (present !== undefined) return present;
  const { identity, recipient } = await makeEventKeyPair();
  const sealedIdentity = ctx.keyRing.seal(Buffer.from(identity), placeOfIdentity(eventId));
  await insertEventKey(ctx.tx, eventId, { recipient, sealedIdentity }, ctx.now);
  return found('event_key', await findEventKey(ctx.tx, eventId));
}

const placeOfIdentity = (eventId: string): string => `event_key.sealed_identity.${eventId}`;

/** The key that opens the event's bids. @throws Error when the stored key was altered */
export async function eventIdentity(ctx: Ctx, eventId: string): Promise<string> {
  const { sealedIdentity } = found('event_key', await findEventKey(ctx.tx, eventId));
  return ctx.keyRing.unseal(sealedIdentity, placeOfIdentity(eventId)).toString('utf8');
}
