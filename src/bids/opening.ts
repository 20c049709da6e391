import { ruleBroken } from '../kernel/errors.ts';
import type { Envelope } from '../sourcing/index.ts';
import {
  type KeptLines,
  type NonConformity,
  type OpenedContent,
  readContent,
  type SubmissionRules,
} from './bid-content.ts';
import type { AskedLine, BidFile } from './bid-draft.ts';
import type { BidRules } from './offer.ts';
import { isKeyOf, openContent } from './sealing.ts';

/** What the minutes say of one bid. */
export type MinutesEntry = {
  readonly bidId: string;
  readonly bidReference: string;
  readonly supplierName: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly sealedSha256: string;
  readonly contentSha256: string;
  /** Null for a bid that was taken. */
  readonly fault: NonConformity | null;
  /** Opened by the key that the bidder had kept. */
  readonly isRescued: boolean;
  readonly totalAmount: string | null;
  /** The bid's own; minutes from before bids had one say nothing of it. */
  readonly currency?: string;
  readonly validUntilOn?: string | null;
  readonly pricedLineCount: number;
  readonly note: string;
  readonly files: readonly BidFile[];
};

/** An opener's part in an opening, as the minutes name it. */
export type MinutesPart = {
  readonly openerName: string;
  readonly givenAt: string;
  /** References of the bids whose share did not fit. */
  readonly wrong: readonly string[];
};

/** The record of an opening: who opened which envelope, when, and what came out of every bid. */
export type Minutes = {
  readonly format: 'portico-minutes/2';
  readonly eventReference: string;
  readonly envelope: Envelope;
  /** Who was appointed, and how many it took; null where the house opened by a second person. */
  readonly openers: { readonly appointed: readonly string[]; readonly threshold: number } | null;
  readonly parts: readonly MinutesPart[];
  readonly openedBy: string;
  readonly openedAt: string;
  readonly closedAt: string;
  readonly currency: string;
  readonly lineCount: number;
  readonly bids: readonly MinutesEntry[];
};

/** When an event's bids may be opened: at its closing, or later where it says so. */
export const opensAt = (event: {
  readonly closesAt: Date | null;
  readonly openingNotBefore?: Date | null;
}): Date | null => {
  const { closesAt, openingNotBefore = null } = event;
  if (closesAt === null) return null;
  return openingNotBefore !== null && openingNotBefore > closesAt ? openingNotBefore : closesAt;
};

/** How far the opening of one envelope is. */
export type Progress = {
  readonly envelope: Envelope;
  readonly openedAt: Date | null;
  readonly concludedAt: Date | null;
};

/** The envelope whose turn it is; null when all are open. Until people are done with one, the next stays sealed. */
export function nextEnvelope(
  envelopes: readonly Envelope[],
  progress: readonly Progress[],
): { envelope: Envelope; isWaiting: boolean } | null {
  const isOpened = (envelope: Envelope): boolean =>
    progress.some((one) => one.envelope === envelope && one.openedAt !== null);
  const envelope = envelopes.find((one) => !isOpened(one));
  if (envelope === undefined) return null;
  const isWaiting = progress.some((one) => one.openedAt !== null && one.concludedAt === null);
  return { envelope, isWaiting };
}

/** @throws AppError `opening.already-opened`, `opening.not-concluded` */
export function envelopeToOpen(envelopes: readonly Envelope[], progress: readonly Progress[]): Envelope {
  const next = nextEnvelope(envelopes, progress);
  if (next === null) throw ruleBroken('opening.already-opened', 'Every envelope is open');
  if (next.isWaiting)
    throw ruleBroken('opening.not-concluded', 'The envelope before it is still being evaluated');
  return next.envelope;
}

export const isLast = (envelopes: readonly Envelope[], envelope: Envelope): boolean =>
  envelopes.at(-1) === envelope;

type Sealed = {
  readonly supplierId: string;
  readonly version: number;
  readonly recipient: string;
  readonly sealed: Uint8Array;
  readonly sealedSha256: string;
  readonly contentSha256: string;
};

/** Opens one envelope and checks that it is what the supplier got its receipt for; says what is wrong if it is not. */
export async function openOne(
  bid: Sealed,
  by: {
    /** The envelope's own key. */
    identity: string;
    sha256: (bytes: Uint8Array) => string;
    envelope: Envelope;
    holdsLines: boolean;
    event: { id: string } & Pick<BidRules, 'currencies' | 'needsPrice'>;
    eventSha256: string;
    asked: readonly AskedLine[];
    rules: SubmissionRules | null;
    kept: KeptLines | null;
  },
): Promise<OpenedContent | { readonly fault: NonConformity }> {
  if (by.sha256(bid.sealed) !== bid.sealedSha256) return { fault: 'does-not-open' };
  if (!(await isKeyOf(by.identity, bid.recipient))) return { fault: 'does-not-open' };
  const bytes = await openContent(bid.sealed, by.identity);
  if (bytes === null) return { fault: 'does-not-open' };
  if (by.sha256(bytes) !== bid.contentSha256) return { fault: 'hash-differs' };
  return readContent(bytes, {
    envelope: by.envelope,
    holdsLines: by.holdsLines,
    eventId: by.event.id,
    eventSha256: by.eventSha256,
    supplierId: bid.supplierId,
    version: bid.version,
    currencies: by.event.currencies,
    needsPrice: by.event.needsPrice,
    asked: by.asked,
    rules: by.rules,
    kept: by.kept,
  });
}
