import { record, recordAll } from '../audit/index.ts';
import { assertMay, may } from '../identity/index.ts';
import { type Actor, hasRole } from '../kernel/actor.ts';
import { forbidden, found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type Envelope,
  findEvent,
  findLots,
  findPlan,
  type Lot,
  lockEvent,
  type Requirement,
  type SourcingEvent,
  startEvaluation,
  startOpening,
} from '../sourcing/index.ts';
import { hasBidIn, lockBid, lockBidsIn, saveStates } from './bid.store.ts';
import { bidLifecycle, standingStates } from './bid.ts';
import type { BidFile } from './bid-draft.ts';
import { findFile } from './draft.store.ts';
import { type FindKey, openEnvelope } from './envelope-opening.service.ts';
import { eventIdentity, releaseTimeKey } from './event-keys.service.ts';
import { readBidFile } from './files.service.ts';
import { isUndecidedKnockOut, type KnockOutPart, knockOutsOf } from './knock-out.ts';
import * as store from './opening.store.ts';
import { envelopeToOpen, type Minutes, nextEnvelope } from './opening.ts';
import { type BidWithResponses, findBidsWithResponses } from './responses.queries.ts';
import { openShare, rebuildIdentity } from './sealing.ts';
import { sealSubmittedBids } from './submissions.service.ts';

/** What the opening page shows: before closing nothing, not even how many bids there are. */
export type OpeningPage = {
  readonly event: SourcingEvent;
  /** `to-open` as long as an envelope is sealed, also when others are open. */
  readonly stage: 'before-closing' | 'to-open' | 'opened' | 'ended';
  /** The envelope whose turn it is; `isWaiting` while people have not decided on the one before. */
  readonly next: { readonly envelope: Envelope; readonly isWaiting: boolean } | null;
  readonly sealed: readonly store.SealedFacts[];
  /** Those that are open, in their order. */
  readonly openings: readonly store.Opening[];
  /** What was decided on opened bids since, by the bid's id. */
  readonly standings: ReadonlyMap<string, store.Standing>;
  /** No bid is left to be opened, decided on or compared. */
  readonly isWithoutBids: boolean;
  /** May who looks at it open the bids? */
  readonly isOpenable: boolean;
  /** The event weighs more than prices: what is judged before them is concluded by fixing its result. */
  readonly isWeighed: boolean;
  /** Opened bids that an answer excludes, with what was decided on them. */
  readonly knockOuts: readonly KnockedOutBid[];
};

/** A bid with the questions whose answers exclude it, as a whole or in a lot. */
type KnockedOutBid = {
  readonly bid: BidWithResponses;
  readonly parts: readonly (Pick<KnockOutPart, 'decision'> & {
    readonly lot: Lot | null;
    readonly answers: readonly { readonly requirement: Requirement; readonly answer: string }[];
  })[];
};

async function findKnockOuts(ctx: Ctx, eventId: string): Promise<KnockedOutBid[]> {
  const { requirements } = await findPlan(ctx, eventId);
  const bids = await findBidsWithResponses(ctx, eventId);
  const lots = await findLots(ctx, eventId);
  return bids.flatMap((bid) => {
    const parts = knockOutsOf(bid).map(({ lotId, responses, decision }) => ({
      lot: lots.find((lot) => lot.id === lotId) ?? null,
      decision,
      answers: responses.flatMap(({ requirementId, answer }) => {
        const requirement = requirements.find((one) => one.id === requirementId);
        return requirement === undefined ? [] : [{ requirement, answer }];
      }),
    }));
    return parts.length === 0 ? [] : [{ bid, parts }];
  });
}

/** @throws AppError `sourcing_event.not-found` */
export async function getOpening(ctx: Ctx, eventId: string): Promise<OpeningPage> {
  const event = await findEvent(ctx, eventId);
  const openings = await store.findOpenings(ctx.tx, eventId);
  const next = nextEnvelope(event.envelopes, openings);
  const stage = stageOf(event, openings);
  const { envelope = null } = stage === 'to-open' ? (next ?? {}) : {};
  const standings = openings.length === 0 ? [] : await store.findStandings(ctx.tx, eventId);
  return {
    event,
    stage,
    next,
    sealed: envelope === null ? [] : await store.findSealedFacts(ctx.tx, { eventId, envelope }),
    openings: openings.filter((opening) => opening.openedAt !== null),
    standings: new Map(standings.map((standing) => [standing.bidId, standing])),
    isWithoutBids:
      (event.state === 'closed' || event.state === 'evaluation') &&
      !(await hasBidIn(ctx.tx, eventId, standingStates)),
    isWeighed: next?.envelope === 'commercial' && (await isJudgedBeforePrices(ctx, eventId)),
    knockOuts: openings.length === 0 ? [] : await findKnockOuts(ctx, eventId),
    isOpenable: may(ctx, actToOpen(event), toOpen(event)),
  };
}

