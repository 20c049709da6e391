import { found } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type Envelope,
  type EventItem,
  findEventItems,
  findLots,
  findPlan,
  isKnockOut,
  type Lot,
  type Requirement,
} from '../sourcing/index.ts';
import * as bids from './bid.store.ts';
import type { Bid } from './bid.ts';
import { type BidContent, type OpenedLine, contentOf as readKeptContent } from './bid-content.ts';
import { ownSupplierId } from './drafts.service.ts';
import { findKeptEnvelopes, type KeptEnvelope } from './envelope.store.ts';
import { linesEnvelope } from './envelope-content.ts';
import { type OpenedAlternate, openedAlternates, withAmounts } from './offer.ts';
import { type PricedAs, pricedAs, tiersAsPriced } from './priced-unit.ts';
import type { Receipt } from './receipt.ts';
import { type ReadResponse, readResponses } from './response.ts';
import { unpad } from './sealing.ts';
import { findKeptVersion } from './version.store.ts';

/** An envelope as its supplier keeps it: the very bytes that were hashed, and what they say. */
export type KeptContent = {
  readonly envelope: Envelope;
  readonly contentText: string;
  readonly content: BidContent;
};
/** A line that was asked for, and what the bid says of it. */
export type KeptLine = EventItem & {
  readonly offer: Pick<
    OpenedLine,
    'unitPrice' | 'amount' | 'leadTimeDays' | 'note' | 'capacity' | 'tiers'
  > & {
    /** How it was priced, where that is not in the unit asked. */
    readonly priced: PricedAs | null;
    readonly alternates: readonly OpenedAlternate[];
  };
};

/** A submission as its supplier keeps it: the receipt, its proof, and what was said in each envelope. */
export type KeptSubmission = {
  readonly bid: Bid;
  readonly receipt: Receipt;
  readonly signature: string;
  /** In the order they are opened; empty where only the bidder's browser can read them. */
  readonly contents: readonly KeptContent[];
  /** Every line that was asked for, with what the bid says of it; a null price is no bid on it. */
  readonly lines: readonly KeptLine[];
  readonly lots: readonly Lot[];
  /** Every answer that was given, in the order of its questions. */
  readonly responses: readonly ReadResponse[];
  readonly currency: string;
  readonly validUntilOn: Day | null;
  /** Null where only the bidder's browser can read it. */
  readonly total: DecimalString | null;
};

/** @throws AppError `bid.not-found`, `bid_version.not-found` */
export async function getSubmission(
  ctx: Ctx,
  bidId: string,
  version: number | null,
): Promise<KeptSubmission> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  const kept = found('bid_version', await findKeptVersion(ctx.tx, bidId, version ?? bid.currentVersion));
  const receipt = readReceipt(ctx, kept);
  const envelopes = inReceiptOrder(receipt, await findKeptEnvelopes(ctx.tx, kept.id));
  const contents = envelopes.flatMap((one) => contentOf(ctx, one));
  const items = await findEventItems(ctx, bid.eventId);
  const prices = contents.find(
    (one) => one.envelope === linesEnvelope(contents.map((other) => other.envelope)),
  )?.content;
  const { lines, total } = prices === undefined ? { lines: [], total: null } : withAmounts(prices, items);
  const alternates = prices === undefined ? [] : openedAlternates(prices, items);
  return {
    bid,
    receipt,
    signature: kept.receiptSignature,
    contents,
    lots: await findLots(ctx, bid.eventId),
    responses: answersGiven(contents, (await findPlan(ctx, bid.eventId)).requirements),
    lines:
      prices === undefined
        ? []
        : items.map((item) => ({ ...item, offer: offerOn(item.id, { lines, alternates }) })),
    currency: prices?.currency ?? '',
    validUntilOn: prices?.validUntilOn ?? null,
    total,
  };
}

