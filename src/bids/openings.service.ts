import { type Act, recordAll } from '../audit/index.ts';
import { assertMay, may } from '../identity/index.ts';
import { type Actor, hasRole } from '../kernel/actor.ts';
import { forbidden, found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  findEvent,
  findEventItems,
  lockEvent,
  type SourcingEvent,
  startEvaluation,
  startOpening,
} from '../sourcing/index.ts';
import { hasBidIn, lockBid, saveStates } from './bid.store.ts';
import { bidLifecycle, standingStates } from './bid.ts';
import type { NonConformity, OpenedContent } from './bid-content.ts';
import type { AskedLine, BidFile } from './bid-draft.ts';
import { eventIdentity } from './event-keys.service.ts';
import { readBidFile } from './files.service.ts';
import { rulesOf } from './offer.ts';
import * as store from './opening.store.ts';
import { type Minutes, type MinutesEntry, openOne } from './opening.ts';
import { receiptBytes } from './receipt.ts';
import { readReceipt, sealSubmittedBids } from './submissions.service.ts';

/** What the opening page shows: before closing nothing, not even how many bids there are. */
export type OpeningPage = {
  readonly event: SourcingEvent;
  readonly stage: 'before-closing' | 'to-open' | 'opened' | 'ended';
  readonly sealed: readonly Pick<
    store.SealedBid,
    'reference' | 'supplierName' | 'version' | 'receivedAt' | 'sealedSha256'
  >[];
  readonly opening: store.Opening | null;
  /** What was decided on opened bids since, by the bid's id. */
  readonly standings: ReadonlyMap<string, store.Standing>;
  /** No bid is left to be opened, decided on or compared. */
  readonly isWithoutBids: boolean;
  /** May who looks at it open the bids? */
  readonly isOpenable: boolean;
};

/** @throws AppError `sourcing_event.not-found` */
export async function getOpening(ctx: Ctx, eventId: string): Promise<OpeningPage> {
  const event = await findEvent(ctx, eventId);
  const opening = (await store.findOpening(ctx.tx, eventId)) ?? null;
  const stage = stageOf(event, opening);
  const sealed = stage === 'to-open' ? await store.findSealedFacts(ctx.tx, eventId) : [];
  const standings = opening === null ? [] : await store.findStandings(ctx.tx, eventId);
  return {
    event,
    stage,
    sealed,
    opening,
    standings: new Map(standings.map((standing) => [standing.bidId, standing])),
    isWithoutBids:
      (event.state === 'closed' || event.state === 'evaluation') &&
      !(await hasBidIn(ctx.tx, eventId, standingStates)),
    isOpenable: may(ctx, 'sourcing_event.start-opening', toOpen(event)),
  };
}

function stageOf(event: SourcingEvent, opening: store.Opening | null): OpeningPage['stage'] {
  if (opening !== null) return 'opened';
  if (event.state === 'closed') return 'to-open';
  return event.state === 'cancelled' || event.state === 'unsuccessful' ? 'ended' : 'before-closing';
}

/**
 * Opens every sealed bid of a closed event in one act, checks each against its receipt, writes the priced lines
 * and the minutes. A bid that does not open or fit is named there, and does not keep the others closed.
 * @throws AppError `opening.not-an-opener`, `opening.event-not-closed`, `opening.no-bids`, `opening.key-damaged`
 */
export async function openBids(ctx: Ctx, eventId: string): Promise<Minutes> {
  const event = await lockEvent(ctx, eventId);
  assertMayOpen(ctx.actor);
  if (event.state !== 'closed')
    throw ruleBroken('opening.event-not-closed', 'Bids are opened after closing, once');
  await sealSubmittedBids(ctx, eventId);
  const sealed = await store.findSealedBids(ctx.tx, eventId);
  if (sealed.length === 0) throw ruleBroken('opening.no-bids', 'There is no bid to open');
  assertMay(ctx, 'sourcing_event.start-opening', toOpen(event));
  await startOpening(ctx, eventId);
  const opened = await openAll(ctx, event, sealed);
  await saveAll(ctx, event, opened);
  const minutes = minutesOf(ctx, event, opened);
  await store.insertOpening(ctx.tx, {
    id: newId(),
    eventId,
    openedBy: found('user', ctx.actor.userId),
    openedAt: ctx.now,
    minutes,
  });
  await startEvaluation(ctx, eventId);
  return minutes;
}

/** Buyers and bid openers open bids and decide on what came out. @throws AppError `opening.not-an-opener` */
export function assertMayOpen(actor: Actor): void {
  if (actor.kind !== 'staff' || !hasRole(actor, 'buyer', 'bid_opener'))
    throw forbidden('opening.not-an-opener', 'Only a buyer or a bid opener opens bids');
}

/** An event as the table of rights asks about its opening. */
const toOpen = (event: SourcingEvent) => ({
  state: event.state,
  closesAt: event.closesAt,
  ties: { owner: event.ownerId },
});

type Outcome = {
  readonly bid: store.SealedBid;
  readonly result: OpenedContent | { readonly fault: NonConformity };
};
type Opened = { readonly outcomes: readonly Outcome[]; readonly lineCount: number };

