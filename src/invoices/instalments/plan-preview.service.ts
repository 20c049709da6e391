import { addDecimals, type DecimalString, subtractDecimals } from '../../kernel/money.ts';
import { findOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { planTermsFor } from './deductions.service.ts';
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
  readonly deducted: DecimalString;
  /** Held back until its release. */
  readonly retained: DecimalString;
  /** What remains to be paid when it is due. */
  readonly toPay: DecimalString;
  /** For sums that are made anew as they are typed; null over several orders. */
  readonly rule: { readonly openAmount: DecimalString; readonly retentionPercent: DecimalString } | null;
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
  const [first] = orders;
  if (first === undefined) return null;
  const prepaid = (
    await Promise.all(orders.map(({ id }) => findPrepaid(ctx.tx, { orderId: id, except: of.except })))
  ).flat();
  const byId = new Map(prepaid.map((one) => [one.invoiceId, one]));
  const terms = await planTermsFor(ctx, { ...of, orders });
  const deductions = terms
    .flatMap((one) => one.deductions)
    .flatMap((one) => {
      const invoice = byId.get(one.prepaidInvoiceId);
      return invoice === undefined
        ? []
        : [{ ...one, reference: invoice.reference, supplierNumber: invoice.supplierNumber }];
    });
  const deducted = addDecimals(deductions.map((one) => one.amount));
  const retained = addDecimals(terms.map((one) => one.retained));
  return {
    deductions,
    deducted,
    retained,
    toPay: subtractDecimals(of.grossAmount, addDecimals([deducted, retained])),
    rule:
      orderIds.length > 1
        ? null
        : {
            openAmount: addDecimals(prepaid.map(openOf)),
            retentionPercent: first.plan?.retention?.percent ?? '0',
          },
  };
}
