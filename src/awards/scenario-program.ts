import type { LinearProgram, ProgramRow } from '../kernel/linear-program.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  lineAmount,
  minorUnits,
  multiplyDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { AskedLine, Choice } from './allocation.ts';
import type { AwardLine } from './award.ts';
import { cheapestOffers, keyOfOffer, type Offer, offerAmount, offerKey, rankedBy } from './rank.ts';
import { amountBySupplier, type ScenarioGoal } from './scenario.ts';
import { shortfallOf } from './weighted-value.ts';

/** What an allocation has to keep to; null: anything goes. */
export type Limits = { readonly maxSuppliers: number | null; readonly maxSharePercent: DecimalString | null };

/** What is awarded as one: a line, or the lines of a lot. */
type Unit = { readonly lines: readonly AskedLine[] };
/** One supplier's offer for a whole unit, in the currency's minor unit: a column of the program. */
type Pair = {
  readonly unit: number;
  readonly supplierId: string;
  /** What it is paid. */
  readonly paid: number;
  /** What is to be small: its price, what it costs us delivered, or what it is short of 100 points by its value. */
  readonly ranked: number;
};

/** An event's lines and bids as the search sees them. */
export type Field = {
  readonly units: readonly Unit[];
  readonly pairs: readonly Pair[];
  readonly suppliers: readonly string[];
};

/** Lots are awarded whole to somebody who priced all of it; what nobody priced, or nobody can be ranked on, is left out. */
export function fieldOf(of: {
  readonly asked: readonly (AskedLine & { readonly lotId?: string | null })[];
  readonly offers: readonly Offer[];
  readonly currency: string;
  readonly goal?: ScenarioGoal;
}): Field {
  const priced = new Map<string, Map<string, Offer>>();
  const offers = of.offers.filter((offer) => rankedBy(offer) !== null);
  for (const offer of offers) {
    const byLine = priced.get(offer.supplierId) ?? new Map<string, Offer>();
    byLine.set(offer.eventItemId, offer);
    priced.set(offer.supplierId, byLine);
  }
  const cheapest = cheapestOffers(offers);
  const anybody = new Set(offers.map((offer) => offer.eventItemId));
  const groups = new Map<string, AskedLine[]>();
  for (const line of of.asked.filter(({ id }) => anybody.has(id))) {
    const key = line.lotId ?? line.id;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  const units = [...groups.values()].map((lines): Unit => ({ lines }));
  const scale = `1${'0'.repeat(minorUnits(of.currency))}`;
  const minor = (amount: DecimalString): number => Number(multiplyDecimals(amount, scale));
  const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);
  const pairs = units.flatMap(({ lines }, unit) =>
    [...priced].flatMap(([supplierId, byLine]): Pair[] => {
      const parts = lines.flatMap((line) => {
        const offer = byLine.get(line.id);
        return offer === undefined
          ? []
          : [amountsOf(line, offer, { ...of, cheapest: cheapest.get(line.id) })];
      });
      return parts.length < lines.length
        ? []
        : [
            {
              unit,
              supplierId,
              paid: sum(parts.map((part) => minor(part.paid))),
              ranked: sum(parts.map((part) => minor(part.ranked))),
            },
          ];
    }),
  );
  return { units, pairs, suppliers: [...new Set(pairs.map((pair) => pair.supplierId))] };
}

/** What a line comes to with an offer: as it is paid, and as it is ranked. */
function amountsOf(
  { quantity }: Pick<AskedLine, 'quantity'>,
  offer: Offer,
  { currency, goal, cheapest }: { currency: string; goal?: ScenarioGoal; cheapest: Offer | undefined },
): { paid: DecimalString; ranked: DecimalString } {
  const paid = offerAmount(offer, { quantity, currency });
  if (goal === 'weighted') return { paid, ranked: shortfallOf(offer, { quantity, currency, cheapest }) };
  const by = offer.rankedBy ?? null;
  return { paid, ranked: by === null ? paid : lineAmount({ unitPrice: by, quantity, currency }) };
}

