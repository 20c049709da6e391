import {
  addDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  ratio,
  roundMoney,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { type CostKind, costKinds } from './buyer-costs.ts';

/** A cost of one bid as the buyer entered it: for the whole bid, or nearer, for a lot or a line. */
export type CostAdjustment = {
  readonly kind: CostKind;
  readonly lotId: string | null;
  readonly eventItemId: string | null;
  /** Of the goods; of goods, freight and insurance for duty. Null where it is an amount. */
  readonly percent: DecimalString | null;
  readonly amount: DecimalString | null;
  readonly currency: string | null;
  readonly reason: string;
};

/** A rate into the currency of the event, fixed at its opening. */
export type EventRate = {
  readonly fromCurrency: string;
  readonly rate: DecimalString;
  readonly validOn: Day;
  readonly source: string;
};

/** A line of a bid as it was opened, at the price for the quantity that was asked for. */
export type PricedLine = {
  readonly bidLineId: string;
  readonly eventItemId: string;
  readonly lotId: string | null;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  /** In the currency of the bid. */
  readonly amount: DecimalString;
};

export type BidToLand = {
  readonly currency: string;
  readonly eventCurrency: string;
  /** By currency; the event's own needs none. */
  readonly rates: ReadonlyMap<string, EventRate>;
  readonly paymentDays: number;
  readonly eventPaymentDays: number;
  /** What money costs us in a year. */
  readonly annualInterestPercent: DecimalString;
  readonly adjustments: readonly CostAdjustment[];
  /** In the order of the event. */
  readonly lines: readonly PricedLine[];
};

/** A step of the arithmetic, with all it was made of; `amount` is in the event's currency but for `goods`. */
export type Step =
  | {
      readonly kind: 'goods';
      readonly quantity: DecimalString;
      readonly unitPrice: DecimalString;
      readonly priceBaseQuantity: DecimalString;
      readonly currency: string;
      readonly amount: DecimalString;
    }
  | (EventRate & { readonly kind: 'rate'; readonly amount: DecimalString })
  | {
      readonly kind: CostKind;
      readonly percent: DecimalString;
      readonly of: DecimalString;
      readonly amount: DecimalString;
      readonly reason: string;
    }
  | {
      readonly kind: CostKind;
      /** An amount for several lines, shared out by the value of their goods. */
      readonly share: Share;
      readonly amount: DecimalString;
      readonly reason: string;
    }
  | {
      readonly kind: 'payment';
      readonly days: number;
      readonly percent: DecimalString;
      readonly of: DecimalString;
      readonly amount: DecimalString;
    };
type Share = {
  readonly entered: DecimalString;
  readonly currency: string;
  /** The same in the event's currency. */
  readonly whole: DecimalString;
  readonly part: DecimalString;
  readonly of: DecimalString;
};

export type LandedLine = {
  readonly bidLineId: string;
  /** In the event's currency; null where a rate is missing: missing is never zero. */
  readonly landedAmount: DecimalString | null;
  /** Of one unit, to 12 decimals: what landed prices are compared by. */
  readonly landedUnit: DecimalString | null;
  /** What a unit more of money for goods costs us delivered: 1 and the percents that are taken on goods. */
  readonly goodsFactor: DecimalString;
  readonly kinds: readonly CostKind[];
  readonly steps: readonly Step[];
};

/**
 * What each line of a bid costs us delivered: the price, turned into the event's currency, the costs its terms leave to
 * us, and what paying earlier or later is worth. Each step is rounded as money, so that what is shown adds up.
 */
export function landBid(bid: BidToLand): LandedLine[] {
  const goods = bid.lines.map((line) => goodsOf(line, bid));
  if (goods.some((one) => one.value === null))
    return bid.lines.map((line, index) => ({
      bidLineId: line.bidLineId,
      landedAmount: null,
      landedUnit: null,
      goodsFactor: '1',
      kinds: kindsOf(line, bid),
      steps: goods[index]?.steps ?? [],
    }));
  const values = goods.map((one) => one.value ?? '0');
  const shares = sharesOf(bid, values);
  return bid.lines.map((line, index) => {
    const value = values[index] ?? '0';
    const costs = costsOf(line, { bid, value, shares });
    const payment = paymentOf(bid, value);
    const added = addDecimals([...costs, ...payment].map((step) => step.amount));
    return {
      bidLineId: line.bidLineId,
      landedAmount: addDecimals([value, added]),
      landedUnit: addDecimals([goods[index]?.unit ?? '0', ratio(added, line.quantity)]),
      goodsFactor: goodsFactorOf([...costs, ...payment]),
      kinds: kindsOf(line, bid),
      steps: [...(goods[index]?.steps ?? []), ...costs, ...payment],
    };
  });
}

type Goods = {
  readonly value: DecimalString | null;
  readonly unit: DecimalString;
  readonly steps: readonly Step[];
};

function goodsOf(line: PricedLine, bid: BidToLand): Goods {
  const { quantity, unitPrice, priceBaseQuantity, amount } = line;
  const priced = {
    kind: 'goods',
    quantity,
    unitPrice,
    priceBaseQuantity,
    currency: bid.currency,
    amount,
  } as const;
  const unit = ratio(unitPrice, priceBaseQuantity);
  if (bid.currency === bid.eventCurrency) return { value: amount, unit, steps: [priced] };
  const rate = bid.rates.get(bid.currency);
  if (rate === undefined) return { value: null, unit, steps: [priced] };
  const value = roundMoney(multiplyDecimals(amount, rate.rate), bid.eventCurrency);
  return {
    value,
    unit: ratio(multiplyDecimals(unit, rate.rate), '1'),
    steps: [priced, { ...rate, kind: 'rate', amount: value }],
  };
}

/** The entry of a kind that counts for a line: its own, else its lot's, else the bid's. */
function nearestAdjustment(
  adjustments: readonly CostAdjustment[],
  kind: CostKind,
  line: Pick<PricedLine, 'eventItemId' | 'lotId'>,
): CostAdjustment | undefined {
  const ofKind = adjustments.filter((one) => one.kind === kind);
  return (
    ofKind.find((one) => one.eventItemId === line.eventItemId) ??
    ofKind.find((one) => one.lotId !== null && one.lotId === line.lotId) ??
    ofKind.find((one) => one.lotId === null && one.eventItemId === null)
  );
}

const kindsOf = (line: PricedLine, { adjustments }: BidToLand): CostKind[] =>
  costKinds.filter((kind) => nearestAdjustment(adjustments, kind, line) !== undefined);

type Shares = ReadonlyMap<CostAdjustment, ReadonlyMap<string, { share: Share; amount: DecimalString }>>;

/** Shares out each amount over the lines it counts for, to the last cent: the parts are rounded as a running sum. */
function sharesOf(bid: BidToLand, values: readonly DecimalString[]): Shares {
  const amounts = bid.adjustments.filter((one) => one.amount !== null);
  return new Map(
    amounts.map((adjustment) => {
      const lines = bid.lines.flatMap((line, index) =>
        nearestAdjustment(bid.adjustments, adjustment.kind, line) === adjustment
          ? [{ id: line.bidLineId, value: values[index] ?? '0' }]
          : [],
      );
      return [adjustment, shareOut(adjustment, lines, bid)];
    }),
  );
}

function shareOut(
  adjustment: CostAdjustment,
  lines: readonly { id: string; value: DecimalString }[],
  bid: BidToLand,
): Map<string, { share: Share; amount: DecimalString }> {
  const entered = adjustment.amount ?? '0';
  const currency = adjustment.currency ?? bid.eventCurrency;
  const whole = inEventCurrency({ amount: entered, currency }, bid);
  const goods = addDecimals(lines.map((line) => line.value));
  // Goods that cost nothing carry it in equal parts.
  const weighted = isZero(goods) ? lines.map((line) => ({ ...line, value: '1' })) : lines;
  const of = addDecimals(weighted.map((line) => line.value));
  const upTo = (sum: DecimalString): DecimalString =>
    roundMoney(ratio(multiplyDecimals(whole, sum), of), bid.eventCurrency);
  let sum = '0';
  return new Map(
    weighted.map(({ id, value: part }) => {
      const before = sum;
      sum = addDecimals([sum, part]);
      const amount = subtractDecimals(upTo(sum), isZero(before) ? '0' : upTo(before));
      return [id, { amount, share: { entered, currency, whole, part, of } }];
    }),
  );
}

/** An amount is entered only in a currency that the event has a rate for. */
function inEventCurrency(money: { amount: DecimalString; currency: string }, bid: BidToLand): DecimalString {
  if (money.currency === bid.eventCurrency) return roundMoney(money.amount, bid.eventCurrency);
  const rate = bid.rates.get(money.currency);
  if (rate === undefined) throw new Error(`No rate for ${money.currency} was fixed`);
  return roundMoney(multiplyDecimals(money.amount, rate.rate), bid.eventCurrency);
}

function costsOf(line: PricedLine, of: { bid: BidToLand; value: DecimalString; shares: Shares }): Step[] {
  const steps: Step[] = [];
  for (const kind of costKinds) {
    const adjustment = nearestAdjustment(of.bid.adjustments, kind, line);
    if (adjustment === undefined) continue;
    const { reason, percent } = adjustment;
    if (percent === null) {
      const part = of.shares.get(adjustment)?.get(line.bidLineId);
      if (part !== undefined)
        steps.push({ kind, reason, share: part.share, amount: signed(kind, part.amount) });
    } else {
      const base = kind === 'duty' ? customsValue(of.value, steps) : of.value;
      const amount = roundMoney(ratio(multiplyDecimals(base, percent), '100'), of.bid.eventCurrency);
      steps.push({ kind, reason, percent, of: base, amount: signed(kind, amount) });
    }
  }
  return steps;
}

const signed = (kind: CostKind, amount: DecimalString): DecimalString =>
  kind === 'discount' ? subtractDecimals('0', amount) : amount;

/**
 * Goods, freight and insurance up to the border.
 * @source WTO Customs Valuation Agreement, article 8.2, as most countries apply it (CIF)
 */
const customsValue = (goods: DecimalString, before: readonly Step[]): DecimalString =>
  addDecimals([
    goods,
    ...before.filter(({ kind }) => kind === 'freight' || kind === 'insurance').map(({ amount }) => amount),
  ]);

/**
 * Percents follow the price of the goods, duty also by the freight and insurance that are percents; what was entered as
 * an amount does not.
 */
function goodsFactorOf(steps: readonly Step[]): DecimalString {
  const percentOf = (step: Step): DecimalString =>
    'percent' in step ? ratio(step.percent, step.kind === 'payment' ? '36500' : '100') : '0';
  const beforeDuty = steps.filter(({ kind }) => kind === 'freight' || kind === 'insurance').map(percentOf);
  return addDecimals([
    '1',
    ...steps.map((step) => {
      if (step.kind === 'payment') return multiplyDecimals(percentOf(step), `${step.days}`);
      if (step.kind === 'duty') return multiplyDecimals(percentOf(step), addDecimals(['1', ...beforeDuty]));
      return step.kind === 'discount' ? subtractDecimals('0', percentOf(step)) : percentOf(step);
    }),
  ]);
}

/** Paying sooner than the event asks costs interest, paying later saves it. */
function paymentOf(bid: BidToLand, value: DecimalString): Step[] {
  const days = bid.eventPaymentDays - bid.paymentDays;
  if (days === 0) return [];
  const percent = bid.annualInterestPercent;
  const exact = ratio(multiplyDecimals(multiplyDecimals(value, percent), `${days}`), '36500');
  return [{ kind: 'payment', days, percent, of: value, amount: roundMoney(exact, bid.eventCurrency) }];
}
