import {
  addDecimals,
  type DecimalString,
  lineAmount,
  subtractDecimals,
  trimDecimal,
} from '../../kernel/money.ts';
import type { Difference, ExceptionKind } from '../match.ts';

/** How much of an invoice's line is for which receipt, and what was found when that was looked at. */
export type MatchedShare = {
  readonly poLineId: string;
  readonly receiptId: string;
  readonly receiptReference: string;
  readonly quantity: DecimalString;
  readonly inspection: 'accepted' | 'rejected' | 'pending';
};

type Line = {
  readonly poLineId: string;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
};

/** Kinds that an inspection decides. */
export const isOfInspection = (kind: ExceptionKind): boolean =>
  kind === 'not_inspected' || kind === 'inspection_failed';

/**
 * What of an invoice nobody has looked at, and what was looked at and not accepted: matched four ways, a line is paid for what
 * an inspection accepted of it. One difference a line and kind.
 */
export function inspectionDifferences(
  lines: readonly Line[],
  of: { shares: readonly MatchedShare[]; currency: string },
): Difference[] {
  return lines.flatMap((line) => {
    const shares = of.shares.filter((share) => share.poLineId === line.poLineId);
    const sum = (state: MatchedShare['inspection']): DecimalString =>
      addDecimals(shares.filter((share) => share.inspection === state).map((share) => share.quantity));
    return (
      [
        ['not_inspected', sum('pending')],
        ['inspection_failed', sum('rejected')],
      ] as const
    ).flatMap(([kind, quantity]): Difference[] =>
      Number(quantity) === 0
        ? []
        : [
            {
              kind,
              poLineId: line.poLineId,
              expected: trimDecimal(subtractDecimals(line.quantity, quantity)),
              actual: trimDecimal(line.quantity),
              amountEffect: lineAmount({ ...line, quantity, currency: of.currency }),
            },
          ],
    );
  });
}
