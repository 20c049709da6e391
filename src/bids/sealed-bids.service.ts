import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { latestCheckpoint, record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import {
  assertAmendmentsKnown,
  findEventForSupplier,
  findLots,
  findPlan,
  findUnacknowledged,
  type Lot,
  type Requirement,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { findSupplier } from '../suppliers/index.ts';
import { type AskedItem, findAskedItems } from './asked-items.queries.ts';
import * as bids from './bid.store.ts';
import { assertMayBeWritten, type Bid, submit } from './bid.ts';
import { emptyDraft } from './bid-draft.ts';
import { rulesOf } from './bid-rules.ts';
import * as drafts from './draft.store.ts';
import { findFixed, ownSupplierId, sealDraft } from './drafts.service.ts';
import type { StoredEnvelope } from './envelope.store.ts';
import { ensureSealingKeys, eventFingerprint } from './event-keys.service.ts';
import { factsOf, sealFacts } from './files.service.ts';
import { type EarlierOffer, findEarlierOffer } from './kept-lines.service.ts';
import type { BidRules } from './offer.ts';
import { noteReach } from './reach.service.ts';
import type { ReceiptEnvelope } from './receipt.ts';
import type { SentEnvelope } from './sealed-bid.forms.ts';
import type { SealingKeys } from './sealing.ts';
import { assertRevision, makeVersion, takeVersion } from './submissions.service.ts';
import { findVersionByKey } from './version.store.ts';

/** What the bidder's browser needs to write, seal and submit a bid that the server cannot read. */
export type SealedDraftPage = {
  readonly bid: Bid;
  readonly event: SourcingEvent;
  readonly items: readonly AskedItem[];
  readonly lots: readonly Lot[];
  readonly rules: BidRules;
  readonly requirements: readonly Requirement[];
  readonly keys: SealingKeys;
  readonly eventSha256: string;
  readonly revision: number;
  /** Base64 of the ciphertext; null before the first save. */
  readonly sealedDraft: string | null;
  /** Base64 of the draft's key, wrapped by a passphrase that the bidder chose; null where it chose none. */
  readonly wrappedKey: string | null;
  /** The number of an amendment that has to be acknowledged before the bid is taken; null where all are. */
  readonly unacknowledged: number | null;
  /** True while the draft may say something that the last submission does not. */
  readonly isUnsubmitted: boolean;
  /** How many files a bid may have. */
  readonly mostFiles: number;
  /** Lines that this round does not ask again. */
  readonly fixedItemIds: ReadonlySet<string>;
  /** What the earlier round's bid said, which was opened: this one begins with it. */
  readonly earlier: EarlierOffer | null;
  readonly now: Date;
};

/** @throws AppError `bid.not-found`, `bid.sealed-on-arrival` */
export async function getSealedDraft(ctx: Ctx, bidId: string): Promise<SealedDraftPage> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  const event = await findEventForSupplier(ctx, bid.eventId);
  const items = await findAskedItems(ctx, bid);
  const keys = await ensureSealingKeys(ctx, bid.eventId);
  const stored = found('bid', await drafts.findStoredDraft(ctx.tx, bidId));
  return {
    bid,
    event,
    items,
    lots: await findLots(ctx, bid.eventId),
    rules: rulesOf(event),
    requirements: (await findPlan(ctx, bid.eventId)).requirements,
    keys,
    eventSha256: eventFingerprint(event, items, keys),
    revision: stored.revision,
    isUnsubmitted: stored.revision !== stored.submittedRevision,
    sealedDraft: stored.sealed.length === 0 ? null : stored.sealed.toString('base64'),
    wrappedKey: (await drafts.findWrappedKey(ctx.tx, bidId))?.toString('base64') ?? null,
    unacknowledged: await findUnacknowledged(ctx, { eventId: bid.eventId, supplierId: bid.supplierId }),
    mostFiles: ctx.policies.limits.uploadsPerDocument,
    fixedItemIds: await findFixed(ctx, event, { supplierId: bid.supplierId, items }),
    earlier: bid.round === 1 ? null : await findEarlierOffer(ctx, { bid, event, items }),
    now: ctx.now,
  };
}

/** What is asked, of a bid that the browser seals: all that its empty rows need. @throws AppError as {@link getSealedDraft} */
export async function getLinesToSeal(
  ctx: Ctx,
  bidId: string,
): Promise<Pick<SealedDraftPage, 'event' | 'items' | 'lots' | 'rules' | 'fixedItemIds'>> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  const event = await findEventForSupplier(ctx, bid.eventId);
  const [items, lots] = await Promise.all([findAskedItems(ctx, bid), findLots(ctx, bid.eventId)]);
  const fixedItemIds = await findFixed(ctx, event, { supplierId: bid.supplierId, items });
  return { event, items, lots, rules: rulesOf(event), fixedItemIds };
}

