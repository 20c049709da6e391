import { type DecimalString, subtractDecimals, trimDecimal } from '../kernel/money.ts';
import { inOrder, isSameTerms, type LineTerms, type OfferedItem } from './change-order.ts';
import { isSameCharges, isSameTax } from './changed-terms.ts';
import type { OrderTotals } from './order-charges.ts';
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
  /** What is charged on the order and taxed, where the two say it differently; null on a side that says nothing of it. */
  readonly sums: { readonly before: OrderTotals | null; readonly after: OrderTotals | null } | null;
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
/** What is charged on a line and its tax, where the two versions say it differently. */
function chargesIn([old, line]: readonly [PoContentLine, PoContentLine]): Pick<
  LineTerms,
  'charges' | 'taxRate'
>[] {
  const [was, is] = [old.charges ?? [], line.charges ?? []];
  const [rate, rateNow] = [old.taxRate ?? null, line.taxRate ?? null];
  const charges = !isSameCharges(was, is);
  const tax = !isSameTax(rate, rateNow);
  return [
    { ...(charges ? { charges: was } : {}), ...(tax ? { taxRate: rate } : {}) },
    { ...(charges ? { charges: is } : {}), ...(tax ? { taxRate: rateNow } : {}) },
  ];
}

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
      const [charged, chargedNow] = chargesIn([old, line]);
      const isSame = isSameItem(items);
      const was = { ...termsOf(old), ...charged, ...(isSame ? {} : { item: items[0] }) };
      const is = { ...termsOf(line), ...chargedNow, ...(isSame ? {} : { item: items[1] }) };
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
    sums: isSameSums(from.totals, to.totals)
      ? null
      : { before: from.totals ?? null, after: to.totals ?? null },
    totalBefore: from.totalAmount,
    totalAfter: to.totalAmount,
    totalEffect: trimDecimal(subtractDecimals(to.totalAmount, from.totalAmount)),
    plan: planDifference(from.paymentPlan ?? null, to.paymentPlan ?? null),
  };
}

const planDifference = (before: Planned, after: Planned): VersionDifference['plan'] =>
  isSamePlan(before, after) ? null : { before, after };

/** Are the same charges named, and the same rates of tax? What they come to follows the lines. */
const isSameSums = (one: OrderTotals | undefined, other: OrderTotals | undefined): boolean =>
  isSameCharges(one?.charges ?? [], other?.charges ?? []) &&
  (one?.taxes ?? []).map((tax) => tax.rate).join() === (other?.taxes ?? []).map((tax) => tax.rate).join();
