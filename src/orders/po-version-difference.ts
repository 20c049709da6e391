import { type DecimalString, subtractDecimals, trimDecimal } from '../kernel/money.ts';
import { inOrder, isSameTerms, type LineTerms, type OfferedItem } from './change-order.ts';
import { isSamePlan } from './payment-plan.ts';
import type { PoContent, PoContentLine } from './po-version.ts';

/** A line that two versions say differently. */
export type LineDifference = {
  readonly lineNo: number;
  readonly description: string;
  readonly unit: string;
  readonly before: LineTerms;
  readonly after: LineTerms;
  readonly amountEffect: DecimalString;
};
export type VersionDifference = {
  readonly lines: readonly LineDifference[];
  readonly totalBefore: DecimalString;
  readonly totalAfter: DecimalString;
  readonly totalEffect: DecimalString;
  /** How it is paid, where the versions say it differently. */
  readonly plan: { readonly before: Planned; readonly after: Planned } | null;
};
type Planned = NonNullable<PoContent['paymentPlan']> | null;

const termsOf = (line: PoContentLine): LineTerms => ({
  unitPrice: trimDecimal(line.unitPrice),
  deliveries: inOrder(line.deliveries ?? [{ quantity: line.quantity, dueOn: line.dueOn }]),
});

const itemOf = (line: PoContentLine): OfferedItem => ({
  code: line.itemCode,
  description: line.description,
});
const isSameItem = ([one, other]: readonly [OfferedItem, OfferedItem]): boolean =>
  one.code === other.code && one.description === other.description;

/** What changed between two versions of one order, line by line. */
export function differenceBetween(from: PoContent, to: PoContent): VersionDifference {
  const before = new Map(from.lines.map((line) => [line.lineNo, line]));
  return {
    lines: to.lines.flatMap((line) => {
      const old = before.get(line.lineNo);
      if (old === undefined) return [];
      const items = [itemOf(old), itemOf(line)] as const;
      const [was, is] = isSameItem(items)
        ? [termsOf(old), termsOf(line)]
        : [
            { ...termsOf(old), item: items[0] },
            { ...termsOf(line), item: items[1] },
          ];
      if (isSameTerms(was, is)) return [];
      return [
        {
          lineNo: line.lineNo,
          description: line.description,
          unit: line.unit,
          before: was,
          after: is,
          amountEffect: trimDecimal(subtractDecimals(line.amount, old.amount)),
        },
      ];
    }),
    totalBefore: from.totalAmount,
    totalAfter: to.totalAmount,
    totalEffect: trimDecimal(subtractDecimals(to.totalAmount, from.totalAmount)),
    plan: planDifference(from.paymentPlan ?? null, to.paymentPlan ?? null),
  };
}

const planDifference = (before: Planned, after: Planned): VersionDifference['plan'] =>
  isSamePlan(before, after) ? null : { before, after };
