import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  compareDecimals,
  type DecimalString,
  lineAmount,
  multiplyDecimals,
  ratio,
  subtractDecimals,
  sumMoney,
} from '../kernel/money.ts';
import { type AskedLine, type Choice, chooseLowest, priceChoices } from './allocation.ts';
import type { AwardLine } from './award.ts';
import { type AwardTotals, totalsOf } from './award-totals.ts';
import type { Offer } from './rank.ts';
import { weightedTotalOf } from './weighted-value.ts';

/** How a scenario comes about: by a rule, by a search that keeps to limits, or by hand. */
export const scenarioMethods = [
  'cheapest',
  'incumbents',
  'one-supplier',
  'fewest-suppliers',
  'limits',
  'by-hand',
] as const;
export type ScenarioMethod = (typeof scenarioMethods)[number];

/** A rule answers at once; a search is a job's work. */
export const scenarioLifecycle = defineLifecycle('award_scenario', 'queued', {
  queued: { solve: 'solving', keep: 'solved' },
  // A job that was killed begins again.
  solving: { solve: 'solving', finish: 'solved', fail: 'failed' },
  solved: {},
  failed: { solve: 'solving' },
});
export type ScenarioState = (typeof scenarioLifecycle.states)[number];

/** What a search came to. Only `proved` is the best there is. */
export type ScenarioOutcome = 'proved' | 'not-proved' | 'impossible' | 'nothing-found';

/** What a search makes best. Criteria are known of an event that has them. */
export const scenarioGoals = ['cost', 'weighted'] as const;
export type ScenarioGoal = (typeof scenarioGoals)[number];

/** A possible award of an event, saved to be compared with others. */
export type Scenario = {
  readonly id: string;
  readonly eventId: string;
  /** Empty where nobody named it: then it is called after its method. */
  readonly name: string;
  readonly method: ScenarioMethod;
  readonly goal: ScenarioGoal;
  readonly supplierId: string | null;
  readonly maxSuppliers: number | null;
  readonly maxSharePercent: DecimalString | null;
  readonly state: ScenarioState;
  readonly outcome: ScenarioOutcome | null;
  /** Of a search: the best total found so far, and what none can be below; for the weighted total, what is short of 100. */
  readonly bestAmount: DecimalString | null;
  readonly boundAmount: DecimalString | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
};

export const isSearched = (method: ScenarioMethod): boolean =>
  method === 'fewest-suppliers' || method === 'limits';

/** A price that a line's award is held against: the estimate, the last price paid. */
export type BaselinePrice = { readonly unitPrice: DecimalString; readonly priceBaseQuantity: DecimalString };
export type LastPrice = BaselinePrice & { readonly supplierId: string };

/** What the awarded quantities come to beside a baseline, over the lines that have one only. */
export type Against = {
  readonly baseline: DecimalString;
  readonly amount: DecimalString;
  /** Positive where the award is cheaper. */
  readonly savings: DecimalString;
  readonly lineCount: number;
};

export function against(
  lines: readonly AwardLine[],
  priceOf: ReadonlyMap<string, BaselinePrice>,
  currency: string,
): Against {
  const held = lines.flatMap((line) => {
    const price = priceOf.get(line.eventItemId);
    return price === undefined
      ? []
      : [{ line, baseline: lineAmount({ ...price, quantity: line.quantity, currency }) }];
  });
  const baseline = sumMoney(
    held.map((one) => one.baseline),
    currency,
  );
  const amount = sumMoney(
    held.map((one) => one.line.amount),
    currency,
  );
  return {
    baseline,
    amount,
    savings: subtractDecimals(baseline, amount),
    lineCount: new Set(held.map((one) => one.line.eventItemId)).size,
  };
}

/** Whoever was last paid for a line keeps it where it bid; the others go to the first in rank. */
export function keepIncumbents(
  asked: readonly AskedLine[],
  offers: readonly Offer[],
  lastPrices: ReadonlyMap<string, LastPrice>,
): Choice[] {
  const asAsked = offers.filter((offer) => offer.alternate === undefined);
  const bid = new Set(asAsked.map((offer) => `${offer.eventItemId} ${offer.supplierId}`));
  return chooseLowest(asked, offers).map((choice) => {
    const incumbent = lastPrices.get(choice.eventItemId)?.supplierId;
    return incumbent !== undefined && bid.has(`${choice.eventItemId} ${incumbent}`)
      ? { ...choice, supplierId: incumbent }
      : choice;
  });
}

