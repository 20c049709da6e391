import { record } from '../audit/index.ts';
import { markBid } from '../bids/index.ts';
import { assertMay, findPersonsBehind } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import {
  awardEventOn,
  eventTemplates,
  findEvent,
  findEventItems,
  fundAward,
  lockEvent,
  proposeAwardOn,
  returnAwardOn,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { allocate, type Choice } from './allocation.ts';
import * as store from './award.store.ts';
import {
  type Award,
  type AwardLine,
  approve,
  awardLifecycle,
  returnToBuyer,
  type Tells,
  toDecideOn,
} from './award.ts';
import { type AwardBasis, assertInEvaluation, findAwardBasis } from './award-basis.service.ts';
import { agreeToAward, askApprovers, refuseAward } from './award-chain.service.ts';
import { totalsOf } from './award-totals.ts';
import { findSetAside, findStandings, type SetAsideBid } from './awards.queries.ts';
import { findScorerIds } from './evaluation.queries.ts';
import { findBidBases } from './landed.store.ts';
import { bookSavings } from './savings.service.ts';
import { sharesAsQuantities } from './share.ts';
import { findOpenWithdrawal } from './withdrawal.store.ts';

export type ProposedAward = {
  readonly eventId: string;
  readonly lines: readonly Choice[];
  readonly justification: string;
  /** What bidders who did not win are told; never a name or a price of another. */
  readonly debrief: string;
  /** Working days between the letters and the orders; the policy's where nobody says. */
  readonly standstillDays?: number;
  /** What bidders are told besides their own lines; the policy's where nobody says. */
  readonly tells?: Tells;
};

/** The least number of working days between the letters and the orders of such an event. */
export const leastStandstill = (
  ctx: Pick<Ctx, 'policies'>,
  event: Pick<SourcingEvent, 'eventType'>,
): number => ctx.policies.awards.standstillWorkingDays[event.eventType] ?? 0;

/** What the kind of event usually has, and never less than the policy wants. */
export const usualStandstill = (
  ctx: Pick<Ctx, 'policies'>,
  event: Pick<SourcingEvent, 'eventType'>,
): number => Math.max(leastStandstill(ctx, event), eventTemplates[event.eventType].standstillWorkingDays);

/**
 * Proposes who gets what; the proposal goes straight to its approvers. Gives the award's id.
 * @throws AppError `sourcing_event.not-found`, `award.event-not-in-evaluation`, `award.bid-undecided`,
 * `award.standstill-too-short`, and what {@link allocate} throws
 */
export async function proposeAward(ctx: Ctx, input: ProposedAward): Promise<string> {
  const event = await lockEvent(ctx, input.eventId);
  assertInEvaluation(event);
  assertAllDecided(await findSetAside(ctx.tx, { eventId: event.id, supplierId: null }));
  await assertNoneInQuestion(ctx, event.id);
  assertStandstill(input.standstillDays, leastStandstill(ctx, event));
  const basis = await findAwardBasis(ctx, event);
  const lines = allocate({
    asked: basis.asked,
    offers: basis.bidders.flatMap((bidder) => bidder.offers),
    choices: sharesAsQuantities(input.lines, basis.asked),
    justification: input.justification,
    currency: event.currency,
  });
  const prefilled = await store.lockPrefilled(ctx.tx, event.id);
  const draft = await newAward(ctx, { event, basis, lines, prefilled });
  const award: Award = {
    ...draft,
    state: awardLifecycle.next('proposed', 'submit'),
    justification: input.justification,
    debrief: input.debrief,
    standstillDays: input.standstillDays ?? draft.standstillDays,
    tells: input.tells ?? draft.tells,
  };
  await (prefilled === undefined ? store.insertAward : store.replaceAward)(ctx.tx, award, lines);
  await proposeAwardOn(ctx, event.id);
  await askApprovers(ctx, award, event);
  await record(ctx, {
    action: 'award.proposed',
    subject: { type: 'award', id: award.id },
    from: 'proposed',
    to: award.state,
    reason: award.justification === '' ? null : award.justification,
    changes: {
      eventId: event.id,
      totalAmount: award.totalAmount,
      currency: award.currency,
      lineCount: lines.length,
      standstillDays: award.standstillDays,
    },
  });
  return award.id;
}

/** A new award with these lines, still `proposed`; one that follows a withdrawal names it and the lines it decides on. */
export async function newAward(
  ctx: Ctx,
  of: {
    readonly event: SourcingEvent;
    readonly basis: AwardBasis;
    readonly lines: readonly AwardLine[];
    readonly prefilled?: Pick<Award, 'id' | 'reference'> | undefined;
  },
): Promise<Award> {
  const { event, basis, lines } = of;
  const { currency } = event;
  const offers = basis.bidders.flatMap((bidder) => bidder.offers);
  const totals = totalsOf({ asked: basis.asked, offers, lines, currency });
  const withdrawalId = (await findOpenWithdrawal(ctx.tx, event.id))?.id ?? null;
  return {
    id: of.prefilled?.id ?? newId(),
    reference: of.prefilled?.reference ?? (await nextReference(ctx.tx, 'AWD', ctx.now)),
    eventId: event.id,
    state: awardLifecycle.initial,
    currency,
    totalAmount: totals.totalAmount,
    lowestAmount: totals.lowestAmount,
    proposedBy: ctx.actor.userId ?? event.ownerId,
    proposedAt: ctx.now,
    justification: '',
    debrief: '',
    decidedBy: null,
    decidedAt: null,
    returnReason: null,
    standstillDays: usualStandstill(ctx, event),
    standstillUntil: null,
    tells: ctx.policies.awards.debrief,
    withdrawalId,
    eventItemIds: withdrawalId === null ? null : basis.asked.map((line) => line.id),
  };
}

/** A price that looks too low is looked into first, whoever is to get the award. */
async function assertNoneInQuestion(ctx: Ctx, eventId: string): Promise<void> {
  const bid = (await findBidBases(ctx.tx, eventId)).find((one) => one.state === 'abnormally_low');
  if (bid !== undefined)
    throw ruleBroken('award.bid-in-question', 'Decide on the bid in question first', {
      bid: bid.reference,
      name: bid.supplierName,
    });
}

/** A bid that does not conform is set aside with a reason, so that its supplier gets an answer too. */
function assertAllDecided(notCompared: readonly SetAsideBid[]): void {
  const undecided = notCompared.find((bid) => bid.state === 'opened');
  if (undecided !== undefined)
    throw ruleBroken('award.bid-undecided', 'A bid that does not conform is set aside first', {
      bid: undecided.bidReference,
      name: undecided.supplierName,
    });
}

/** A buyer may let bidders have more time to object than the policy, and not less. */
function assertStandstill(days: number | undefined, least: number): void {
  if (days !== undefined && days < least)
    throw ruleBroken('award.standstill-too-short', 'The policy wants a longer standstill', { days: least });
}

/**
 * Agrees to the award, with a comment where there is something to say. The last yes makes it binding: the bids get their
 * outcome and the event is awarded. Letters follow, and orders, at once or after the standstill. True when it was the last.
 * @throws AppError `award.not-found`, and what {@link assertMay} and {@link agreeToAward} throw
 */
export async function approveAward(ctx: Ctx, awardId: string, comment = ''): Promise<boolean> {
  const { award, event } = await lockAward(ctx, awardId);
  assertMay(ctx, 'award.approve', await askedOn(ctx, award, event));
  if (!(await agreeToAward(ctx, { awardId, comment }))) return false;
  const approved = approve(award, { deciderId: ctx.actor.userId, at: ctx.now });
  await store.saveDecision(ctx.tx, approved);
  // As many as there are bidders, once in the life of an event.
  for (const { bidId, outcome } of await findStandings(ctx.tx, event.id))
    await markBid(ctx, { bidId, action: outcome });
  // An award that follows a withdrawal decides on the lines that came back: the others' money stays where it is.
  const items = (await findEventItems(ctx, event.id)).filter(
    (item) => award.eventItemIds === null || award.eventItemIds.includes(item.id),
  );
  await fundAward(ctx, { event, items, awarded: await store.findLinesOf(ctx.tx, awardId) });
  await awardEventOn(ctx, event.id);
  await bookSavings(ctx, { award: approved, event });
  await recordDecision(ctx, 'award.approved', {
    before: award,
    after: approved,
    reason: comment === '' ? null : comment,
  });
  return true;
}

/**
 * Sends the award back; the event is in evaluation again and the buyer proposes another award.
 * @throws AppError `award.not-found`, and what {@link assertMay} and {@link refuseAward} throw
 */
export async function returnAward(ctx: Ctx, awardId: string, reason: string): Promise<void> {
  const { award, event } = await lockAward(ctx, awardId);
  assertMay(ctx, 'award.return', await askedOn(ctx, award, event));
  await refuseAward(ctx, { awardId, reason });
  const returned = returnToBuyer(award, { deciderId: ctx.actor.userId, at: ctx.now, reason });
  await store.saveDecision(ctx.tx, returned);
  await returnAwardOn(ctx, event.id, reason);
  await recordDecision(ctx, 'award.returned', { before: award, after: returned, reason });
}

/** An award as the table of rights asks about it: who proposed it, runs its event, or scored the bids. */
export const askedOn = async (ctx: Ctx, award: Award, event: SourcingEvent) =>
  toDecideOn(
    award,
    { ownerId: event.ownerId, scorerIds: await findScorerIds(ctx.tx, event.id) },
    await findPersonsBehind(ctx, [award.id, event.id]),
  );

/** @throws AppError `award.not-found`, for suppliers always: they have their letter. */
export async function findAward(ctx: Ctx, awardId: string): Promise<Award> {
  const isHidden = ctx.actor.kind === 'supplier';
  const award = isHidden ? undefined : await store.findAwardById(ctx.tx, awardId, placesOf(ctx.actor));
  return found('award', award);
}

/** The newest award of the event, whatever became of it. @throws AppError `award.not-found` */
export async function findLatestAward(ctx: Ctx, eventId: string): Promise<Pick<Award, 'id'>> {
  await findEvent(ctx, eventId);
  return found('award', await store.findLatestAward(ctx.tx, eventId));
}

/** Event before award: every act on an award takes its locks in this order. */
export async function lockAward(ctx: Ctx, awardId: string): Promise<{ award: Award; event: SourcingEvent }> {
  const { eventId } = await findAward(ctx, awardId);
  const event = await lockEvent(ctx, eventId);
  return { event, award: found('award', await store.lockAwardById(ctx.tx, awardId)) };
}

/** Says in the record what became of an award. */
export const recordDecision = (
  ctx: Ctx,
  action: string,
  {
    before,
    after,
    reason,
    changes = {},
  }: { before: Award; after: Award; reason: string | null; changes?: Readonly<Record<string, unknown>> },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'award', id: after.id },
    from: before.state,
    to: after.state,
    reason,
    changes: { eventId: after.eventId, ...changes },
  });
