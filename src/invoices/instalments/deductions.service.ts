import { ruleBroken } from '../../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../../kernel/money.ts';
import type { PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Invoice } from '../invoice.ts';
import * as store from './instalment.store.ts';
import { type Deduction, grossByOrder, planDeductions } from './prepaid.ts';

type Invoiced = {
  readonly orders: readonly Pick<PurchaseOrder, 'id' | 'plan'>[];
  readonly lines: readonly { readonly orderId: string; readonly amount: DecimalString }[];
  readonly grossAmount: DecimalString;
  readonly currency: string;
};

/**
 * What an invoice for received goods is less by, order by order: what was paid in advance of it. Orders without a payment
 * plan ask nothing.
 * @param of.except an invoice whose own deductions do not count: it is being corrected
 */
export async function deductionsFor(
  ctx: Ctx,
  of: Invoiced & { except: string | null },
): Promise<Deduction[]> {
  const planned = of.orders.filter((order) => order.plan !== null);
  if (planned.length === 0) return [];
  const shares = grossByOrder(of.lines, of);
  const deductions: Deduction[] = [];
  for (const { id } of planned)
    deductions.push(
      ...planDeductions(
        await store.findPrepaid(ctx.tx, { orderId: id, except: of.except }),
        shares.get(id) ?? '0',
      ),
    );
  return deductions;
}

/** Takes off an invoice what was paid in advance; what an earlier version of it was less by is let go. */
export async function deductPrepaid(ctx: Ctx, of: Invoiced & { invoiceId: string }): Promise<void> {
  if (of.orders.every((order) => order.plan === null)) return;
  await store.letDeductionsGo(ctx.tx, of.invoiceId);
  const deductions = await deductionsFor(ctx, { ...of, except: null });
  await store.insertDeductions(ctx.tx, { invoiceId: of.invoiceId, deductions, at: ctx.now });
}

/**
 * What was invoiced in advance is decided on before what it is deducted from: else that would be paid as if it had been
 * paid, and it might be rejected.
 * @throws AppError `invoice.deducts-undecided`
 */
export async function assertDeductsApproved(ctx: Ctx, invoice: Pick<Invoice, 'id'>): Promise<void> {
  const deductions = await store.findDeductions(ctx.tx, invoice.id);
  const undecided = deductions.find(
    (one) => !['approved', 'scheduled', 'paid', 'credited'].includes(one.state),
  );
  if (undecided !== undefined)
    throw ruleBroken('invoice.deducts-undecided', 'The instalment is decided on first', {
      reference: undecided.reference,
    });
}

/** What an invoice was paid with in advance, in all, and by which invoices. */
export async function prepaidOf(
  ctx: Ctx,
  invoiceId: string,
): Promise<{ amount: DecimalString; references: readonly string[] }> {
  const deductions = await store.findDeductions(ctx.tx, invoiceId);
  return {
    amount: addDecimals(deductions.map((one) => one.amount)),
    references: deductions.map((one) => one.reference),
  };
}
