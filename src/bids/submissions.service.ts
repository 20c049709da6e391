import { randomBytes } from 'node:crypto';
import { type CarriedCheckpoint, latestCheckpoint, record, recordAll } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type EventItem,
  findEventForSupplier,
  findEventItems,
  findLots,
  type Lot,
  markInvitation,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { findSupplier } from '../suppliers/index.ts';
import * as bids from './bid.store.ts';
import { type Bid, bidLifecycle, submit, withdraw } from './bid.ts';
import {
  type BidContent,
  contentBytes,
  contentOf,
  type OpenedLine,
  toContent,
  withAmounts,
} from './bid-content.ts';
import { assertSubmittable, readDraft } from './bid-draft.ts';
import type { AtClosing } from './closing-choice.ts';
import { loadDraft, ownSupplierId } from './drafts.service.ts';
import { ensureEventKey } from './event-keys.service.ts';
import { type OpenedAlternate, openedAlternates, rulesOf } from './offer.ts';
import { type Receipt, receiptBytes } from './receipt.ts';
import { pad, sealContent, unpad } from './sealing.ts';
import * as versions from './version.store.ts';

export type Submission = {
  readonly bidId: string;
  /** The draft's revision that the person has seen. */
  readonly revision: number;
  /** Made with the form: the form sent twice makes one version. */
  readonly idempotencyKey: string;
  /** That prices of zero are meant. */
  readonly isFreeMeant: boolean;
};

/**
 * Seals the draft and takes it as the bid's next version, until and not at the closing instant. The event is
 * locked before the clock is read, so a bid that is acknowledged is there when closing gets its own lock.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-submit`, `bid.changed-meanwhile`,
 * `bid.nothing-changed`, `bid.has-errors`, `bid.no-line-priced`, `bid.free-line-not-confirmed`, `bid.not-found`
 */
export async function submitBid(ctx: Ctx, form: Submission): Promise<number> {
  const supplierId = ownSupplierId(ctx);
  const bid = found('bid', await bids.lockOwnBidBeforeClosing(ctx.tx, form.bidId, supplierId));
  return submitLocked(ctx, bid, form, { receivedAt: null });
}

/**
 * Submits a bid whose event and row are held already. `receivedAt` is null for now, by the clock that is read under
 * those locks; the closing says when all of it had been received.
 */
export async function submitLocked(
  ctx: Ctx,
  bid: Bid,
  form: Submission,
  of: { receivedAt: Date | null; atClosing?: AtClosing },
): Promise<number> {
  const { eventId, supplierId } = bid;
  // The locks are held: all else that is needed is asked for at once.
  const [event, sentBefore, receivedAt, stored, items, { recipient }, supplier, checkpoint] =
    await Promise.all([
      findEventForSupplier(ctx, eventId),
      versions.findVersionByKey(ctx.tx, bid.id, form.idempotencyKey),
      of.receivedAt ?? ctx.readClock(ctx.tx),
      loadDraft(ctx, bid.id),
      findEventItems(ctx, eventId),
      ensureEventKey(ctx, eventId),
      findSupplier(ctx, supplierId),
      latestCheckpoint(ctx),
    ]);
  if (sentBefore !== undefined) return sentBefore;
  const submitted = submit(bid, event, receivedAt);
  const { draft, revision, submittedRevision } = stored;
  if (revision !== form.revision)
    throw conflict('bid.changed-meanwhile', 'The draft was saved in another window', { revision });
  if (revision === submittedRevision)
    throw ruleBroken('bid.nothing-changed', 'This is what was submitted already', {
      version: bid.currentVersion,
    });
  const read = readDraft(draft, items, rulesOf(event));
  assertSubmittable(read, { isConfirmed: form.isFreeMeant });

  const content = toContent(
    { typed: draft, read },
    {
      eventId,
      supplierId,
      version: submitted.currentVersion,
      nonce: randomBytes(32).toString('base64'),
    },
  );
  const version = await sealVersion(ctx, {
    bid: submitted,
    event,
    content,
    receivedAt,
    form,
    recipient,
    supplierName: supplier.name,
    checkpoint,
    ...(of.atClosing === undefined ? {} : { atClosing: of.atClosing }),
  });
  await Promise.all([
    versions.saveSubmission(ctx.tx, submitted, version, revision),
    acknowledge(ctx, bid, { after: submitted, version, isAtClosing: of.atClosing !== undefined }),
  ]);
  return version.version;
}

