import { randomBytes } from 'node:crypto';
import { type CarriedCheckpoint, latestCheckpoint, record, recordAll } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { nodeRecipient } from '../platform/crypto/age-recipient.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  assertAmendmentsKnown,
  findEventForSupplier,
  findPlan,
  findUnacknowledged,
  markInvitation,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { findSupplier } from '../suppliers/index.ts';
import { findAskedItems } from './asked-items.queries.ts';
import * as bids from './bid.store.ts';
import { assertReadable, type Bid, bidLifecycle, submit, withdraw } from './bid.ts';
import type { BidContent } from './bid-content.ts';
import type { AtClosing } from './closing-choice.ts';
import { loadDraft, ownSupplierId, readWhole } from './drafts.service.ts';
import type { StoredEnvelope } from './envelope.store.ts';
import { contentBytes, toContents } from './envelope-content.ts';
import { ensureSealingKeys, eventFingerprint } from './event-keys.service.ts';
import { fileKeysOf } from './files.service.ts';
import { placeOfCopy, placeOfKey, placeOfReceipt } from './kept-submission.service.ts';
import { noteReach } from './reach.service.ts';
import { type Receipt, type ReceiptEnvelope, receiptBytes } from './receipt.ts';
import { pad, type SealingKeys, sealEnvelope } from './sealing.ts';
import * as versions from './version.store.ts';
import { assertWhole, envelopesAsked } from './whole-draft.ts';

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
 * Seals the draft, each envelope with a key of its own, and takes it as the bid's next version, until and not at the
 * closing instant. The event is locked before the clock is read, so a bid that is acknowledged is there when closing
 * gets its own lock.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-submit`, `bid.changed-meanwhile`,
 * `bid.nothing-changed`, `bid.has-errors`, `bid.no-line-priced`, `bid.free-line-not-confirmed`, `bid.not-found`,
 * `bid.responses-missing`, `bid.sealed-in-browser`, `amendment.not-acknowledged`
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
  assertReadable(bid, of.atClosing === undefined ? 'write' : 'submit-at-closing');
  // The locks are held: all else that is needed is asked for at once.
  const [event, sentBefore, receivedAt, stored, items, plan, keys, supplier, checkpoint, unacknowledged] =
    await Promise.all([
      findEventForSupplier(ctx, eventId),
      versions.findVersionByKey(ctx.tx, bid.id, form.idempotencyKey),
      of.receivedAt ?? ctx.readClock(ctx.tx),
      loadDraft(ctx, bid.id),
      findAskedItems(ctx, bid),
      findPlan(ctx, eventId),
      ensureSealingKeys(ctx, eventId),
      findSupplier(ctx, supplierId),
      latestCheckpoint(ctx),
      findUnacknowledged(ctx, { eventId, supplierId }),
    ]);
  if (sentBefore !== undefined) return sentBefore;
  const submitted = submit(bid, event, receivedAt);
  assertAmendmentsKnown(unacknowledged);
  const { draft, revision, submittedRevision } = stored;
  assertRevision(bid, { seen: form.revision, revision, submittedRevision });
  const { requirements } = plan;
  const whole = readWhole(draft, { event, items, requirements });
  assertWhole(whole, { isConfirmed: form.isFreeMeant });
  const { read } = whole;

  const eventSha256 = eventFingerprint(event, items, keys);
  const contents = toContents(
    { typed: draft, read },
    {
      eventId,
      eventSha256,
      supplierId,
      version: submitted.currentVersion,
      currency: read.currency,
      envelopes: event.envelopes,
      lotIds: whole.lotIds,
      envelopeOf: envelopesAsked(whole),
      fileKeys: await fileKeysOf(ctx, bid.id, draft.files),
      makeNonce: () => randomBytes(32).toString('base64'),
    },
  );
  const sealed = await Promise.all(contents.map((content) => sealOne(ctx, content, keys)));
  const version = makeVersion(ctx, {
    bid: submitted,
    event,
    envelopes: sealed.map((one) => one.stored),
    receipts: sealed.map((one) => one.receipt),
    receivedAt,
    idempotencyKey: form.idempotencyKey,
    supplierName: supplier.name,
    checkpoint,
    ...(of.atClosing === undefined ? {} : { atClosing: of.atClosing }),
  });
  await noteReach(ctx, { bidId: bid.id, draft, eventSha256, receivedAt });
  await takeVersion(ctx, {
    before: bid,
    bid: submitted,
    version,
    revision,
    isAtClosing: of.atClosing !== undefined,
  });
  return version.version;
}

/** @throws AppError `bid.changed-meanwhile`, `bid.nothing-changed` */
export function assertRevision(
  bid: Pick<Bid, 'currentVersion'>,
  of: { seen: number; revision: number; submittedRevision: number | null },
): void {
  if (of.revision !== of.seen)
    throw conflict('bid.changed-meanwhile', 'The draft was saved in another window', {
      revision: of.revision,
    });
  if (of.revision === of.submittedRevision)
    throw ruleBroken('bid.nothing-changed', 'This is what was submitted already', {
      version: bid.currentVersion,
    });
}

async function sealOne(
  ctx: Ctx,
  content: BidContent,
  keys: SealingKeys,
): Promise<{ stored: StoredEnvelope; receipt: ReceiptEnvelope }> {
  const id = newId();
  const bytes = contentBytes(content);
  const { identity, ...sealed } = await sealEnvelope(bytes, keys, nodeRecipient);
  const hashes = { contentSha256: sha256Hex(bytes), sealedSha256: sha256Hex(sealed.sealed) };
  const { envelope, files } = content;
  return {
    stored: {
      id,
      envelope,
      ...sealed,
      ...hashes,
      supplierCopy: ctx.keyRing.seal(pad(bytes), placeOfCopy(id)),
      bidderKey: ctx.keyRing.seal(Buffer.from(identity), placeOfKey(id)),
    },
    receipt: {
      envelope,
      ...hashes,
      recipient: sealed.recipient,
      files: files.map(({ fileName, sizeBytes, sha256 }) => ({ fileName, sizeBytes, sha256 })),
    },
  };
}

/** A version with its signed receipt, from envelopes that are sealed already. */
export function makeVersion(
  ctx: Ctx,
  of: {
    bid: Bid;
    event: Pick<SourcingEvent, 'reference'>;
    envelopes: readonly StoredEnvelope[];
    receipts: readonly ReceiptEnvelope[];
    receivedAt: Date;
    idempotencyKey: string;
    supplierName: string;
    checkpoint: CarriedCheckpoint | null;
    atClosing?: AtClosing;
  },
): versions.BidVersion {
  const { bid, event, receivedAt, envelopes, receipts, idempotencyKey } = of;
  const id = newId();
  const receipt: Receipt = {
    format: 'portico-receipt/2',
    bidReference: bid.reference,
    eventReference: event.reference,
    supplier: of.supplierName,
    version: bid.currentVersion,
    sealed: bid.sealingLevel,
    envelopes: receipts,
    receivedAt: receivedAt.toISOString(),
    ...(of.checkpoint === null ? {} : { recordCheckpoint: of.checkpoint }),
    ...(of.atClosing === undefined ? {} : { atClosing: of.atClosing }),
  };
  const signed = receiptBytes(receipt);
  return {
    id,
    bidId: bid.id,
    version: bid.currentVersion,
    envelopes,
    receivedAt,
    receipt: ctx.keyRing.seal(pad(signed), placeOfReceipt(id)),
    receiptSignature: ctx.keyRing.sign(signed),
    submittedBy: found('bid', ctx.actor.userId),
    idempotencyKey,
  };
}

/** Saves a version as the one that counts, and says so. */
export async function takeVersion(
  ctx: Ctx,
  of: { before: Bid; bid: Bid; version: versions.BidVersion; revision: number; isAtClosing: boolean },
): Promise<void> {
  await Promise.all([
    versions.saveSubmission(ctx.tx, of.bid, of.version, of.revision),
    acknowledge(ctx, of.before, of),
  ]);
}

async function acknowledge(
  ctx: Ctx,
  before: Bid,
  of: { bid: Bid; version: versions.BidVersion; isAtClosing: boolean },
): Promise<void> {
  const { bid, version } = of;
  const { eventId, supplierId } = bid;
  if (before.state === 'draft') await markInvitation(ctx, { eventId, supplierId, action: 'submit' });
  await record(ctx, {
    action: 'bid.submitted',
    subject: { type: 'bid', id: bid.id },
    from: before.state,
    to: bid.state,
    changes: {
      version: version.version,
      sealed: bid.sealingLevel,
      contentSha256: version.envelopes.map((one) => one.contentSha256).join(' '),
      sealedSha256: version.envelopes.map((one) => one.sealedSha256).join(' '),
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
