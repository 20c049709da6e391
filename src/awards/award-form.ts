import {
  compareDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { quantityDecimals } from '../kernel/quantity.ts';
import { type AskedLine, type Choice, priceChoices } from './allocation.ts';
import { type AwardTotals, totalsOf } from './award-totals.ts';
import {
  cheapestOffers,
  firstInRank,
  isFirstInRank,
  keyOfOffer,
  type Offer,
  offerKey,
  offerOfKey,
  type PriceBreak,
  pricePerUnit,
} from './rank.ts';
import { sharesAsQuantities } from './share.ts';

/** A row of the form as it stands there, readable or not. */
export type TypedRow = {
  readonly eventItemId: string;
  /** The key of an offer, as `offerKey` makes it; empty where the line, or this part of it, stays open. */
  readonly supplierId: string;
  readonly quantity: string;
  readonly reason: string;
};
export type FormBidder = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly offers: readonly Offer[];
};
export type FormOption = Offer & {
  /** The value of the form's field. */
  readonly key: string;
  readonly supplierName: string;
  readonly isLowest: boolean;
  /** The cheapest bid of the line, also where criteria put another first. */
  readonly isCheapest: boolean;
  /** False where a rate or a cost is missing: nobody can say what it costs us. */
  readonly isComparable: boolean;
  /** In the event's currency, to six decimals, for the totals that are shown while somebody types. */
  readonly eventPrice: DecimalString;
  /** Of one unit, in the bid's currency, to six decimals; what it is a part of where the price is for more than one. */
  readonly perUnit: DecimalString;
  /** The same at other quantities. */
  readonly eventBreaks: readonly PriceBreak[];
  /** What a unit costs us delivered, where that is not its price. */
  readonly landedPrice: DecimalString | null;
  /** How much of that follows the price of the goods, to six decimals; null where nothing does. */
  readonly landedFactor: DecimalString | null;
};
export type FormRow<L extends AskedLine> = TypedRow & {
  readonly line: L;
  /** False for the further suppliers of a split line. */
  readonly isFirst: boolean;
  readonly options: readonly FormOption[];
  /** How many decimals a part of the line may have. */
  readonly decimals: number;
  readonly amount: DecimalString | null;
};

/** One row a line with what was chosen for it, one more for each further supplier; lines not chosen stay open. */
export function rowsFor(asked: readonly AskedLine[], choices: readonly Choice[]): TypedRow[] {
  const chosen = new Map<string, Choice[]>();
  for (const choice of choices)
    chosen.set(choice.eventItemId, [...(chosen.get(choice.eventItemId) ?? []), choice]);
  return asked.flatMap((line) => {
    const open: TypedRow = {
      eventItemId: line.id,
      supplierId: '',
      quantity: trimDecimal(line.quantity),
      reason: '',
    };
    const rows = chosen.get(line.id);
    return rows === undefined
      ? [open]
      : rows.map((row) => ({ ...row, supplierId: offerKey(row), quantity: trimDecimal(row.quantity) }));
  });
}

/** Puts an empty row under the one at `index`, for what the first supplier does not get. */
export function splitRow(rows: readonly TypedRow[], index: number): TypedRow[] {
  const row = rows[index];
  return row === undefined
    ? [...rows]
    : rows.toSpliced(index + 1, 0, {
        eventItemId: row.eventItemId,
        supplierId: '',
        quantity: '',
        reason: '',
      });
}

