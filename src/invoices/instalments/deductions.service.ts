import { ruleBroken } from '../../kernel/errors.ts';
import { addDecimals, type DecimalString, isPositive } from '../../kernel/money.ts';
import type { PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Invoice } from '../invoice.ts';
import { insertRetentions, voidRetentions } from '../retentions/retention.store.ts';
import { retainedOf, retentionLifecycle } from '../retentions/retention.ts';
import * as store from './instalment.store.ts';
import { type Deduction, grossByOrder, planDeductions } from './prepaid.ts';

type PlannedOrder = Pick<PurchaseOrder, 'id' | 'plan' | 'supplierId'>;
type Invoiced = {
  readonly orders: readonly PlannedOrder[];
  readonly lines: readonly { readonly orderId: string; readonly amount: DecimalString }[];
  readonly grossAmount: DecimalString;
  readonly currency: string;
};

/** What an order's payment plan makes of its share of an invoice. */
export type PlanTerms = {
  readonly order: PlannedOrder;
  readonly deductions: readonly Deduction[];
  /** Held back until its release; nothing where the order plans no retention. */
  readonly retained: DecimalString;
};

/**
 * What an invoice for received goods is less by, order by order: what was paid in advance of it, and what is held back.
 * Orders without a payment plan ask nothing.
 * @param of.except an invoice whose own deductions do not count: it is being corrected
 */
export async function planTermsFor(ctx: Ctx, of: Invoiced & { except: string | null }): Promise<PlanTerms[]> {
  const planned = of.orders.filter((order) => order.plan !== null);
  if (planned.length === 0) return [];
  const shares = grossByOrder(of.lines, of);
  const terms: PlanTerms[] = [];
  for (const order of planned) {
    const grossAmount = shares.get(order.id) ?? '0';
    const prepaid = await store.findPrepaid(ctx.tx, { orderId: order.id, except: of.except });
    const deductions = planDeductions(prepaid, grossAmount);
    const deducted = addDecimals(deductions.map((one) => one.amount));
    const percent = order.plan?.retention?.percent ?? '0';
    const retained = retainedOf({ percent, grossAmount, deducted, currency: of.currency });
    terms.push({ order, deductions, retained });
  }
  return terms;
}

/**
 * Takes off an invoice what was paid in advance and what is held back; what an earlier version of it was less by is let
 * go.
 */
export async function applyPaymentPlans(ctx: Ctx, of: Invoiced & { invoiceId: string }): Promise<void> {
  if (of.orders.every((order) => order.plan === null)) return;
  const { invoiceId, currency } = of;
  await store.letDeductionsGo(ctx.tx, invoiceId);
  await voidRetentions(ctx.tx, invoiceId);
  const terms = await planTermsFor(ctx, { ...of, except: null });
  const deductions = terms.flatMap((one) => one.deductions);
  await store.insertDeductions(ctx.tx, { invoiceId, deductions, at: ctx.now });
  const held = terms.filter((one) => isPositive(one.retained));
  await insertRetentions(
    ctx.tx,
    held.map(({ order, retained }) => ({
      invoiceId,
      orderId: order.id,
      supplierId: order.supplierId,
      currency,
      percent: order.plan?.retention?.percent ?? '0',
      amount: retained,
      state: retentionLifecycle.initial,
    })),
    ctx.now,
  );
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