function stageOf(event: SourcingEvent, openings: readonly store.Opening[]): OpeningPage['stage'] {
  if (event.state === 'closed' || event.state === 'opening') return 'to-open';
  if (openings.some((opening) => opening.openedAt !== null)) return 'opened';
  return event.state === 'cancelled' || event.state === 'unsuccessful' ? 'ended' : 'before-closing';
}

/**
 * Opens the envelope whose turn it is, of every bid that stands, in one act by a second person of the house: the way of
 * an event that appoints no openers.
 * @throws AppError `opening.not-an-opener`, `opening.event-not-closed`, `opening.too-early`, `opening.no-bids`,
 * `opening.key-damaged`, `opening.not-concluded`, `opening.needs-openers`
 */
export async function openBids(ctx: Ctx, eventId: string): Promise<Minutes> {
  const event = await lockEvent(ctx, eventId);
  assertMayOpen(ctx.actor);
  const { envelope, sealed } = await prepareOpening(ctx, event);
  assertMay(ctx, actToOpen(event), toOpen(event));
  if (event.openerThreshold !== null)
    throw ruleBroken('opening.needs-openers', 'The appointed openers open this event');
  const opening = await beginOpening(ctx, event, envelope);
  const findKey = await keyOfHouse(ctx, eventId);
  return openEnvelope(ctx, { event, opening, sealed, findKey, by: { openers: null, parts: [] } });
}

/**
 * Whose turn it is, once the time has come: releases the time key. The caller holds the event.
 * @throws AppError `opening.event-not-closed`, `opening.too-early`, `opening.no-bids`, `opening.not-concluded`
 */
export async function prepareOpening(
  ctx: Ctx,
  event: SourcingEvent,
): Promise<{ envelope: Envelope; sealed: store.SealedBid[] }> {
  if (event.state !== 'closed' && event.state !== 'opening')
    throw ruleBroken('opening.event-not-closed', 'Bids are opened after closing, once');
  if (event.state === 'closed') await sealSubmittedBids(ctx, event.id);
  const envelope = envelopeToOpen(event.envelopes, await store.findOpenings(ctx.tx, event.id));
  const sealed = await store.findSealedBids(ctx.tx, { eventId: event.id, envelope });
  if (sealed.length === 0) throw ruleBroken('opening.no-bids', 'There is no bid to open');
  await releaseTimeKey(ctx, event);
  return { envelope, sealed };
}

/** The opening of this envelope, begun now or before; from here no bid comes back unseen. */
export async function beginOpening(
  ctx: Ctx,
  event: SourcingEvent,
  envelope: Envelope,
): Promise<store.Opening> {
  if (event.state === 'closed') await startOpening(ctx, event.id);
  await store.insertOpening(ctx.tx, { id: newId(), eventId: event.id, envelope, startedAt: ctx.now });
  const openings = await store.findOpenings(ctx.tx, event.id);
  return found(
    'opening',
    openings.find((one) => one.envelope === envelope),
  );
}

/** Both halves are the house's own: the time key's and the house key's. */
async function keyOfHouse(ctx: Ctx, eventId: string): Promise<FindKey> {
  const [time, house] = [
    await eventIdentity(ctx, eventId, 'time'),
    await eventIdentity(ctx, eventId, 'house'),
  ];
  return async (bid) => {
    const ofTime = await openShare(bid.timeShare, time);
    const ofOpening = bid.houseShare === null ? null : await openShare(bid.houseShare, house);
    const identity =
      ofTime === null || ofOpening === null
        ? null
        : await rebuildIdentity({ ofTime, ofOpening }, bid.recipient);
    return identity === null ? { fault: 'does-not-open' } : { identity, isRescued: false };
  };
}

/** Buyers and bid openers open bids and decide on what came out. @throws AppError `opening.not-an-opener` */
export function assertMayOpen(actor: Actor): void {
  if (actor.kind !== 'staff' || !hasRole(actor, 'buyer', 'bid_opener'))
    throw forbidden('opening.not-an-opener', 'Only a buyer or a bid opener opens bids');
}

/** The first envelope starts the opening; the last one ends it. */
const actToOpen = (event: SourcingEvent): string =>
  event.state === 'opening' ? 'sourcing_event.start-evaluation' : 'sourcing_event.start-opening';

/** An event as the table of rights asks about its opening. */
export const toOpen = (event: SourcingEvent) => ({
  state: event.state,
  closesAt: event.closesAt,
  ties: { owner: event.ownerId },
});

/**
 * Says that people have decided on what came out of the opened envelope: the next one may be opened. Where no bid is
 * left, there is nothing more to open.
 * @throws AppError `sourcing_event.not-found`, `opening.nothing-to-conclude`
 */
