import {
  addDecimals,
  type DecimalString,
  multiplyDecimals,
  ratio,
  roundMoney,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';

/** As many decimals as the columns of prices and quantities hold; what is beyond is left out, never rounded up. */
const cut = (value: DecimalString): DecimalString =>
  trimDecimal(/^-?\d+(\.\d{1,6})?/.exec(value)?.[0] ?? value);

type Priced = { readonly quantity: DecimalString; readonly estimatedPrice: DecimalString | null };

/** What one unit of these lines costs on average; null unless each has a price. Never more than was estimated. */
export function averagePrice(lines: readonly Priced[]): DecimalString | null {
  const prices = lines.map((line) => line.estimatedPrice).filter((price) => price !== null);
  const [first] = prices;
  if (first === undefined || prices.length < lines.length) return null;
  if (prices.every((price) => price === first)) return first;
  const total = addDecimals(
    lines.map(({ quantity, estimatedPrice }) => multiplyDecimals(quantity, estimatedPrice ?? '0')),
  );
  return cut(ratio(total, addDecimals(lines.map((line) => line.quantity))));
}

/** Whose a part of a line is. */
export type Source = { readonly requisitionLineId: string; readonly quantity: DecimalString };
export type Share = Source & { readonly amount: DecimalString };

/**
 * What each source has of a quantity and of its amount, by the quantities it asked for. The shares add up to the whole
 * exactly, and none is negative: each is the difference of two sums.
 */
export function spread(
  whole: { readonly quantity: DecimalString; readonly amount: DecimalString; readonly currency: string },
  sources: readonly Source[],
): Share[] {
  const all = addDecimals(sources.map((source) => source.quantity));
  const upTo = (count: number): { quantity: DecimalString; amount: DecimalString } => {
    if (count === sources.length) return whole;
    const part = addDecimals(sources.slice(0, count).map((source) => source.quantity));
    const of = (value: DecimalString) => ratio(multiplyDecimals(value, part), all);
    return { quantity: cut(of(whole.quantity)), amount: roundMoney(of(whole.amount), whole.currency) };
  };
  return sources.map((source, index) => {
    const [before, after] = [upTo(index), upTo(index + 1)];
    return {
      requisitionLineId: source.requisitionLineId,
      quantity: subtractDecimals(after.quantity, before.quantity),
      amount: subtractDecimals(after.amount, before.amount),
    };
  });
}
