import { found } from '../../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../../kernel/money.ts';
import {
  addInvoicedCharges,
  billableCharges,
  findLinesOfOrders,
  findOrder,
  hasBillableCharges,
  invoicedPart,
  type OrderLine,
  type PurchaseOrder,
} from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { ExpectedCharge } from './charge-match.ts';
import { type ChargeToInvoice, chargeBookings, type InvoiceCharge } from './invoice-charge.ts';

type ChargedLines = {
  /** What these orders charge, as if the invoice's own charges were not invoiced. */
  readonly charges: readonly (ChargeToInvoice & { readonly part: DecimalString })[];
  readonly lines: readonly (OrderLine & { readonly orderId: string })[];
};

/** What can be invoiced of the charges of orders, with their lines; nothing is read where no order has such a charge. */
export async function findChargesToInvoice(
  ctx: Ctx,
  of: { orders: readonly PurchaseOrder[]; own: readonly InvoiceCharge[] },
): Promise<ChargedLines> {
  const charged = of.orders.filter(hasBillableCharges);
  if (charged.length === 0) return { charges: [], lines: [] };
  const lines = await findLinesOfOrders(
    ctx,
    charged.map((order) => order.id),
  );
  const undone = new Map(chargeBookings(of.own, []).map((one) => [one.orderChargeId, one.amount]));
  const charges = charged.flatMap((order) => {
    const own = lines.filter((line) => line.orderId === order.id);
    const part = invoicedPart(own);
    return billableCharges(order, own).map((charge) => ({
      ...charge,
      invoiced: without(charge.invoiced, undone.get(charge.orderChargeId)),
      orderId: order.id,
      orderReference: order.reference,
      part,
    }));
  });
  return { charges, lines };
}

/** The same of the orders that lines are of. */
export async function findChargesOfLines(
  ctx: Ctx,
  of: { billable: readonly { readonly orderId: string }[]; own: readonly InvoiceCharge[] },
): Promise<ChargedLines> {
  const orders: PurchaseOrder[] = [];
  for (const orderId of new Set(of.billable.map((line) => line.orderId)))
    orders.push(found('purchase_order', await findOrder(ctx, orderId)));
  return findChargesToInvoice(ctx, { orders, own: of.own });
}

const without = (invoiced: DecimalString, own: DecimalString | undefined): DecimalString =>
  own === undefined ? invoiced : addDecimals([invoiced, own]);

/** What the match expects of the charges of an invoice's orders. */
export const findExpectedCharges = async (
  ctx: Ctx,
  of: Parameters<typeof findChargesToInvoice>[1],
): Promise<readonly ExpectedCharge[]> => (await findChargesToInvoice(ctx, of)).charges;

/** Books on each order what is invoiced more or less of its charges. The orders are locked by the caller, in turn. */
export async function bookCharges(
  ctx: Ctx,
  of: { before: readonly InvoiceCharge[]; after: readonly InvoiceCharge[] },
): Promise<void> {
  const changes = chargeBookings(of.before, of.after);
  for (const orderId of [...new Set(changes.map((change) => change.orderId))].toSorted())
    await addInvoicedCharges(
      ctx,
      orderId,
      changes.filter((change) => change.orderId === orderId),
    );
}