function assertInBrowser(bid: Bid): void {
  if (bid.sealingLevel !== 'in_browser')
    throw ruleBroken('bid.sealed-on-arrival', 'This bid is sealed by the server when it arrives');
}

/**
 * Keeps a draft that only the bidder can read. Gives its revision.
 * @throws AppError `bid.changed-meanwhile`, `bid.sealed-on-arrival`, and what writing a draft throws
 */
export async function saveSealedDraft(
  ctx: Ctx,
  of: { bidId: string; revision: number; recipient: string; sealed: Buffer },
): Promise<number> {
  const bid = found('bid', await bids.lockOwnBid(ctx.tx, of.bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  assertMayBeWritten(bid, await findEventForSupplier(ctx, bid.eventId), ctx.now);
  const stored = found('bid', await drafts.findStoredDraft(ctx.tx, bid.id));
  if (stored.revision !== of.revision)
    throw conflict('bid.changed-meanwhile', 'The draft was saved in another window', {
      revision: stored.revision,
    });
  const revision = stored.revision + 1;
  await drafts.saveStoredDraft(ctx.tx, bid.id, { sealed: of.sealed, revision, savedAt: ctx.now });
  await bids.saveDraftRecipient(ctx.tx, bid.id, of.recipient);
  return revision;
}

/**
 * Keeps the draft's key as the bidder's browser wrapped it by a passphrase, so that it can go on in another browser.
 * @throws AppError `bid.sealed-on-arrival`, and what writing a draft throws
 */
export async function keepWrappedKey(ctx: Ctx, of: { bidId: string; wrapped: Buffer }): Promise<void> {
  const bid = found('bid', await bids.lockOwnBid(ctx.tx, of.bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  assertMayBeWritten(bid, await findEventForSupplier(ctx, bid.eventId), ctx.now);
  await drafts.saveWrappedKey(ctx.tx, bid.id, of.wrapped);
  await record(ctx, { action: 'bid.draft-key-wrapped', subject: { type: 'bid', id: bid.id } });
}

/** Takes in a file that the bidder's browser sealed: what it is and what it is called, the server does not learn. */
export async function addSealedFile(
  ctx: Ctx,
  bidId: string,
  upload: UploadedFile | undefined,
): Promise<string> {
  const bid = found('bid', await bids.lockOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  assertMayBeWritten(bid, await findEventForSupplier(ctx, bid.eventId), ctx.now);
  if (upload === undefined) throw ruleBroken('bid.no-file-chosen', 'No file was chosen');
  const content = await readFile(upload.path);
  if (!content.subarray(0, 22).equals(Buffer.from('age-encryption.org/v1\n')))
    throw ruleBroken('bid.not-sealed', 'The file is not sealed');
  const fileId = newId();
  const { key } = await ctx.storage.put(content);
  const facts = { fileId, fileName: '', sizeBytes: content.length, sha256: sha256Hex(content), key: '' };
  await drafts.insertFiles(
    ctx.tx,
    [{ id: fileId, bidId, sealedFacts: sealFacts(ctx, facts), storageKey: key }],
    { uploadedBy: found('bid', ctx.actor.userId), uploadedAt: ctx.now },
  );
  await record(ctx, {
    action: 'bid.files-added',
    subject: { type: 'bid', id: bidId },
    changes: { fileIds: [fileId] },
  });
  return fileId;
}

/** A file as the bidder's browser sealed it, for its own supplier. @throws AppError `bid_file.not-found`, `bid.sealed-on-arrival` */
export async function readSealedFile(ctx: Ctx, of: { bidId: string; fileId: string }): Promise<Uint8Array> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, of.bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  const file = found('bid_file', await drafts.findFile(ctx.tx, bid.id, of.fileId));
  return buffer(await ctx.storage.open(file.storageKey));
}

/**
 * Takes a bid that the bidder's browser sealed, until and not at the closing instant. Of the content nothing can be
 * checked here: shapes, sizes and for whom it is sealed are; the rest is found at the opening.
 * @throws AppError `amendment.not-acknowledged`, `bid.envelopes-differ`, `bid.sealed-for-others`, and what
 * {@link submitBid} throws
 */
export async function submitSealed(
  ctx: Ctx,
  form: { bidId: string; revision: number; idempotencyKey: string; envelopes: readonly SentEnvelope[] },
): Promise<number> {
  const supplierId = ownSupplierId(ctx);
  const bid = found('bid', await bids.lockOwnBidBeforeClosing(ctx.tx, form.bidId, supplierId));
  assertInBrowser(bid);
  const { eventId } = bid;
  const [event, sentBefore, receivedAt, stored, items, keys, supplier, checkpoint] = await Promise.all([
    findEventForSupplier(ctx, eventId),
    findVersionByKey(ctx.tx, bid.id, form.idempotencyKey),
    ctx.readClock(ctx.tx),
    drafts.findStoredDraft(ctx.tx, bid.id),
    findAskedItems(ctx, bid),
    ensureSealingKeys(ctx, eventId),
    findSupplier(ctx, supplierId),
    latestCheckpoint(ctx),
  ]);
  if (sentBefore !== undefined) return sentBefore;
  const submitted = submit(bid, event, receivedAt);
  assertAmendmentsKnown(await findUnacknowledged(ctx, { eventId, supplierId }));
  const { revision, submittedRevision } = found('bid', stored);
  assertRevision(bid, { seen: form.revision, revision, submittedRevision });
  assertSealedFor(form.envelopes, event, keys);
  const received = await Promise.all(form.envelopes.map((one) => receive(ctx, bid.id, one)));
  const version = makeVersion(ctx, {
    bid: submitted,
    event,
    envelopes: received.map((one) => one.stored),
    receipts: received.map((one) => one.receipt),
    receivedAt,
    idempotencyKey: form.idempotencyKey,
    supplierName: supplier.name,
    checkpoint,
  });
  const eventSha256 = eventFingerprint(event, items, keys);
  await noteReach(ctx, { bidId: bid.id, draft: null, eventSha256, receivedAt });
  await takeVersion(ctx, { before: bid, bid: submitted, version, revision, isAtClosing: false });
  return version.version;
}

/** @throws AppError `bid.envelopes-differ`, `bid.sealed-for-others` */
export function assertSealedFor(
  envelopes: readonly Pick<SentEnvelope, 'envelope' | 'houseShare' | 'openerShares'>[],
  event: Pick<SourcingEvent, 'envelopes'>,
  keys: SealingKeys,
): void {
  if (envelopes.map((one) => one.envelope).join() !== event.envelopes.join())
    throw ruleBroken('bid.envelopes-differ', 'The bid has other envelopes than the event');
  const openers = keys.openers.map((opener) => opener.openerId).toSorted();
  for (const { houseShare, openerShares } of envelopes) {
    const isForHouse = (houseShare !== null) === (keys.houseRecipient !== null);
    const given = openerShares.map((share) => share.openerId).toSorted();
    if (!isForHouse || given.join() !== (keys.threshold === null ? [] : openers).join())
      throw ruleBroken('bid.sealed-for-others', 'The bid is sealed for others than who opens this event');
  }
}

async function receive(
  ctx: Ctx,
  bidId: string,
  { fileIds, ...sent }: SentEnvelope,
): Promise<{ stored: StoredEnvelope; receipt: ReceiptEnvelope }> {
  const sealedSha256 = sha256Hex(sent.sealed);
  const rows = fileIds.length === 0 ? [] : await drafts.findFiles(ctx.tx, bidId, fileIds);
  const { envelope, recipient, contentSha256 } = sent;
  return {
    stored: { id: newId(), ...sent, sealedSha256, supplierCopy: null },
    receipt: {
      envelope,
      contentSha256,
      sealedSha256,
      recipient,
      files: rows.map((row) => {
        const { sizeBytes, sha256 } = factsOf(ctx, row);
        return { sizeBytes, sha256 };
      }),
    },
  };
}

/**
 * Lets the server seal this bid when it arrives, where the event allows it: for whoever cannot seal in the browser. The
 * draft begins anew, because nobody but the browser can read the one before.
 * @throws AppError `bid.must-seal-in-browser`, `bid.sealed-on-arrival`, and what writing a draft throws
 */
export async function sealOnArrival(ctx: Ctx, bidId: string): Promise<void> {
  const bid = found('bid', await bids.lockOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  assertInBrowser(bid);
  const event = await findEventForSupplier(ctx, bid.eventId);
  assertMayBeWritten(bid, event, ctx.now);
  if (!event.allowsSealingOnArrival)
    throw ruleBroken('bid.must-seal-in-browser', 'This event takes only bids sealed in the browser');
  const stored = found('bid', await drafts.findStoredDraft(ctx.tx, bidId));
  await bids.saveSealingLevel(ctx.tx, bidId, 'on_arrival');
  await drafts.saveWrappedKey(ctx.tx, bidId, null);
  await drafts.saveStoredDraft(ctx.tx, bidId, {
    sealed: sealDraft(ctx, bidId, emptyDraft),
    revision: stored.revision + 1,
    savedAt: ctx.now,
  });
  await record(ctx, {
    action: 'bid.sealing-on-arrival-chosen',
    subject: { type: 'bid', id: bidId },
    changes: { sealed: 'on_arrival' },
  });
}
