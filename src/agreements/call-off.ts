import { ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  lineAmount,
  maxDecimal,
  multiplyDecimals,
  ratio,
  subtractDecimals,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { type Agreement, lastDayOf } from './agreement.ts';
import { type PriceTier, tierFor } from './agreement-version.ts';

/** A line in force, and what was called off of it. */
export type AgreementLine = {
  readonly id: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly priceBaseQuantity: DecimalString;
  readonly tiers: readonly PriceTier[];
  readonly quantityLimit: DecimalString | null;
  readonly validFrom: Day;
  readonly validUntil: Day;
  /** False for a line that a later version left out. */
  readonly isCurrent: boolean;
  readonly calledQuantity: DecimalString;
  readonly calledAmount: DecimalString;
};

/** What a buyer wants of an agreement; a line may be delivered on several days. */
export type CallOffWanted = {
  readonly plantCode: string;
  readonly lines: readonly {
    readonly agreementLineId: string;
    readonly quantity: DecimalString;
    readonly dueOn: Day | null;
  }[];
};

/** A line of the order that a call-off makes. */
export type CallOffLine = {
  readonly agreementLineId: string;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly dueOn: Day | null;
};

type Limits = Pick<
  Agreement,
  'state' | 'plantCodes' | 'currency' | 'validFrom' | 'validUntil' | 'terminatesOn' | 'valueLimit'
>;

/**
 * The lines to order, each at the price of the step that the quantity of its agreement line reaches in this call-off.
 * @throws AppError `agreement.not-active`, `agreement.not-begun-yet`, `agreement.is-over`,
 * `agreement.plant-not-covered`, `call_off.without-lines`, `call_off.due-in-the-past`, `call_off.line-unknown`, `call_off.price-not-valid`,
 * `call_off.quantity-limit`, `call_off.value-limit`
 */
export function priceCallOff(
  agreement: Limits,
  lines: readonly AgreementLine[],
  of: { wanted: CallOffWanted; today: Day; allowancePercent: DecimalString },
): CallOffLine[] {
  const { wanted, today, allowancePercent } = of;
  assertRunning(agreement, today);
  if (!agreement.plantCodes.includes(wanted.plantCode))
    throw ruleBroken('agreement.plant-not-covered', 'The agreement is for other plants', {
      plant: wanted.plantCode,
    });
  if (wanted.lines.length === 0) throw ruleBroken('call_off.without-lines', 'Nothing is called off');
  if (wanted.lines.some(({ dueOn }) => dueOn !== null && dueOn < today))
    throw ruleBroken('call_off.due-in-the-past', 'Nothing is delivered before it is ordered');
  const byId = new Map(lines.map((line) => [line.id, line]));
  const totals = new Map<string, DecimalString>();
  for (const { agreementLineId, quantity } of wanted.lines)
    totals.set(agreementLineId, addDecimals([totals.get(agreementLineId) ?? '0', quantity]));
  for (const [id, quantity] of totals) assertLine(byId.get(id), { quantity, today, allowancePercent });
  const priced = wanted.lines.flatMap(({ agreementLineId, quantity, dueOn }): CallOffLine[] => {
    const line = byId.get(agreementLineId);
    if (line === undefined) return [];
    const { itemCode, description, unit, priceBaseQuantity } = line;
    const { unitPrice } = tierFor(line.tiers, totals.get(agreementLineId) ?? quantity);
    return [{ agreementLineId, itemCode, description, quantity, unit, unitPrice, priceBaseQuantity, dueOn }];
  });
  assertValue(agreement, { lines, priced, allowancePercent });
  return priced;
}

/**
 * Asks whether an agreement is ordered from on this day.
 * @throws AppError `agreement.not-active`, `agreement.not-begun-yet`, `agreement.is-over`
 */
export function assertRunning(
  agreement: Pick<Agreement, 'state' | 'validFrom' | 'validUntil' | 'terminatesOn'>,
  today: Day,
): void {
  if (agreement.state !== 'active')
    throw ruleBroken('agreement.not-active', 'Only an active agreement is ordered from', {
      state: agreement.state,
    });
  if (today < agreement.validFrom)
    throw ruleBroken('agreement.not-begun-yet', 'It has not begun', { day: agreement.validFrom });
  if (today > lastDayOf(agreement))
    throw ruleBroken('agreement.is-over', 'Its last day is over', { day: lastDayOf(agreement) });
}

function assertLine(
  line: AgreementLine | undefined,
  of: { quantity: DecimalString; today: Day; allowancePercent: DecimalString },
): void {
  if (line?.isCurrent !== true) throw ruleBroken('call_off.line-unknown', 'The agreement has no such line');
  if (of.today < line.validFrom || of.today > line.validUntil)
    throw ruleBroken('call_off.price-not-valid', 'The price does not hold today', { line: line.lineNo });
  const left = leftOf(line.quantityLimit, line.calledQuantity, of.allowancePercent);
  if (left !== null && compareDecimals(of.quantity, left) > 0)
    throw ruleBroken('call_off.quantity-limit', 'More than the agreed quantity', {
      line: line.lineNo,
      left,
    });
}

function assertValue(
  agreement: Limits,
  of: {
    lines: readonly AgreementLine[];
    priced: readonly CallOffLine[];
    allowancePercent: DecimalString;
  },
): void {
  const called = addDecimals(of.lines.map((line) => line.calledAmount));
  const left = leftOf(agreement.valueLimit, called, of.allowancePercent);
  const wanted = addDecimals(of.priced.map((line) => lineAmount({ ...line, currency: agreement.currency })));
  if (left !== null && compareDecimals(wanted, left) > 0)
    throw ruleBroken('call_off.value-limit', 'More than the agreed value', {
      left,
      wanted,
      currency: agreement.currency,
    });
}

/**
 * Refuses a change of an order that takes more of its agreement than is left of it. Whether the agreement still runs is
 * not asked: the order was made while it did.
 * @throws AppError `call_off.quantity-limit`, `call_off.value-limit`
 */
export function assertGrowthFits(
  agreement: Pick<Agreement, 'valueLimit' | 'currency'>,
  lines: readonly AgreementLine[],
  of: {
    growth: readonly {
      readonly agreementLineId: string;
      readonly quantity: DecimalString;
      readonly amount: DecimalString;
      readonly before: { readonly quantity: DecimalString; readonly amount: DecimalString };
    }[];
    allowancePercent: DecimalString;
  },
): void {
  const { growth, allowancePercent } = of;
  for (const line of lines) {
    const grown = growth.filter((one) => one.agreementLineId === line.id);
    const more = addDecimals(grown.map((one) => subtractDecimals(one.quantity, one.before.quantity)));
    const left = leftOf(line.quantityLimit, line.calledQuantity, allowancePercent);
    if (left !== null && isPositive(more) && compareDecimals(more, left) > 0)
      throw ruleBroken('call_off.quantity-limit', 'More than the agreed quantity', {
        line: line.lineNo,
        left,
      });
  }
  const more = addDecimals(growth.map((one) => subtractDecimals(one.amount, one.before.amount)));
  const called = addDecimals(lines.map((line) => line.calledAmount));
  const left = leftOf(agreement.valueLimit, called, allowancePercent);
  if (left !== null && isPositive(more) && compareDecimals(more, left) > 0)
    throw ruleBroken('call_off.value-limit', 'More than the agreed value', {
      left,
      wanted: more,
      currency: agreement.currency,
    });
}

/**
 * Refuses that an order called off of these lines costs more than they agree on: each at the step that its whole quantity in
 * the order reaches, or at what the order says already.
 * @throws AppError `call_off.price-above-agreed`
 */
export function assertAgreedPrices(
  lines: readonly AgreementLine[],
  ordered: readonly {
    readonly agreementLineId: string;
    readonly lineNo: number;
    readonly quantity: DecimalString;
    readonly unitPrice: DecimalString | null;
    readonly priceBaseQuantity: DecimalString;
    readonly priceBefore: DecimalString | null;
  }[],
): void {
  for (const line of lines) {
    const own = ordered.filter((one) => one.agreementLineId === line.id);
    const quantity = addDecimals(own.map((one) => one.quantity));
    const agreed = tierFor(line.tiers, quantity).unitPrice;
    for (const { lineNo, unitPrice, priceBefore, priceBaseQuantity } of own) {
      if (unitPrice === null || priceBefore === null || compareDecimals(unitPrice, priceBefore) <= 0)
        continue;
      const isAbove =
        compareDecimals(
          multiplyDecimals(unitPrice, line.priceBaseQuantity),
          multiplyDecimals(agreed, priceBaseQuantity),
        ) > 0;
      if (isAbove)
        throw ruleBroken('call_off.price-above-agreed', 'The agreement says another price', {
          line: lineNo,
          price: agreed,
        });
    }
  }
}

/** What may still be called off of a limit with the allowance; never below nothing. Null without a limit. */
export function leftOf(
  limit: DecimalString | null,
  called: DecimalString,
  allowancePercent: DecimalString,
): DecimalString | null {
  if (limit === null) return null;
  const most = multiplyDecimals(limit, ratio(addDecimals(['100', allowancePercent]), '100'));
  return maxDecimal(['0', subtractDecimals(most, called)]);
}

/** Is nothing left of it? Its value is reached, or the quantity of every line. An allowance is none to count on. */
export function isExhausted(
  agreement: Pick<Agreement, 'valueLimit'>,
  lines: readonly AgreementLine[],
): boolean {
  const called = addDecimals(lines.map((line) => line.calledAmount));
  if (agreement.valueLimit !== null && compareDecimals(called, agreement.valueLimit) >= 0) return true;
  const current = lines.filter((line) => line.isCurrent);
  return (
    current.length > 0 &&
    current.every(
      ({ quantityLimit, calledQuantity }) =>
        quantityLimit !== null && !isPositive(subtractDecimals(quantityLimit, calledQuantity)),
    )
  );
}