/** What the form shows: the rows with their choices and amounts, and what they come to so far. */
export function formFor<L extends AskedLine>(of: {
  readonly asked: readonly L[];
  readonly bidders: readonly FormBidder[];
  readonly rows: readonly TypedRow[];
  readonly currency: string;
}): { rows: FormRow<L>[]; totals: AwardTotals; savings: DecimalString; aboveLowest: DecimalString } {
  const offers = of.bidders.flatMap((bidder) => bidder.offers);
  const lineOf = new Map(of.asked.map((line) => [line.id, line]));
  const optionsOf = optionsByLine(of.bidders, offers);
  const seen = new Set<string>();
  // What was typed stays as it is; a share counts as the quantity that it comes to.
  const counted = sharesAsQuantities(of.rows, of.asked);
  const rows = of.rows.flatMap((row, index): FormRow<L>[] => {
    const line = lineOf.get(row.eventItemId);
    if (line === undefined) return [];
    const isFirst = !seen.has(line.id);
    seen.add(line.id);
    const options = optionsOf.get(line.id) ?? [];
    const decimals = quantityDecimals(line);
    return [
      {
        ...row,
        line,
        isFirst,
        options,
        decimals,
        amount: amountOf(counted[index] ?? row, options, of.currency),
      },
    ];
  });
  const choices = counted
    .filter(isReadable)
    .filter((row) => lineOf.has(row.eventItemId))
    .map(choiceOf);
  const lines = priceChoices({ offers, choices, currency: of.currency });
  const totals = totalsOf({ asked: of.asked, offers, lines, currency: of.currency });
  return {
    rows,
    totals,
    savings: subtractDecimals(totals.estimatedAmount, totals.amountOfEstimated),
    aboveLowest: subtractDecimals(totals.totalAmount, totals.lowestAmount),
  };
}

/** Each line's offers, the lowest first; a tie stands in the order of the bidders. */
function optionsByLine(bidders: readonly FormBidder[], offers: readonly Offer[]): Map<string, FormOption[]> {
  const lowest = firstInRank(offers);
  const cheapest = cheapestOffers(offers);
  const options = new Map<string, FormOption[]>();
  for (const { supplierName, offers: own } of bidders)
    for (const offer of own) {
      const option = optionOf(offer, {
        supplierName,
        isLowest: isFirstInRank(offer, lowest),
        isCheapest: cheapest.get(offer.eventItemId) === offer,
      });
      const others = options.get(offer.eventItemId);
      if (others === undefined) options.set(offer.eventItemId, [option]);
      else others.push(option);
    }
  for (const of of options.values())
    of.sort(
      (a, b) =>
        Number(a.alternate !== undefined) - Number(b.alternate !== undefined) ||
        Number(b.isLowest) - Number(a.isLowest) ||
        compareDecimals(eventPerUnit(a), eventPerUnit(b)),
    );
  return options;
}

function optionOf(
  offer: Offer,
  more: Pick<FormOption, 'supplierName' | 'isLowest' | 'isCheapest'>,
): FormOption {
  const { converted, rankedBy, unitPrice, goodsFactor = '1' } = offer;
  const isPrice = rankedBy == null || compareDecimals(rankedBy, pricePerUnit(offer)) === 0;
  const inEvent = (price: DecimalString): DecimalString =>
    converted === undefined ? price : roundDecimal(multiplyDecimals(price, converted.rate), 6);
  return {
    ...offer,
    ...more,
    key: keyOfOffer(offer),
    eventBreaks: (offer.breaks ?? []).map((one) => ({ ...one, unitPrice: inEvent(one.unitPrice) })),
    eventPrice: inEvent(unitPrice),
    perUnit: roundDecimal(pricePerUnit(offer), 6),
    isComparable: rankedBy !== null,
    landedPrice: isPrice ? null : roundDecimal(rankedBy, 6),
    landedFactor: compareDecimals(goodsFactor, '1') === 0 ? null : roundDecimal(goodsFactor, 6),
  };
}

const eventPerUnit = ({ eventPrice, priceBaseQuantity }: FormOption): DecimalString =>
  pricePerUnit({ unitPrice: eventPrice, priceBaseQuantity });

const choiceOf = (row: TypedRow): Choice => ({
  ...row,
  ...offerOfKey(row.supplierId),
  quantity: row.quantity.trim(),
});

/** Half-typed rows count for nothing; what is wrong with them is said when they are sent. */
const isReadable = (row: TypedRow): boolean =>
  row.supplierId !== '' &&
  /^\d{1,14}(\.\d{1,6})?$/.test(row.quantity.trim()) &&
  isPositive(row.quantity.trim());

const amountOf = (row: TypedRow, options: readonly FormOption[], currency: string): DecimalString | null => {
  const offers = options.filter((option) => option.key === row.supplierId);
  const choices = isReadable(row) ? [choiceOf(row)] : [];
  return priceChoices({ offers, choices, currency })[0]?.amount ?? null;
};