/** What an allocation comes to by what its offers are ranked by: the figure that the search makes small. */
export function rankedTotal(
  choices: readonly Choice[],
  offers: readonly Offer[],
  of: { readonly currency: string; readonly goal?: ScenarioGoal },
): DecimalString {
  const cheapest = cheapestOffers(offers);
  const offerOf = new Map(offers.map((offer) => [`${offer.eventItemId} ${keyOfOffer(offer)}`, offer]));
  return addDecimals(
    choices.flatMap((choice) => {
      const offer = offerOf.get(`${choice.eventItemId} ${offerKey(choice)}`);
      return offer === undefined
        ? []
        : [amountsOf(choice, offer, { ...of, cheapest: cheapest.get(choice.eventItemId) }).ranked];
    }),
  );
}

type Goal = 'fewest-suppliers' | 'lowest-total';

/**
 * Every unit to one supplier, by pairs (yes or no), suppliers that get anything (yes or no), and the total. That a
 * pair needs its supplier is said for each of them: summed up, a hundred lines and twelve suppliers are not solved in
 * ten seconds.
 */
export function programOf(field: Field, limits: Limits, goal: Goal): LinearProgram {
  const { units, pairs, suppliers } = field;
  const used = (supplierId: string): number => pairs.length + suppliers.indexOf(supplierId);
  const total = pairs.length + suppliers.length;
  const columns = pairs.map((pair, column) => ({ ...pair, column }));
  const one = units.map(
    (_, unit): ProgramRow => ({
      entries: columns.filter((pair) => pair.unit === unit).map((pair) => [pair.column, 1]),
      lower: 1,
      upper: 1,
    }),
  );
  const needs = columns.map(
    (pair): ProgramRow => ({
      entries: [
        [pair.column, 1],
        [used(pair.supplierId), -1],
      ],
      lower: null,
      upper: 0,
    }),
  );
  const isLowest = goal === 'lowest-total';
  return {
    sense: 'minimise',
    costs: [
      ...pairs.map((pair) => (isLowest ? pair.ranked : 0)),
      ...suppliers.map(() => (isLowest ? 0 : 1)),
      ...(limits.maxSharePercent === null ? [] : [0]),
    ],
    firstContinuous: total,
    rows: [
      ...one,
      ...needs,
      ...(limits.maxSuppliers === null
        ? []
        : [
            {
              entries: suppliers.map((id) => [used(id), 1] as const),
              lower: null,
              upper: limits.maxSuppliers,
            },
          ]),
      ...(limits.maxSharePercent === null
        ? []
        : shareRows({ columns, suppliers, total, share: limits.maxSharePercent })),
    ],
  };
}

function shareRows(of: {
  readonly columns: readonly (Pair & { readonly column: number })[];
  readonly suppliers: readonly string[];
  readonly total: number;
  readonly share: DecimalString;
}): ProgramRow[] {
  const share = Number(of.share) / 100;
  return [
    {
      entries: [...of.columns.map((pair) => [pair.column, pair.paid] as const), [of.total, -1]],
      lower: 0,
      upper: 0,
    },
    ...of.suppliers.map(
      (supplierId): ProgramRow => ({
        entries: [
          ...of.columns
            .filter((pair) => pair.supplierId === supplierId)
            .map((pair) => [pair.column, pair.paid] as const),
          [of.total, -share],
        ],
        lower: null,
        upper: 0,
      }),
    ),
  ];
}

/** The allocation that the program's answer means: each unit in full to the supplier that it says yes to. */
export function choicesOf(field: Field, values: readonly number[]): Choice[] {
  return field.pairs.flatMap((pair, column) =>
    (values[column] ?? 0) < 0.5
      ? []
      : (field.units[pair.unit]?.lines ?? []).map((line) => ({
          eventItemId: line.id,
          supplierId: pair.supplierId,
          quantity: trimDecimal(line.quantity),
          reason: '',
        })),
  );
}

/** Asked again in exact decimals: the solver's numbers are floats. */
export function keepsTo(lines: readonly AwardLine[], limits: Limits, currency: string): boolean {
  const amounts = amountBySupplier(lines, currency);
  if (limits.maxSuppliers !== null && amounts.length > limits.maxSuppliers) return false;
  if (limits.maxSharePercent === null) return true;
  const total = addDecimals(lines.map((line) => line.amount));
  const most = multiplyDecimals(total, limits.maxSharePercent);
  return amounts.every(([, amount]) => compareDecimals(multiplyDecimals(amount, '100'), most) <= 0);
}