export async function concludeEnvelope(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  assertMay(ctx, 'sourcing_event.conclude-envelope', toOpen(event));
  const next = nextEnvelope(event.envelopes, await store.findOpenings(ctx.tx, eventId));
  // With no bid left there is nothing to judge, and the event goes on without one.
  const isStanding = await hasBidIn(ctx.tx, eventId, standingStates);
  if (isStanding && next?.envelope === 'commercial' && (await isJudgedBeforePrices(ctx, eventId)))
    throw ruleBroken('opening.result-not-fixed', 'Prices are opened once the technical result is fixed');
  const knockedOut = (await findBidsWithResponses(ctx, eventId)).find(isUndecidedKnockOut);
  if (knockedOut !== undefined)
    throw ruleBroken('opening.knock-out-undecided', 'A bid that an answer excludes is decided on first', {
      name: knockedOut.supplierName,
    });
  await concludeOpened(ctx, event);
}

/** Does the event weigh anything that is known before its prices? */
const isJudgedBeforePrices = async (ctx: Ctx, eventId: string): Promise<boolean> =>
  (await findPlan(ctx, eventId)).criteria.some((criterion) => criterion.envelope !== 'commercial');

/**
 * The same by a committee's word. The caller holds the event, and has found who may.
 * @throws AppError `opening.nothing-to-conclude`
 */
export async function concludeOpened(ctx: Ctx, event: SourcingEvent): Promise<void> {
  const eventId = event.id;
  const openings = await store.findOpenings(ctx.tx, eventId);
  const waiting = openings.find((one) => one.openedAt !== null && one.concludedAt === null);
  if (event.state !== 'opening' || waiting === undefined)
    throw ruleBroken('opening.nothing-to-conclude', 'No opened envelope waits to be concluded');
  const concludedBy = found('user', ctx.actor.userId);
  await store.saveConclusion(ctx.tx, { id: waiting.id, concludedAt: ctx.now, concludedBy });
  await record(ctx, {
    action: 'sourcing_event.envelope-concluded',
    subject: { type: 'sourcing_event', id: eventId },
    changes: { envelope: waiting.envelope },
  });
  if (!(await hasBidIn(ctx.tx, eventId, standingStates))) await startEvaluation(ctx, eventId);
}

/** Which envelopes of the event have been opened: what lies in others nobody can read. */
export const openedEnvelopes = async (ctx: Ctx, eventId: string): Promise<ReadonlySet<Envelope>> =>
  new Set(await store.findOpenedNames(ctx.tx, eventId));

/** What came out of the opened envelopes of an event's bids, each with its answers, note and files. */
export const findOpenedContents = async (
  ctx: Ctx,
  eventId: string,
): Promise<readonly store.OpenedEnvelope[]> => {
  await findEvent(ctx, eventId);
  return store.findOpenedEnvelopes(ctx.tx, { eventId });
};

/**
 * An attachment that belongs to an opened bid; what was uploaded and never submitted is not one.
 * @throws AppError `bid_file.not-found`
 */
export async function readOpenedFile(
  ctx: Ctx,
  of: { eventId: string; bidId: string; fileId: string },
): Promise<{ file: BidFile; content: Uint8Array }> {
  await findEvent(ctx, of.eventId);
  const opened = await store.findOpenedEnvelopes(ctx.tx, of);
  const file = opened.flatMap((one) => one.content?.files ?? []).find((one) => one.fileId === of.fileId);
  if (file === undefined) throw notFound('bid_file');
  const row = found('bid_file', await findFile(ctx.tx, of.bidId, of.fileId));
  return readBidFile(ctx, row, file);
}

/**
 * An award's word on one bid.
 * @throws AppError `bid.not-found`, `bid.cannot-award`, `bid.cannot-part-award`, `bid.cannot-lose`
 */
export async function markBid(
  ctx: Ctx,
  mark: { bidId: string; action: 'award' | 'part-award' | 'lose' },
): Promise<void> {
  const bid = found('bid', await lockBid(ctx.tx, mark.bidId));
  const state = bidLifecycle.next(bid.state, mark.action);
  await saveStates(ctx.tx, [{ id: bid.id, state }]);
  await recordAll(ctx, [
    {
      action: `bid.${state.replace('_', '-')}`,
      subject: { type: 'bid', id: bid.id },
      supplierId: bid.supplierId,
      from: bid.state,
      to: state,
    },
  ]);
}

/** Bids of an event whose award was withdrawn are in the running again, but those that still hold a part of it. */
export async function reinstateBids(
  ctx: Ctx,
  of: { eventId: string; except: readonly string[] },
): Promise<void> {
  const decided = await lockBidsIn(ctx.tx, of.eventId, ['awarded', 'part_awarded', 'unsuccessful']);
  const moved = decided
    .filter((bid) => !of.except.includes(bid.id))
    .map((bid) => ({ before: bid, state: bidLifecycle.next(bid.state, 'reinstate') }));
  if (moved.length === 0) return;
  await saveStates(
    ctx.tx,
    moved.map(({ before, state }) => ({ id: before.id, state })),
  );
  await recordAll(
    ctx,
    moved.map(({ before, state }) => ({
      action: 'bid.reinstated',
      subject: { type: 'bid', id: before.id },
      supplierId: before.supplierId,
      from: before.state,
      to: state,
    })),
  );
}