/** What a scenario comes to at the prices as they stand. */
export type ScenarioFigures = {
  readonly lines: readonly AwardLine[];
  readonly totals: AwardTotals;
  /** By the value of what is awarded; null where criteria do not rank, or something is awarded without a total. */
  readonly weighted: ReturnType<typeof weightedTotalOf>;
  readonly aboveFirst: DecimalString;
  readonly notFirstCount: number;
  readonly estimate: Against;
  readonly target: Against;
  readonly lastPrice: Against;
  /** The largest share of the total that one supplier has, in percent; null for nothing. */
  readonly largestShare: DecimalString | null;
  /** Lines whose bid is no longer there. */
  readonly goneCount: number;
};

export function figuresOf(of: {
  readonly asked: readonly (AskedLine & { readonly targetPrice?: DecimalString | null })[];
  readonly offers: readonly Offer[];
  readonly choices: readonly Choice[];
  readonly lastPrices: ReadonlyMap<string, LastPrice>;
  readonly currency: string;
}): ScenarioFigures {
  const lines = priceChoices(of);
  const totals = totalsOf({ ...of, lines });
  const pricesOf = (priceOf: (line: (typeof of.asked)[number]) => DecimalString | null) =>
    new Map(
      of.asked.flatMap((line): [string, BaselinePrice][] => {
        const unitPrice = priceOf(line);
        return unitPrice === null ? [] : [[line.id, { unitPrice, priceBaseQuantity: '1' }]];
      }),
    );
  return {
    lines,
    totals,
    weighted: weightedTotalOf(lines, of.offers, of.currency),
    aboveFirst: subtractDecimals(totals.totalAmount, totals.lowestAmount),
    notFirstCount: lines.filter((line) => !line.isLowest).length,
    estimate: against(
      lines,
      pricesOf((line) => line.estimatedPrice),
      of.currency,
    ),
    target: against(
      lines,
      pricesOf((line) => line.targetPrice ?? null),
      of.currency,
    ),
    lastPrice: against(lines, of.lastPrices, of.currency),
    largestShare: largestShareOf(lines, of.currency),
    goneCount: of.choices.length - lines.length,
  };
}

/** What each supplier gets together, the most first. */
export function amountBySupplier(lines: readonly AwardLine[], currency: string): [string, DecimalString][] {
  const suppliers = [...new Set(lines.map((line) => line.supplierId))];
  return suppliers
    .map((supplierId): [string, DecimalString] => [
      supplierId,
      sumMoney(
        lines.filter((line) => line.supplierId === supplierId).map((line) => line.amount),
        currency,
      ),
    ])
    .sort(([, a], [, b]) => compareDecimals(b, a));
}

function largestShareOf(lines: readonly AwardLine[], currency: string): DecimalString | null {
  const amounts = amountBySupplier(lines, currency);
  const total = sumMoney(
    amounts.map(([, amount]) => amount),
    currency,
  );
  const largest = amounts[0]?.[1];
  return largest === undefined || compareDecimals(total, '0') === 0
    ? null
    : multiplyDecimals(ratio(largest, total), '100');
}

/** By how many points of 100 a better weighted total there may be than the one that was found. */
export const gapPoints = (
  { bestAmount, boundAmount }: Pick<Scenario, 'bestAmount' | 'boundAmount'>,
  value: DecimalString | null,
): DecimalString | null =>
  bestAmount === null || boundAmount === null || value === null
    ? null
    : multiplyDecimals(ratio(subtractDecimals(bestAmount, boundAmount), value), '100');

/** How far above the bound an answer is, in percent of it; null where there is no bound. */
export const gapPercent = (best: DecimalString | null, bound: DecimalString | null): DecimalString | null =>
  best === null || bound === null || compareDecimals(bound, '0') <= 0
    ? null
    : multiplyDecimals(ratio(subtractDecimals(best, bound), bound), '100');
