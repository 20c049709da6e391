import type { BidState } from './bid.ts';
import type { OpenedResponse } from './response.ts';

/** What people decided on one lot of a bid that an answer about that lot excludes. */
export type LotDecision = { readonly lotId: string; readonly isExcluded: boolean; readonly reason: string };

/** A bid as far as what excludes it goes. */
export type DecidedBid = {
  readonly state: BidState;
  /** Why it was kept though an answer excludes all of it; null where nobody decided so. */
  readonly waiverReason: string | null;
  readonly lotDecisions: readonly LotDecision[];
  readonly responses: readonly (Pick<OpenedResponse, 'isKnockOut' | 'requirementId' | 'answer'> & {
    /** The lot whose bids alone were asked this; null for everybody. */
    readonly lotId: string | null;
  })[];
};

/** The answers that exclude a bid, or one lot of it, and whether people have decided on them. */
export type KnockOutPart = {
  /** Null is the whole bid. */
  readonly lotId: string | null;
  readonly responses: DecidedBid['responses'];
  readonly decision: Pick<LotDecision, 'isExcluded' | 'reason'> | null;
};

/** An answer to a question of one lot excludes that lot alone: each part is decided by itself, the whole bid first. */
export function knockOutsOf(bid: DecidedBid): KnockOutPart[] {
  const excluding = bid.responses.filter((response) => response.isKnockOut);
  const lotIds = [...new Set(excluding.map((response) => response.lotId))];
  return lotIds
    .toSorted((a, b) => Number(a !== null) - Number(b !== null))
    .map((lotId) => ({
      lotId,
      responses: excluding.filter((response) => response.lotId === lotId),
      decision: decisionOn(bid, lotId),
    }));
}

function decisionOn(bid: DecidedBid, lotId: string | null): KnockOutPart['decision'] {
  if (lotId !== null) return bid.lotDecisions.find((one) => one.lotId === lotId) ?? null;
  return bid.waiverReason === null ? null : { isExcluded: false, reason: bid.waiverReason };
}

/** Excluded by an answer, as a whole or in a lot, and nobody has decided on it. */
export const isUndecidedKnockOut = (bid: DecidedBid): boolean =>
  bid.state !== 'disqualified' && knockOutsOf(bid).some((part) => part.decision === null);

/**
 * Does a bid count in this lot? It says which lots it bids on beside its prices, so that this is known before they are
 * open; where it does not, because it is from before that was asked, it is taken to bid on all.
 */
export const standsIn = (
  bid: Pick<DecidedBid, 'lotDecisions'> & { readonly lotIds: readonly string[] | null },
  lotId: string | null,
): boolean =>
  lotId === null ||
  (bid.lotIds?.includes(lotId) !== false &&
    !bid.lotDecisions.some((one) => one.lotId === lotId && one.isExcluded));
