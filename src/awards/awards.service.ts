import { record } from '../audit/index.ts';
import { findOpenedBids, markBid } from '../bids/index.ts';
import { assertMay, findPersonsBehind } from '../identity/index.ts';
import { AppError, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { addDecimals } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import {
  awardEventOn,
  type EventItem,
  findEvent,
  findEventItems,
  fundAward,
  lockEvent,
  proposeAwardOn,
  returnAwardOn,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { allocate, type Choice, totalsOf } from './allocation.ts';
import * as store from './award.store.ts';
import { type Award, approve, awardLifecycle, returnToBuyer, toDecideOn } from './award.ts';
import { findOutcomes, findSetAside, type OutcomeRow, type SetAsideBid } from './awards.queries.ts';
import { rankBidders } from './comparison.ts';
import { landedPricesOf } from './landed.queries.ts';
import { findBidBases, findEventRates } from './landed.store.ts';
import type { EventRate } from './landed.ts';
import { type BidOutcome, outcomeOfBid } from './letter.ts';
import type { Offer } from './rank.ts';
import { bookSavings } from './savings.service.ts';
import { sharesAsQuantities } from './share.ts';

/** A bidder of the award form, in the order of the comparison, with the lines it priced. */
export type AwardBidder = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly pricedLineCount: number;
  readonly offers: readonly Offer[];
};

/** The event's lines, and the bids that may be awarded, in the order in which ties are given. */
export async function findAwardBasis(
  ctx: Ctx,
  eventId: string,
): Promise<{ asked: readonly EventItem[]; bidders: readonly AwardBidder[] }> {
  const asked = await findEventItems(ctx, eventId);
  const bids = (await findOpenedBids(ctx, eventId)).filter((bid) => AWARDABLE.has(bid.state));
  const rates = await findEventRates(ctx.tx, eventId);
  const { currency } = await findEvent(ctx, eventId);
  const landed = new Map((await landedPricesOf(ctx, eventId)).map((one) => [one.bidLineId, one]));
  const bidders = rankBidders(
    bids.flatMap((bid) => {
      const converted = convertedBy(rates, { from: bid.currency ?? currency, to: currency });
      // Without a rate nobody can say what it comes to.
      if (converted === null) return [];
      const offers = [...bid.lines].flatMap(([eventItemId, line]): Offer[] =>
        line.unitPrice === null
          ? []
          : [
              {
                ...line,
                eventItemId,
                supplierId: bid.supplierId,
                unitPrice: line.unitPrice,
                rankedBy: landed.get(line.bidLineId)?.landedUnit ?? null,
                ...converted,
              },
            ],
      );
      const amounts = offers.flatMap((offer) => landed.get(offer.bidLineId)?.landedAmount ?? []);
      return {
        ...bid,
        offers,
        pricedLineCount: offers.length,
        landedLineCount: amounts.length,
        totalAmount: amounts.length === 0 ? null : addDecimals(amounts),
      };
    }),
    asked.length,
  );
  return { asked, bidders };
}

/** How a bid's prices become the event's currency; null where nothing leads there. */
function convertedBy(
  rates: readonly EventRate[],
  of: { from: string; to: string },
): Pick<Offer, 'converted'> | null {
  if (of.from === of.to) return {};
  const rate = rates.find((one) => one.fromCurrency === of.from);
  return rate === undefined ? null : { converted: { currency: of.from, rate: rate.rate } };
}

/** Bids that conform; what was set aside at the opening cannot win. */
const AWARDABLE: ReadonlySet<string> = new Set(['valid', 'abnormally_low', 'shortlisted']);

export type ProposedAward = {
  readonly eventId: string;
  readonly lines: readonly Choice[];
  readonly justification: string;
  /** What bidders who did not win are told; never a name or a price of another. */
  readonly debrief: string;
};

/**
 * Proposes who gets what; the proposal goes straight to an approver. Gives the award's id.
 * @throws AppError `sourcing_event.not-found`, `award.event-not-in-evaluation`, `award.bid-undecided`, and what
 * {@link allocate} throws
 */
export async function proposeAward(ctx: Ctx, input: ProposedAward): Promise<string> {
  const event = await lockEvent(ctx, input.eventId);
  assertInEvaluation(event);
  assertAllDecided(await findSetAside(ctx.tx, { eventId: event.id, supplierId: null }));
  await assertNoneInQuestion(ctx, event.id);
  const { asked, bidders } = await findAwardBasis(ctx, event.id);
  const offers = bidders.flatMap((bidder) => bidder.offers);
  const { currency } = event;
  const lines = allocate({
    asked,
    offers,
    choices: sharesAsQuantities(input.lines, asked),
    justification: input.justification,
    currency,
  });
  const totals = totalsOf({ asked, offers, lines, currency });
  const award: Award = {
    id: newId(),
    reference: await nextReference(ctx.tx, 'AWD', ctx.now),
    eventId: event.id,
    state: awardLifecycle.next('proposed', 'submit'),
    currency,
    totalAmount: totals.totalAmount,
    lowestAmount: totals.lowestAmount,
    proposedBy: ctx.actor.userId ?? event.ownerId,
    proposedAt: ctx.now,
    justification: input.justification,
    debrief: input.debrief,
    decidedBy: null,
    decidedAt: null,
    returnReason: null,
  };
  await store.insertAward(ctx.tx, award, lines);
  await proposeAwardOn(ctx, event.id);
  await record(ctx, {
    action: 'award.proposed',
    subject: { type: 'award', id: award.id },
    from: 'proposed',
    to: award.state,
    reason: award.justification === '' ? null : award.justification,
    changes: { eventId: event.id, totalAmount: award.totalAmount, currency, lineCount: lines.length },
  });
  return award.id;
}

/**
 * An award is proposed while its event is in evaluation, and once.
 * @throws AppError `award.event-not-in-evaluation`
 */
export function assertInEvaluation(event: Pick<SourcingEvent, 'state'>): void {
  if (event.state !== 'evaluation')
    throw ruleBroken('award.event-not-in-evaluation', 'The event is not in evaluation', {
      state: event.state,
    });
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

/**
 * Makes the award binding: the bids get their outcome and the event is awarded. Letters and orders follow.
 * @throws AppError `award.not-found`, and what {@link assertMay} throws
 */
export async function approveAward(ctx: Ctx, awardId: string): Promise<void> {
  const { award, event } = await lockAward(ctx, awardId);
  assertMay(
    ctx,
    'award.approve',
    toDecideOn(award, event, await findPersonsBehind(ctx, [award.id, event.id])),
  );
  const approved = approve(award, { deciderId: ctx.actor.userId, at: ctx.now });
  const outcomes = await findOutcomes(ctx.tx, { awardId, eventId: event.id, supplierId: null });
  await store.saveDecision(ctx.tx, approved);
  // As many as there are bidders, once in the life of an event.
  for (const { bidId, outcome } of outcomesOfBids(outcomes)) await markBid(ctx, { bidId, action: outcome });
  await fundAward(ctx, {
    event,
    items: await findEventItems(ctx, event.id),
    awarded: await store.findLinesOf(ctx.tx, awardId),
  });
  await awardEventOn(ctx, event.id);
  await bookSavings(ctx, { award: approved, event });
  await recordDecision(ctx, 'award.approved', { before: award, after: approved, reason: null });
}

/**
 * Sends the award back; the event is in evaluation again and the buyer proposes another award.
 * @throws AppError `award.not-found`, and what {@link assertMay} throws
 */
export async function returnAward(ctx: Ctx, awardId: string, reason: string): Promise<void> {
  const { award, event } = await lockAward(ctx, awardId);
  assertMay(
    ctx,
    'award.return',
    toDecideOn(award, event, await findPersonsBehind(ctx, [award.id, event.id])),
  );
  const returned = returnToBuyer(award, { deciderId: ctx.actor.userId, at: ctx.now, reason });
  await store.saveDecision(ctx.tx, returned);
  await returnAwardOn(ctx, event.id, reason);
  await recordDecision(ctx, 'award.returned', { before: award, after: returned, reason });
}

/** Says that every bidder has been written to. Said twice, it is recorded once. */
export async function markNotified(ctx: Ctx, awardId: string): Promise<void> {
  const award = found('award', await store.lockAwardById(ctx.tx, awardId));
  if (award.state !== 'active') return;
  const notified: Award = { ...award, state: awardLifecycle.next(award.state, 'notify') };
  await store.saveDecision(ctx.tx, notified);
  await recordDecision(ctx, 'award.notified', { before: award, after: notified, reason: null });
}

/** What one bidder is told of an award. */
export type Letter = {
  readonly bidId: string;
  readonly supplierId: string;
  readonly outcome: BidOutcome | 'disqualified';
  /** None where the bid was set aside. */
  readonly lines: readonly OutcomeRow[];
  /** Why the bid was set aside; null where it was compared. */
  readonly reason: string | null;
};

/** The letters of a binding award, one a bidder. Empty while it is not approved. */
export async function lettersOf(ctx: Ctx, award: Award): Promise<Letter[]> {
  return isBinding(award) ? readLetters(ctx, award, null) : [];
}

/** Those who were compared, then those who were set aside; with `supplierId`, that supplier's own letter. */
async function readLetters(ctx: Ctx, award: Award, supplierId: string | null): Promise<Letter[]> {
  const { id: awardId, eventId } = award;
  const compared = outcomesOfBids(await findOutcomes(ctx.tx, { awardId, eventId, supplierId }));
  const setAside = await findSetAside(ctx.tx, { eventId, supplierId });
  return [
    ...compared.map((letter) => ({ ...letter, reason: null })),
    ...setAside.map((bid): Letter => ({ ...bid, outcome: 'disqualified', lines: [] })),
  ];
}

/**
 * The actor's own letter.
 * @throws AppError `award.not-found`, also where the award is not binding or the supplier did not bid
 */
export async function getOwnLetter(
  ctx: Ctx,
  awardId: string,
): Promise<{ award: Award; event: SourcingEvent; letter: Letter }> {
  const award = found('award', await store.findAwardById(ctx.tx, awardId));
  const { supplierId } = ctx.actor;
  if (supplierId === null || !isBinding(award))
    throw new AppError('not-found', 'award.not-found', 'No such award');
  const letter = found('award', (await readLetters(ctx, award, supplierId))[0]);
  return { award, event: await findEvent(ctx, award.eventId), letter };
}

const isBinding = (award: Award): boolean =>
  ['active', 'notified', 'standstill', 'final'].includes(award.state);

type Outcome = Omit<Letter, 'reason' | 'outcome'> & { readonly outcome: BidOutcome };

function outcomesOfBids(rows: readonly OutcomeRow[]): Outcome[] {
  const linesOf = new Map<string, OutcomeRow[]>();
  for (const row of rows) {
    const lines = linesOf.get(row.bidId);
    if (lines === undefined) linesOf.set(row.bidId, [row]);
    else lines.push(row);
  }
  return [...linesOf].map(([bidId, lines]) => ({
    bidId,
    supplierId: lines[0]?.supplierId ?? '',
    outcome: outcomeOfBid(lines.map((line) => line.outcome)),
    lines,
  }));
}

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
async function lockAward(ctx: Ctx, awardId: string): Promise<{ award: Award; event: SourcingEvent }> {
  const { eventId } = await findAward(ctx, awardId);
  const event = await lockEvent(ctx, eventId);
  return { event, award: found('award', await store.lockAwardById(ctx.tx, awardId)) };
}

const recordDecision = (
  ctx: Ctx,
  action: string,
  { before, after, reason }: { before: Award; after: Award; reason: string | null },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'award', id: after.id },
    from: before.state,
    to: after.state,
    reason,
    changes: { eventId: after.eventId },
  });
