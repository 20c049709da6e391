import type { ChargeReason } from '../kernel/charge.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isZero,
  multiplyDecimals,
  ratio,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import { type OrderLine, wantedQuantity } from './fulfilment.ts';
import { type Charged, totalsOf } from './order-charges.ts';

/** A charge of an order that is invoiced by itself; an allowance is below nothing. */
export type BillableCharge = {
  readonly orderChargeId: string;
  readonly reason: ChargeReason;
  /** As the order in force has it. */
  readonly planned: DecimalString;
  readonly invoiced: DecimalString;
};
type OrderOfCharges = Charged & { readonly chargesInvoiced: Readonly<Record<string, DecimalString>> };

export const hasBillableCharges = (order: Pick<Charged, 'charges'>): boolean =>
  order.charges.some(({ id }) => id !== undefined);

/** The charges of an order that invoices name, with what is planned and invoiced of each. */
export function billableCharges(order: OrderOfCharges, lines: readonly OrderLine[]): BillableCharge[] {
  if (!hasBillableCharges(order)) return [];
  const { charges } = totalsOf(
    lines.map((line) => ({ ...line, amount: line.amount ?? '0' })),
    order,
  );
  return charges.flatMap(({ id, reason, value }) =>
    id === undefined
      ? []
      : [{ orderChargeId: id, reason, planned: value, invoiced: order.chargesInvoiced[id] ?? '0' }],
  );
}

/** How much of the wanted lines is invoiced, by their amounts, from 0 to 1. */
export function invoicedPart(lines: readonly OrderLine[]): DecimalString {
  const amountOf = (line: OrderLine, quantity: DecimalString): DecimalString =>
    isZero(line.quantity) ? '0' : ratio(multiplyDecimals(line.amount ?? '0', quantity), line.quantity);
  const wanted = addDecimals(lines.map((line) => amountOf(line, wantedQuantity(line))));
  const invoiced = addDecimals(lines.map((line) => amountOf(line, line.invoicedQuantity)));
  return isZero(wanted) || compareDecimals(invoiced, wanted) >= 0 ? '1' : ratio(invoiced, wanted);
}

/** What is still to be invoiced of a line. */
export const restToInvoice = (line: OrderLine): DecimalString => {
  const rest = subtractDecimals(wantedQuantity(line), line.invoicedQuantity);
  return compareDecimals(rest, '0') > 0 ? rest : '0';
};

/** What is invoiced of an order's charges, so much more (less, when negative) of some of them. */
export function withInvoicedCharges(
  invoiced: OrderOfCharges['chargesInvoiced'],
  changes: readonly { readonly orderChargeId: string; readonly amount: DecimalString }[],
): Record<string, DecimalString> {
  const now: Record<string, DecimalString> = { ...invoiced };
  for (const { orderChargeId, amount } of changes)
    now[orderChargeId] = trimDecimal(addDecimals([now[orderChargeId] ?? '0', amount]));
  return Object.fromEntries(Object.entries(now).filter(([, amount]) => !isZero(amount)));
}

/** What is left of a charge, or of an allowance, which is below nothing. */
export const leftOfCharge = ({ planned, invoiced }: BillableCharge): DecimalString =>
  subtractDecimals(planned, invoiced);
