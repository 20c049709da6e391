import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { EventItem, SourcingEvent } from '../sourcing/index.ts';
import { canonicalJson } from './canonical-json.ts';
import * as store from './event-key.store.ts';
import { opensAt } from './opening.ts';
import { makeKeyPair, type SealingKeys } from './sealing.ts';

/** Whom bids for the event are sealed to. Its own keys, new in each round, are made when the first bid is begun. */
export async function ensureSealingKeys(ctx: Ctx, eventId: string): Promise<SealingKeys> {
  const present = keysOf(await store.findRecipients(ctx.tx, eventId));
  if (present !== null) return present;
  const keys = await Promise.all(
    (['time', 'house'] as const).map(async (purpose) => {
      const { identity, recipient } = await makeKeyPair();
      const sealedIdentity = ctx.keyRing.seal(Buffer.from(identity), placeOf(eventId, purpose));
      return { purpose, recipient, sealedIdentity };
    }),
  );
  await store.insertEventKeys(ctx.tx, eventId, keys, ctx.now);
  return found('event_key', keysOf(await store.findRecipients(ctx.tx, eventId)));
}

/** Null while the event's own keys are not made. Where there are openers, the house has no half. */
function keysOf(recipients: store.Recipients | undefined): SealingKeys | null {
  const { time, house, openers, threshold } = found('sourcing_event', recipients);
  if (time === null || house === null) return null;
  return { timeRecipient: time, houseRecipient: threshold === null ? house : null, openers, threshold };
}

const placeOf = (eventId: string, purpose: store.KeyPurpose): string =>
  `event_key.sealed_identity.${eventId}.${purpose}`;

/**
 * Releases the event's time key: once it is closed and the database's clock has passed the time of opening, and not
 * before, whoever asks. The caller holds the event.
 * @throws AppError `opening.event-not-closed`, `opening.too-early`
 */
export async function releaseTimeKey(ctx: Ctx, event: SourcingEvent): Promise<void> {
  if (event.state !== 'closed' && event.state !== 'opening')
    throw ruleBroken('opening.event-not-closed', 'Bids are opened after closing, once');
  const clock = await ctx.readClock(ctx.tx);
  const from = opensAt(event);
  if (from === null || clock < from)
    throw ruleBroken('opening.too-early', 'The time of opening has not come');
  if (!(await store.releaseEventKeys(ctx.tx, event.id, clock))) return;
  await record(ctx, {
    action: 'sourcing_event.time-key-released',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { releasedAt: clock.toISOString() },
  });
}

/**
 * A key of the event, for its opening.
 * @throws AppError `opening.too-early` before its release, `opening.key-damaged` when the stored one was altered
 */
export async function eventIdentity(ctx: Ctx, eventId: string, purpose: store.KeyPurpose): Promise<string> {
  const key = found('event_key', await store.findEventKey(ctx.tx, eventId, purpose));
  if (key.releasedAt === null) throw ruleBroken('opening.too-early', 'The time of opening has not come');
  try {
    return ctx.keyRing.unseal(key.sealedIdentity, placeOf(eventId, purpose)).toString('utf8');
  } catch {
    // Without the key nothing can be said about any bid: the opening waits until it is restored.
    throw ruleBroken('opening.key-damaged', 'The key of this event cannot be read');
  }
}

/**
 * The hash of what a bid is an offer for: what is asked for, in which currency, and for whom it is sealed. It stands in
 * each envelope, so that a bid for one requirement cannot pass for a bid for a changed one.
 */
export const eventFingerprint = (
  event: Pick<SourcingEvent, 'id' | 'reference' | 'currency' | 'envelopes'>,
  items: readonly Pick<EventItem, 'id' | 'quantity' | 'unit'>[],
  keys: SealingKeys,
): string =>
  sha256Hex(
    canonicalJson({
      id: event.id,
      reference: event.reference,
      currency: event.currency,
      envelopes: event.envelopes,
      items: items.map(({ id, quantity, unit }) => `${id} ${quantity} ${unit}`).toSorted(),
      keys,
    }),
  );
