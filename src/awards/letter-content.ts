import {
  compareDecimals,
  type DecimalString,
  multiplyDecimals,
  ratio,
  subtractDecimals,
  sumMoney,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { AwardLine, Tells } from './award.ts';
import type { BidOutcome, LineOutcome } from './letter.ts';
import { pricePerUnit } from './rank.ts';

/** How far a price was above the one that was awarded, as words say it: no figure that tells another's price. */
export type Distance = 'up-to-2' | 'up-to-5' | 'up-to-10' | 'above-10';

/** What bids are ranked by. Letters from before criteria told it have none: they went by price. */
export type RankedBy = 'price' | 'weighted';

/** A place in a lot; where it does not say by what, it was by the weighted total. */
export type LotPlace = {
  readonly lotNo: number;
  readonly title: string;
  readonly place: number;
  readonly by?: RankedBy;
};

/** What a bidder is told of one of its lines. */
export type LetterContentLine = {
  readonly lineNo: number;
  readonly description: string;
  readonly unit: string;
  readonly askedQuantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly awardedQuantity: DecimalString;
  readonly awardedAmount: DecimalString;
  readonly outcome: LineOutcome;
  readonly distance: Distance | null;
  /** Names of those it went to, where bidders are told; else none. */
  readonly winners: readonly string[];
};

/** All that one bidder's letter says: frozen when it is issued, and what its PDF is drawn from alone. */
export type LetterContent = {
  readonly awardReference: string;
  readonly eventReference: string;
  readonly title: string;
  readonly issuedOn: Day;
  readonly company: {
    readonly name: string;
    readonly nameLocal: string;
    readonly addressLines: readonly string[];
    readonly vatId: string;
  };
  readonly buyer: { readonly name: string; readonly email: string };
  readonly supplier: {
    readonly reference: string;
    readonly name: string;
    readonly addressLines: readonly string[];
    readonly country: string | null;
    readonly language: 'en' | 'zh-CN';
  };
  readonly outcome: BidOutcome | 'disqualified';
  /** Why the bid was set aside; null where it was compared. */
  readonly reason: string | null;
  /** The lots that an answer excluded it from, with the reasons; letters from before lots were decided on have none. */
  readonly excludedLots?: readonly {
    readonly lotNo: number;
    readonly title: string;
    readonly reason: string;
  }[];
  readonly debrief: string;
  readonly currency: string;
  readonly awardedAmount: DecimalString;
  readonly lines: readonly LetterContentLine[];
  /**
   * Its place among the complete bids, never of how many: that would tell a loser that nobody else was complete. Null
   * where it is not told or has none.
   */
  readonly rank: { readonly place: number; readonly by?: RankedBy } | null;
  /** Its place in each lot that it bid for as a whole; letters from before lots were ranked have none. */
  readonly lots?: readonly LotPlace[];
  /** Until when it may object; null without a standstill. */
  readonly standstill: {
    readonly days: number;
    readonly until: string;
    readonly timeZone: string;
    /** Until when holidays are announced, where its last day lies beyond: it is provisional. */
    readonly announcedUntil?: Day | null;
  } | null;
};

/**
 * How far above the price that others were awarded this one was. Nothing where it was not above it, and nothing where
 * nobody else was awarded the line.
 */
export function distanceOf(own: DecimalString, awarded: DecimalString | null): Distance | null {
  if (awarded === null || compareDecimals(own, awarded) <= 0 || compareDecimals(awarded, '0') <= 0)
    return null;
  const percent = multiplyDecimals(ratio(subtractDecimals(own, awarded), awarded), '100');
  if (compareDecimals(percent, '2') <= 0) return 'up-to-2';
  if (compareDecimals(percent, '5') <= 0) return 'up-to-5';
  return compareDecimals(percent, '10') <= 0 ? 'up-to-10' : 'above-10';
}

type OwnLine = Omit<LetterContentLine, 'distance' | 'winners'> & { readonly eventItemId: string };

/** A bidder's lines with what it is told of the others, which is as little as the award says. */
export function tellOf(
  lines: readonly OwnLine[],
  of: {
    readonly supplierId: string;
    readonly awarded: readonly (AwardLine & { readonly supplierName: string; readonly currency: string })[];
    readonly tells: Tells;
    /** Its own: prices in another currency are no measure for it. */
    readonly currency: string;
  },
): LetterContentLine[] {
  return lines.map(({ eventItemId, ...line }) => {
    const others = of.awarded.filter(
      (one) => one.eventItemId === eventItemId && one.supplierId !== of.supplierId,
    );
    const isAlike = others.every((one) => one.currency === of.currency);
    const lowest = isAlike ? (others.map(pricePerUnit).sort(compareDecimals)[0] ?? null) : null;
    const isLost = line.outcome === 'lower-bid' || line.outcome === 'part-won';
    return {
      ...line,
      distance: of.tells.distance && isLost ? distanceOf(pricePerUnit(line), lowest) : null,
      winners: of.tells.winners ? others.map((one) => one.supplierName) : [],
    };
  });
}

export const awardedAmountOf = (
  lines: readonly Pick<LetterContentLine, 'awardedAmount'>[],
  currency: string,
): DecimalString =>
  sumMoney(
    lines.map((line) => line.awardedAmount),
    currency,
  );