async function openAll(ctx: Ctx, event: SourcingEvent, sealed: readonly store.SealedBid[]): Promise<Opened> {
  const asked = await findEventItems(ctx, event.id);
  // Without the key nothing can be said about any bid: the opening waits until it is restored.
  const identity = await eventIdentity(ctx, event.id).catch(() => {
    throw ruleBroken('opening.key-damaged', 'The key of this event cannot be read');
  });
  const outcomes = await Promise.all(
    sealed.map(async (bid) => ({ bid, result: await resultOf(ctx, bid, { identity, event, asked }) })),
  );
  return { outcomes, lineCount: asked.length };
}

async function resultOf(
  ctx: Ctx,
  bid: store.SealedBid,
  by: { identity: string; event: SourcingEvent; asked: readonly AskedLine[] },
): Promise<Outcome['result']> {
  if (!isAsReceived(ctx, bid)) return { fault: 'receipt-differs' };
  return openOne(bid, { ...by, event: { id: by.event.id, ...rulesOf(by.event) }, sha256: sha256Hex });
}

/** The stored bid is the one that the supplier has a signed receipt for. */
function isAsReceived(ctx: Ctx, bid: store.SealedBid): boolean {
  try {
    const receipt = readReceipt(ctx, { id: bid.versionId, receipt: bid.receipt });
    return (
      ctx.keyRing.verify(receiptBytes(receipt), bid.receiptSignature) &&
      receipt.bidReference === bid.reference &&
      receipt.version === bid.version &&
      receipt.sealedSha256 === bid.sealedSha256 &&
      receipt.contentSha256 === bid.contentSha256
    );
  } catch {
    return false;
  }
}

async function saveAll(ctx: Ctx, event: SourcingEvent, { outcomes }: Opened): Promise<void> {
  const opened = outcomes.flatMap(({ bid: { bidId }, result }) =>
    'fault' in result ? [] : [{ bidId, ...result }],
  );
  await store.insertLines(
    ctx.tx,
    opened.flatMap(({ bidId, lines }) => lines.map((line) => ({ ...line, id: newId(), bidId }))),
  );
  await store.insertAlternates(
    ctx.tx,
    opened.flatMap(({ bidId, alternates }) => alternates.map((one) => ({ ...one, id: newId(), bidId }))),
  );
  await store.saveOpened(
    ctx.tx,
    outcomes.map(({ bid, result }) => ({
      id: bid.bidId,
      state: stateAfter(result),
      totalAmount: 'fault' in result ? null : result.total,
      currency: 'fault' in result ? null : result.content.currency,
      validUntilOn: 'fault' in result ? null : result.content.validUntilOn,
    })),
  );
  await store.releaseEventKey(ctx.tx, event.id, ctx.now);
  await recordAll(ctx, outcomes.map(actOf));
}

/** What opens and fits is valid; what does not stays opened, for people to decide. */
const stateAfter = (result: Outcome['result']): string => {
  const opened = bidLifecycle.next('sealed', 'open');
  return 'fault' in result ? opened : bidLifecycle.next(opened, 'validate');
};

const actOf = ({ bid, result }: Outcome): Act => ({
  action: 'bid.opened',
  subject: { type: 'bid', id: bid.bidId },
  supplierId: bid.supplierId,
  from: 'sealed',
  to: stateAfter(result),
  changes: { version: bid.version, fault: 'fault' in result ? result.fault : null },
});

const minutesOf = (ctx: Ctx, event: SourcingEvent, { outcomes, lineCount }: Opened): Minutes => ({
  format: 'portico-minutes/1',
  eventReference: event.reference,
  openedBy: ctx.actor.name,
  openedAt: ctx.now.toISOString(),
  closedAt: (event.closedAt ?? event.closesAt ?? ctx.now).toISOString(),
  currency: event.currency,
  lineCount,
  bids: outcomes.map(entryOf),
});

function entryOf({ bid, result }: Outcome): MinutesEntry {
  const about = {
    bidId: bid.bidId,
    bidReference: bid.reference,
    supplierName: bid.supplierName,
    version: bid.version,
    receivedAt: bid.receivedAt.toISOString(),
    sealedSha256: bid.sealedSha256,
    contentSha256: bid.contentSha256,
  };
  if ('fault' in result)
    return { ...about, fault: result.fault, totalAmount: null, pricedLineCount: 0, note: '', files: [] };
  return {
    ...about,
    fault: null,
    totalAmount: result.total,
    currency: result.content.currency,
    validUntilOn: result.content.validUntilOn,
    pricedLineCount: result.lines.filter((line) => line.unitPrice !== null).length,
    note: result.content.note,
    files: result.content.files,
  };
}

/**
 * An attachment that belongs to an opened bid; what was uploaded and never submitted is not one.
 * @throws AppError `bid_file.not-found`
 */
export async function readOpenedFile(
  ctx: Ctx,
  of: { eventId: string; bidId: string; fileId: string },
): Promise<{ file: BidFile; content: Uint8Array }> {
  await findEvent(ctx, of.eventId);
  const opening = await store.findOpening(ctx.tx, of.eventId);
  const entry = opening?.minutes.bids.find((bid) => bid.bidId === of.bidId);
  if (entry?.files.some((file) => file.fileId === of.fileId) !== true) throw notFound('bid_file');
  return readBidFile(ctx, { id: of.bidId, eventId: of.eventId }, of.fileId);
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