async function sealVersion(
  ctx: Ctx,
  of: {
    bid: Bid;
    event: SourcingEvent;
    content: BidContent;
    receivedAt: Date;
    form: Submission;
    recipient: string;
    supplierName: string;
    checkpoint: CarriedCheckpoint | null;
    atClosing?: AtClosing;
  },
): Promise<versions.BidVersion> {
  const { bid, event, content, receivedAt, recipient } = of;
  const id = newId();
  const bytes = contentBytes(content);
  const sealed = await sealContent(bytes, recipient);
  const receipt: Receipt = {
    format: 'portico-receipt/1',
    bidReference: bid.reference,
    eventReference: event.reference,
    supplier: of.supplierName,
    version: bid.currentVersion,
    contentSha256: sha256Hex(bytes),
    sealedSha256: sha256Hex(sealed),
    receivedAt: receivedAt.toISOString(),
    files: content.files.map(({ fileName, sizeBytes, sha256 }) => ({ fileName, sizeBytes, sha256 })),
    ...(of.checkpoint === null ? {} : { recordCheckpoint: of.checkpoint }),
    ...(of.atClosing === undefined ? {} : { atClosing: of.atClosing }),
  };
  const signed = receiptBytes(receipt);
  return {
    id,
    bidId: bid.id,
    version: bid.currentVersion,
    sealed,
    sealedSha256: receipt.sealedSha256,
    contentSha256: receipt.contentSha256,
    supplierCopy: ctx.keyRing.seal(pad(bytes), placeOfCopy(id)),
    receivedAt,
    receipt: ctx.keyRing.seal(pad(signed), placeOfReceipt(id)),
    receiptSignature: ctx.keyRing.sign(signed),
    submittedBy: found('bid', ctx.actor.userId),
    idempotencyKey: of.form.idempotencyKey,
  };
}

async function acknowledge(
  ctx: Ctx,
  before: Bid,
  of: { after: Bid; version: versions.BidVersion; isAtClosing: boolean },
): Promise<void> {
  const { after: bid, version } = of;
  const { eventId, supplierId } = bid;
  if (before.state === 'draft') await markInvitation(ctx, { eventId, supplierId, action: 'submit' });
  await record(ctx, {
    action: 'bid.submitted',
    subject: { type: 'bid', id: bid.id },
    from: before.state,
    to: bid.state,
    changes: {
      version: version.version,
      contentSha256: version.contentSha256,
      sealedSha256: version.sealedSha256,
      receivedAt: version.receivedAt.toISOString(),
      ...(of.isAtClosing ? { isAtClosing: true } : {}),
    },
  });
}

/**
 * Takes the bid back, until and not at the closing instant; a new one may be begun afterwards.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-withdraw`, `bid.not-found`
 */
export async function withdrawBid(ctx: Ctx, bidId: string): Promise<void> {
  const supplierId = ownSupplierId(ctx);
  const bid = found('bid', await bids.lockOwnBidBeforeClosing(ctx.tx, bidId, supplierId));
  const { eventId } = bid;
  const event = await findEventForSupplier(ctx, eventId);
  const at = await ctx.readClock(ctx.tx);
  const withdrawn = withdraw(bid, event, at);
  await bids.saveWithdrawal(ctx.tx, withdrawn, at);
  await markInvitation(ctx, { eventId, supplierId, action: 'take-back' });
  await record(ctx, {
    action: 'bid.withdrawn',
    subject: { type: 'bid', id: bidId },
    from: bid.state,
    to: withdrawn.state,
    changes: { version: bid.currentVersion },
  });
}

