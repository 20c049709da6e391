import { type NonConformity, type OpenedContent, readContent } from './bid-content.ts';
import type { AskedLine, BidFile } from './bid-draft.ts';
import type { BidRules } from './offer.ts';
import { openContent } from './sealing.ts';

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
  readonly totalAmount: string | null;
  /** The bid's own; minutes from before bids had one say nothing of it. */
  readonly currency?: string;
  readonly validUntilOn?: string | null;
  readonly pricedLineCount: number;
  readonly note: string;
  readonly files: readonly BidFile[];
};

/** The record of an opening: who opened, when, and what came out of every bid. */
export type Minutes = {
  readonly format: 'portico-minutes/1';
  readonly eventReference: string;
  readonly openedBy: string;
  readonly openedAt: string;
  readonly closedAt: string;
  readonly currency: string;
  readonly lineCount: number;
  readonly bids: readonly MinutesEntry[];
};

type Sealed = {
  readonly supplierId: string;
  readonly version: number;
  readonly sealed: Uint8Array;
  readonly sealedSha256: string;
  readonly contentSha256: string;
};

/** Opens one bid and checks that it is what the supplier got its receipt for; says what is wrong if it is not. */
export async function openOne(
  bid: Sealed,
  by: {
    identity: string;
    sha256: (bytes: Uint8Array) => string;
    event: { id: string } & Pick<BidRules, 'currencies' | 'needsPrice'>;
    asked: readonly AskedLine[];
  },
): Promise<OpenedContent | { readonly fault: NonConformity }> {
  if (by.sha256(bid.sealed) !== bid.sealedSha256) return { fault: 'does-not-open' };
  const bytes = await openContent(bid.sealed, by.identity);
  if (bytes === null) return { fault: 'does-not-open' };
  if (by.sha256(bytes) !== bid.contentSha256) return { fault: 'hash-differs' };
  return readContent(bytes, {
    eventId: by.event.id,
    supplierId: bid.supplierId,
    version: bid.version,
    currencies: by.event.currencies,
    needsPrice: by.event.needsPrice,
    asked: by.asked,
  });
}
