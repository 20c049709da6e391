import { compareDecimals, type DecimalString, isPositive } from '../kernel/money.ts';

/** One line of a bid, and what the award made of it; nothing in it is another bidder's. */
export type LetterLine = {
  readonly eventItemId: string;
  readonly lineNo: number;
  readonly description: string;
  readonly unit: string;
  readonly askedQuantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  /** Zero where it goes to others or to nobody. */
  readonly awardedQuantity: DecimalString;
  readonly awardedAmount: DecimalString;
  readonly outcome: LineOutcome;
};
export type OthersWon = 'below' | 'equal' | 'above';
/** `excluded`: its bid was excluded from the lot of this line before anything was compared. */
export type LineOutcome = 'won' | 'part-won' | 'lower-bid' | 'other-criteria' | 'nobody' | 'excluded';

/** What the award made of a bid as a whole: also the action that its state takes. */
export type BidOutcome = 'award' | 'part-award' | 'lose';

/** Why a line went as it did, told without anybody else's name or price. */
export function outcomeOf(line: {
  readonly askedQuantity: DecimalString;
  readonly awardedQuantity: DecimalString;
  /** How the lowest price at which others were awarded the line stands to this one's; null when no other was. */
  readonly othersWon: OthersWon | null;
}): LineOutcome {
  if (compareDecimals(line.awardedQuantity, line.askedQuantity) >= 0) return 'won';
  if (isPositive(line.awardedQuantity)) return 'part-won';
  if (line.othersWon === null) return 'nobody';
  return line.othersWon === 'below' ? 'lower-bid' : 'other-criteria';
}

/** A bid is awarded when all that it priced is, part-awarded when some of it is. */
export function outcomeOfBid(outcomes: readonly LineOutcome[]): BidOutcome {
  if (!outcomes.some((outcome) => outcome === 'won' || outcome === 'part-won')) return 'lose';
  return outcomes.every((outcome) => outcome === 'won') ? 'award' : 'part-award';
}