/**
 * After closing, turns what was submitted into what will be opened. Safe to run again: what is sealed stays so.
 * The caller knows that the event is closed.
 */
export async function sealSubmittedBids(ctx: Ctx, eventId: string): Promise<void> {
  const submitted = await bids.lockBidsOf(ctx.tx, eventId, ['submitted']);
  const sealed = submitted.map((bid) => ({ ...bid, state: bidLifecycle.next(bid.state, 'seal') }));
  if (sealed.length === 0) return;
  await bids.saveStates(ctx.tx, sealed);
  await recordAll(
    ctx,
    sealed.map((bid) => ({
      action: 'bid.sealed',
      subject: { type: 'bid', id: bid.id },
      supplierId: bid.supplierId,
      from: 'submitted',
      to: bid.state,
      changes: { version: bid.currentVersion },
    })),
  );
}

/** A line that was asked for, and what the bid says of it. */
type KeptLine = EventItem & {
  readonly offer: Pick<
    OpenedLine,
    'unitPrice' | 'amount' | 'leadTimeDays' | 'note' | 'capacity' | 'tiers'
  > & {
    readonly alternates: readonly OpenedAlternate[];
  };
};

/** A submission as its supplier keeps it: the receipt, its proof, and the very bytes that were hashed. */
export type KeptSubmission = {
  readonly bid: Bid;
  readonly receipt: Receipt;
  readonly signature: string;
  readonly contentText: string;
  readonly content: BidContent;
  /** Every line that was asked for, with what the bid says of it; a null price is no bid on it. */
  readonly lines: readonly KeptLine[];
  readonly lots: readonly Lot[];
  readonly total: DecimalString;
};

/** @throws AppError `bid.not-found`, `bid_version.not-found` */
export async function getSubmission(
  ctx: Ctx,
  bidId: string,
  version: number | null,
): Promise<KeptSubmission> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  const kept = found(
    'bid_version',
    await versions.findKeptVersion(ctx.tx, bidId, version ?? bid.currentVersion),
  );
  const contentText = textOf(ctx.keyRing.unseal(kept.supplierCopy, placeOfCopy(kept.id)));
  const content = contentOf(contentText);
  const items = await findEventItems(ctx, bid.eventId);
  const { lines, total } = withAmounts(content, items);
  const alternates = openedAlternates(content, items);
  return {
    bid,
    receipt: readReceipt(ctx, kept),
    signature: kept.receiptSignature,
    contentText,
    content,
    lots: await findLots(ctx, bid.eventId),
    lines: items.map((item) => ({ ...item, offer: offerOn(item.id, { lines, alternates }) })),
    total,
  };
}

function offerOn(
  eventItemId: string,
  of: { lines: readonly OpenedLine[]; alternates: readonly OpenedAlternate[] },
): KeptLine['offer'] {
  const line = of.lines.find((one) => one.eventItemId === eventItemId);
  return {
    unitPrice: line?.unitPrice ?? null,
    amount: line?.amount ?? null,
    leadTimeDays: line?.leadTimeDays ?? null,
    note: line?.note ?? '',
    capacity: line?.capacity ?? null,
    tiers: line?.tiers ?? [],
    alternates: of.alternates.filter((one) => one.eventItemId === eventItemId),
  };
}

/** The receipt that was given for a version. @throws Error when the stored one was altered */
export const readReceipt = (ctx: Ctx, kept: { id: string; receipt: Uint8Array }): Receipt =>
  JSON.parse(textOf(ctx.keyRing.unseal(kept.receipt, placeOfReceipt(kept.id)))) as Receipt;

const textOf = (padded: Uint8Array): string => Buffer.from(unpad(padded)).toString('utf8');
const placeOfCopy = (versionId: string): string => `bid_version.supplier_copy.${versionId}`;
const placeOfReceipt = (versionId: string): string => `bid_version.receipt.${versionId}`;
