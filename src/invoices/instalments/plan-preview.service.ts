import { addDecimals, type DecimalString, subtractDecimals } from '../../kernel/money.ts';
import { findOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { deductionsFor } from './deductions.service.ts';
import { findPrepaid } from './instalment.store.ts';
import { openOf } from './prepaid.ts';

/** What an invoice that is being written will be less by, before it is sent: by rule, and nothing to type. */
export type PlanPreview = {
  readonly deductions: readonly {
    readonly reference: string;
    readonly supplierNumber: string;
    readonly amount: DecimalString;
    readonly taxAmount: DecimalString;
  }[];
  /** What remains to be paid when it is due. */
  readonly toPay: DecimalString;
  /** All that was paid in advance and is open, for sums that are made anew as they are typed; null over several orders. */
  readonly openAmount: DecimalString | null;
};

/** Null for an invoice of orders that plan nothing. */
export async function previewPlan(
  ctx: Ctx,
  of: {
    lines: readonly { readonly orderId: string; readonly amount: DecimalString }[];
    grossAmount: DecimalString;
    currency: string;
    except: string | null;
  },
): Promise<PlanPreview | null> {
  const orderIds = [...new Set(of.lines.map((line) => line.orderId))];
  const found = await Promise.all(orderIds.map((id) => findOrder(ctx, id)));
  const orders = found.flatMap((order) => (order === undefined || order.plan === null ? [] : [order]));
  if (orders.length === 0) return null;
  const prepaid = (
    await Promise.all(orders.map(({ id }) => findPrepaid(ctx.tx, { orderId: id, except: of.except })))
  ).flat();
  const byId = new Map(prepaid.map((one) => [one.invoiceId, one]));
  const deductions = (await deductionsFor(ctx, { ...of, orders })).flatMap((one) => {
    const invoice = byId.get(one.prepaidInvoiceId);
    return invoice === undefined ? [] : [{ ...one, ...namesOf(invoice) }];
  });
  return {
    deductions,
    toPay: subtractDecimals(of.grossAmount, addDecimals(deductions.map((one) => one.amount))),
    openAmount: orderIds.length > 1 ? null : addDecimals(prepaid.map(openOf)),
  };
}

const namesOf = ({ reference, supplierNumber }: { reference: string; supplierNumber: string }) => ({
  reference,
  supplierNumber,
});
