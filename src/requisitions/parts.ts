import { ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isZero,
  subtractDecimals,
} from '../kernel/money.ts';
import type { RequisitionLine, WaitingLine } from './requisition.ts';

/** How much of a line somebody takes. */
export type Taking = { readonly lineId: string; readonly quantity: DecimalString };

/** A line that falls in two: what is taken and what waits add up to what there was. */
export type Split = Taking & { readonly rest: DecimalString };

/**
 * The lines that fall in two when this much is taken of them; those taken whole do not.
 * @throws AppError `requisition_line.more-than-left`, `requisition_line.nothing-taken`
 */
export function splitsOf(
  lines: readonly Pick<WaitingLine, 'id' | 'reference' | 'lineNo' | 'quantity' | 'unit'>[],
  takings: readonly Taking[],
): Split[] {
  const wanted = new Map(takings.map(({ lineId, quantity }) => [lineId, quantity]));
  return lines.flatMap((line) => {
    const quantity = wanted.get(line.id) ?? line.quantity;
    const says = { reference: line.reference, line: line.lineNo };
    if (compareDecimals(quantity, '0') <= 0)
      throw ruleBroken('requisition_line.nothing-taken', 'Take something of the line', says);
    const rest = subtractDecimals(line.quantity, quantity);
    if (compareDecimals(rest, '0') < 0)
      throw ruleBroken('requisition_line.more-than-left', 'More is taken than is left', {
        ...says,
        left: line.quantity,
        wanted: quantity,
      });
    return isZero(rest) ? [] : [{ lineId: line.id, quantity, rest }];
  });
}

/**
 * What a quantity takes of each line, one after the other until it is used up. Of those that come later nothing is
 * taken; what is beyond all of them is of nobody.
 */
export function allot(
  quantity: DecimalString,
  lines: readonly Pick<WaitingLine, 'id' | 'quantity'>[],
): Taking[] {
  let left = quantity;
  return lines.flatMap((line) => {
    if (compareDecimals(left, '0') <= 0) return [];
    const taken = compareDecimals(left, line.quantity) < 0 ? left : line.quantity;
    left = subtractDecimals(left, taken);
    return [{ lineId: line.id, quantity: taken }];
  });
}

type Numbered = Pick<RequisitionLine, 'lineNo' | 'quantity'>;

/** The lines as they were asked for, each with the parts it is bought in. */
export function wholeLines<T extends Numbered>(
  lines: readonly T[],
): (T & { readonly parts: readonly T[] })[] {
  const groups = new Map<number, T[]>();
  for (const line of lines) groups.set(line.lineNo, [...(groups.get(line.lineNo) ?? []), line]);
  return [...groups.values()].flatMap((parts) => {
    const [first] = parts;
    if (first === undefined) return [];
    return [{ ...first, quantity: addDecimals(parts.map((part) => part.quantity)), parts }];
  });
}
