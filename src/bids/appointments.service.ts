import { record } from '../audit/index.ts';
import { findUsersByRole, type Person } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  assertOpeners,
  changeSealing,
  type EventSealing,
  findEvent,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { type AppointedOpener, findCurrentKeyIds, findOpeners, replaceOpeners } from './opener.store.ts';

/** Who could be appointed: buyers and bid openers; without a key of their own they cannot be yet. */
export type Candidate = Pick<Person, 'id' | 'name'> & { readonly hasKey: boolean; readonly isOwner: boolean };

export type AppointmentPage = {
  readonly event: SourcingEvent;
  readonly openers: readonly AppointedOpener[];
  readonly candidates: readonly Candidate[];
};

/** @throws AppError `sourcing_event.not-found` */
export async function getAppointments(ctx: Ctx, eventId: string): Promise<AppointmentPage> {
  const event = await findEvent(ctx, eventId);
  return {
    event,
    openers: await findOpeners(ctx.tx, eventId),
    candidates: await findCandidates(ctx, event),
  };
}

async function findCandidates(ctx: Ctx, event: SourcingEvent): Promise<Candidate[]> {
  const people = [...(await findUsersByRole(ctx, 'bid_opener')), ...(await findUsersByRole(ctx, 'buyer'))];
  const each = [...new Map(people.map((person) => [person.id, person])).values()];
  const keys = await findCurrentKeyIds(
    ctx.tx,
    each.map((person) => person.id),
  );
  const holders = new Set(keys.map((key) => key.userId));
  return each.map(({ id, name }) => ({
    id,
    name,
    hasKey: holders.has(id),
    isOwner: id === event.ownerId,
  }));
}

/**
 * Says for a draft how its bids are sealed, in which envelopes, and who opens them by how many. Without openers the house
 * opens by a second person. Each opener is bound with the key it has now.
 * @throws AppError `opener.too-few`, `opener.threshold-too-low`, `opener.threshold-too-high`, `opener.has-no-key`,
 * `opener.not-eligible`, and what changing a draft throws
 */
export async function appointOpeners(
  ctx: Ctx,
  of: Omit<EventSealing, 'openerThreshold'> & {
    eventId: string;
    version: number;
    openerIds: readonly string[];
    threshold: number;
  },
): Promise<void> {
  const openerIds = [...new Set(of.openerIds)];
  if (openerIds.length > 0) assertOpeners({ count: openerIds.length, threshold: of.threshold });
  const openerThreshold = openerIds.length === 0 ? null : of.threshold;
  const event = await changeSealing(ctx, { ...of, openerThreshold });
  const eligible = new Map((await findCandidates(ctx, event)).map((one) => [one.id, one]));
  for (const id of openerIds) {
    const candidate = eligible.get(id);
    if (candidate === undefined)
      throw ruleBroken('opener.not-eligible', 'Openers are buyers and bid openers');
    if (!candidate.hasKey)
      throw ruleBroken('opener.has-no-key', 'An opener needs a key of its own', { name: candidate.name });
  }
  const before = await findOpeners(ctx.tx, event.id);
  const keys = await findCurrentKeyIds(ctx.tx, openerIds);
  await replaceOpeners(ctx.tx, {
    eventId: event.id,
    openers: keys.map((key) => ({ userId: key.userId, openerKeyId: key.id })),
    appointedBy: found('user', ctx.actor.userId),
    appointedAt: ctx.now,
  });
  if (before.length === 0 && openerIds.length === 0) return;
  await record(ctx, {
    action: 'sourcing_event.openers-appointed',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { openerIds, threshold: openerThreshold, before: before.map((opener) => opener.userId) },
  });
}