/** What was answered; a question that is not asked any more is not there to be shown. */
function answersGiven(
  contents: readonly KeptContent[],
  requirements: readonly Requirement[],
): readonly ReadResponse[] {
  const given = contents.flatMap(({ content }) => content.answers);
  const asked = requirements.filter(({ id }) => given.some((one) => one.requirementId === id));
  const answers = Object.fromEntries(given.map(({ requirementId, ...said }) => [requirementId, said]));
  const files = contents.flatMap(({ content }) => content.files);
  return readResponses(asked, { answers, files }, isKnockOut, new Set(asked.map(({ lotId }) => lotId)))
    .responses;
}

const inReceiptOrder = (receipt: Receipt, kept: readonly KeptEnvelope[]): KeptEnvelope[] =>
  receipt.envelopes.flatMap(({ envelope }) => kept.filter((one) => one.envelope === envelope));

function contentOf(ctx: Ctx, { id, envelope, supplierCopy }: KeptEnvelope): KeptContent[] {
  if (supplierCopy === null) return [];
  const contentText = textOf(ctx.keyRing.unseal(supplierCopy, placeOfCopy(id)));
  return [{ envelope, contentText, content: readKeptContent(contentText) }];
}

function offerOn(
  eventItemId: string,
  of: { lines: readonly OpenedLine[]; alternates: readonly OpenedAlternate[] },
): KeptLine['offer'] {
  const line = of.lines.find((one) => one.eventItemId === eventItemId);
  return {
    unitPrice: line?.unitPrice ?? null,
    priced: line === undefined ? null : pricedAs(line),
    amount: line?.amount ?? null,
    leadTimeDays: line?.leadTimeDays ?? null,
    note: line?.note ?? '',
    capacity: line?.capacity ?? null,
    tiers: line === undefined ? [] : [...tiersAsPriced(line)],
    alternates: of.alternates.filter((one) => one.eventItemId === eventItemId),
  };
}

/**
 * The key of one envelope with what it opens, for its bidder to keep. Where the browser sealed, the key is sealed itself,
 * to the bidder's own.
 * @throws AppError `bid.not-found`, `bid_version.not-found`
 */
export async function getBidderKey(
  ctx: Ctx,
  of: { bidId: string; version: number | null; envelope: Envelope },
): Promise<{ receipt: Receipt; key: Uint8Array; sealed: Uint8Array }> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, of.bidId, ownSupplierId(ctx)));
  const kept = found('bid_version', await findKeptVersion(ctx.tx, bid.id, of.version ?? bid.currentVersion));
  const receipt = readReceipt(ctx, kept);
  const envelopes = await findKeptEnvelopes(ctx.tx, kept.id);
  const one = found(
    'bid_version',
    envelopes.find((stored) => stored.envelope === of.envelope),
  );
  const { sealed } = one;
  if (bid.sealingLevel === 'in_browser') return { receipt, sealed, key: one.bidderKey };
  const identity = ctx.keyRing.unseal(one.bidderKey, placeOfKey(one.id)).toString('utf8');
  const about = `# ${receipt.bidReference} v${receipt.version}, ${one.envelope}\n# public key: ${one.recipient}\n`;
  return { receipt, sealed, key: Buffer.from(`${about}${identity}\n`) };
}

/** The receipt that was given for a version. @throws Error when the stored one was altered */
export const readReceipt = (ctx: Ctx, kept: { id: string; receipt: Uint8Array }): Receipt =>
  JSON.parse(textOf(ctx.keyRing.unseal(kept.receipt, placeOfReceipt(kept.id)))) as Receipt;

const textOf = (padded: Uint8Array): string => Buffer.from(unpad(padded)).toString('utf8');
export const placeOfCopy = (envelopeId: string): string => `bid_envelope.supplier_copy.${envelopeId}`;
export const placeOfKey = (envelopeId: string): string => `bid_envelope.bidder_key.${envelopeId}`;
export const placeOfReceipt = (versionId: string): string => `bid_version.receipt.${versionId}`;
