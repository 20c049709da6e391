import { record } from '../audit/index.ts';
import { assertMay } from '../identity/index.ts';
import { isPositive, isZero, subtractDecimals } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { PurchaseOrder } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { bookCharges } from './charges/billable-charges.service.ts';
import { findPayableOf } from './credits/credit-note.store.ts';
import { rejectNotesOf } from './credits/credit-notes.service.ts';
import { settleByHand } from './early-payment/early-payment-settling.service.ts';
import { assertDeductsApproved, prepaidOf } from './instalments/deductions.service.ts';
import { freePrepaid } from './instalments/instalment-invoice.service.ts';
import * as store from './invoice.store.ts';
import { approve, type Invoice, pay, reject, toDecideOn } from './invoice.ts';
import {
  addInvoicedByOrder,
  closeOrdersWhenPaid,
  findBehind,
  latestDay,
  lockInvoice,
  personIn,
} from './invoices.service.ts';
import { resolveExceptions } from './match-exception.store.ts';
import { releaseStatement, settleStatements } from './statements/statement-invoiced.service.ts';

/** What each decision names: the invoice, and the state of it that was in front of the one who decides. */
type Named = { readonly invoiceId: string; readonly version: number };

/**
 * Finance clears a matched invoice for payment on its due date.
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile` and what {@link assertMay} and
 * {@link assertDeductsApproved} throw
 */
export async function approveInvoice(ctx: Ctx, of: Named): Promise<void> {
  const { invoice, orders } = await lockInvoice(ctx, of);
  assertMay(ctx, 'invoice.approve', toDecideOn(invoice, orders, await findBehind(ctx, invoice, orders)));
  await assertDeductsApproved(ctx, invoice);
  const approved = approve(invoice, { userId: personIn(ctx), at: ctx.now });
  await store.saveInvoice(ctx.tx, approved);
  await recordMove(ctx, 'invoice.approved', { invoice, now: approved, changes: { dueOn: approved.dueOn } });
  await payWithPrepaid(ctx, approved, orders);
}

/** What was paid in advance in full is paid with its approval, and no run takes it. */
async function payWithPrepaid(ctx: Ctx, invoice: Invoice, orders: readonly PurchaseOrder[]): Promise<void> {
  const { amount, references } = await prepaidOf(ctx, invoice.id);
  if (isZero(amount) || isPositive(await findPayableOf(ctx.tx, invoice.id))) return;
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const paidOn = today < invoice.issuedOn ? invoice.issuedOn : today;
  const paymentReference = references.join(' ').slice(0, 100);
  const paid = pay(invoice, { paidOn, paymentReference, today: latestDay(ctx) });
  await store.saveInvoice(ctx.tx, paid);
  await recordMove(ctx, 'invoice.paid-in-advance', {
    invoice,
    now: paid,
    changes: { paidOn, paymentReference },
  });
  await closeOrdersWhenPaid(ctx, orders);
  await settleStatements(ctx, [invoice.id]);
}

/**
 * Finance refuses an invoice for good, and says why. What it invoiced can be invoiced again.
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile` and what {@link assertMay} throws
 */
export async function rejectInvoice(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const { invoice, orders } = await lockInvoice(ctx, of);
  assertMay(ctx, 'invoice.reject', toDecideOn(invoice, orders, await findBehind(ctx, invoice, orders)));
  const rejected = reject(invoice, of.reason);
  const lines = await store.findLines(ctx.tx, invoice.id);
  await addInvoicedByOrder(
    ctx,
    invoice,
    lines.map((line) => ({ ...line, quantity: subtractDecimals('0', line.quantity) })),
  );
  await bookCharges(ctx, { before: invoice.charges, after: [] });
  await store.saveInvoice(ctx.tx, rejected);
  await resolveExceptions(ctx.tx, {
    invoiceId: invoice.id,
    how: 'rejected',
    reason: of.reason,
    by: personIn(ctx),
    at: ctx.now,
  });
  await rejectNotesOf(ctx, invoice.id, of.reason);
  await releaseStatement(ctx, invoice);
  await freePrepaid(ctx, invoice);
  await recordMove(ctx, 'invoice.rejected', { invoice, now: rejected, reason: of.reason });
}

/**
 * Finance notes that an invoice was paid. The order closes with the last of its invoices.
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile` and what {@link assertMay} and `pay` throw
 */
export async function payInvoice(
  ctx: Ctx,
  of: Named & { paidOn: Day; paymentReference: string },
): Promise<void> {
  const { invoice, orders } = await lockInvoice(ctx, of);
  const { paidOn, paymentReference } = of;
  assertMay(ctx, 'invoice.pay', toDecideOn(invoice, orders, await findBehind(ctx, invoice, orders)));
  const paid = pay(invoice, { paidOn, paymentReference, today: latestDay(ctx) });
  await store.saveInvoice(ctx.tx, paid);
  await recordMove(ctx, 'invoice.paid', { invoice, now: paid, changes: { paidOn, paymentReference } });
  await settleByHand(ctx, { invoiceId: invoice.id, reference: invoice.reference, paidOn });
  await closeOrdersWhenPaid(ctx, orders);
  await settleStatements(ctx, [invoice.id]);
}

/**
 * Closes an order all of whose invoices are paid and of which nothing is open, and does nothing to any other.
 * @throws AppError `purchase_order.not-found`
 */
export async function closePaidOrder(ctx: Ctx, orderId: string): Promise<void> {
  await closeOrdersWhenPaid(ctx, [{ id: orderId }]);
}

const recordMove = (
  ctx: Ctx,
  action: string,
  move: { invoice: Invoice; now: Invoice; reason?: string; changes?: Readonly<Record<string, unknown>> },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'invoice', id: move.invoice.id },
    supplierId: move.invoice.supplierId,
    from: move.invoice.state,
    to: move.now.state,
    reason: move.reason ?? null,
    changes: { reference: move.invoice.reference, ...move.changes },
  });
