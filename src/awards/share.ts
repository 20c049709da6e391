import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  floorTo,
  isPositive,
  multiplyDecimals,
  ratio,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { quantityDecimals } from '../kernel/quantity.ts';

/** `60 %` or `33.33%`, as somebody types a share of a line; null for anything else. */
export function percentOf(typed: string): DecimalString | null {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)\s*[%％]$/.exec(typed.trim());
  const percent = match?.[1] ?? null;
  return percent === null || !isPositive(percent) || compareDecimals(percent, '100') > 0 ? null : percent;
}

/**
 * The exact quantities that these percents of a line come to, in the decimals of its unit: each rounded down, and what
 * is left given to the largest remainders, the earlier of a tie first. Together they are what the percents come to
 * together, so that 100 % is the whole line.
 */
export function quantitiesOf(
  line: { readonly quantity: DecimalString; readonly unit: string },
  percents: readonly DecimalString[],
): DecimalString[] {
  const decimals = quantityDecimals(line);
  const shareOf = (percent: DecimalString): DecimalString =>
    multiplyDecimals(multiplyDecimals(line.quantity, percent), '0.01');
  const exact = percents.map(shareOf);
  const floors = exact.map((one) => floorTo(one, decimals));
  const whole = floorTo(shareOf(addDecimals(percents)), decimals);
  const step = ratio('1', `1${'0'.repeat(decimals)}`);
  const left = ratio(subtractDecimals(whole, addDecimals(floors)), step);
  const byRemainder = exact
    .map((one, index) => ({ index, remainder: subtractDecimals(one, floors[index] ?? '0') }))
    .sort((a, b) => compareDecimals(b.remainder, a.remainder) || a.index - b.index);
  const raised = new Set(byRemainder.slice(0, Number(left)).map((one) => one.index));
  return floors.map((one, index) => trimDecimal(raised.has(index) ? addDecimals([one, step]) : one));
}

type Typed = { readonly eventItemId: string; readonly quantity: string };

/** The rows with every share turned into its quantity; what is no share, or of an unknown line, stays as it is. */
export function sharesAsQuantities<R extends Typed>(
  rows: readonly R[],
  lines: readonly { readonly id: string; readonly quantity: DecimalString; readonly unit: string }[],
): R[] {
  const lineOf = new Map(lines.map((line) => [line.id, line]));
  const shared = new Map<string, { row: R; percent: DecimalString }[]>();
  for (const row of rows) {
    const percent = percentOf(row.quantity);
    if (percent === null || !lineOf.has(row.eventItemId)) continue;
    shared.set(row.eventItemId, [...(shared.get(row.eventItemId) ?? []), { row, percent }]);
  }
  const quantityOf = new Map<R, DecimalString>();
  for (const [lineId, ofLine] of shared) {
    const line = lineOf.get(lineId);
    if (line === undefined) continue;
    const quantities = quantitiesOf(
      line,
      ofLine.map((one) => one.percent),
    );
    for (const [index, { row }] of ofLine.entries()) quantityOf.set(row, quantities[index] ?? '0');
  }
  return rows.map((row) => ({ ...row, quantity: quantityOf.get(row) ?? row.quantity }));
}
