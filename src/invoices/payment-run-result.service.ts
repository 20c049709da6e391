import { record } from '../audit/index.ts';
import { assertMay } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { isZero } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import { closeOrderWhenDone } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { settleEarlyPayments } from './early-payment/early-payment-settling.service.ts';
import { invoiceLifecycle } from './invoice.ts';
import { latestDay, lockOrdersInTurn } from './invoices.service.ts';
import {
  giveBack,
  idsOf,
  lockRetainedOf,
  lockRun,
  moveRetained,
  type NamedRun,
  recordInvoices,
  recordRun,
  todayOf,
} from './payment-run.service.ts';
import * as store from './payment-run.store.ts';
import {
  faultsOf,
  type PaymentResult,
  type PaymentRun,
  paymentLifecycle,
  progress,
  type ResultFault,
} from './payment-run.ts';
import { settleStatements } from './statements/statement-invoiced.service.ts';

/** What does not fit of what the bank is said to have done, row by row; nothing is kept. */
export const checkResults = (
  ctx: Ctx,
  of: { run: PaymentRun; payments: readonly store.PaymentOfRun[]; results: readonly PaymentResult[] },
): ResultFault[] =>
  faultsOf(of.results, {
    payments: of.payments,
    releasedOn: dayIn(of.run.releasedAt ?? ctx.now, ctx.policies.company.timeZone),
    today: latestDay(ctx),
  });

/**
 * Notes what the bank paid: each payment in full, each of its invoices paid. All rows are taken, or none. Orders
 * close with the last of their invoices, and the run with the last of its payments.
 * @throws AppError `payment_run.not-found`, `payment_run.changed-meanwhile`, `payment_run.result-does-not-fit`, and
 * what {@link assertMay} throws
 */
export async function settlePayments(
  ctx: Ctx,
  of: NamedRun & { results: readonly PaymentResult[] },
): Promise<void> {
  const run = await lockRun(ctx, of);
  const payments = await store.findPayments(ctx.tx, run.id);
  const [fault] = checkResults(ctx, { run, payments, results: of.results });
  if (fault !== undefined || of.results.length === 0)
    throw ruleBroken('payment_run.result-does-not-fit', 'A row does not fit a payment of this run', {
      reference: fault?.params['reference'] ?? run.reference,
    });
  const results = new Map(of.results.map((result) => [result.reference, result]));
  const ordered = payments.filter((payment) => results.has(payment.reference));
  const paid = ordered.map((payment) => {
    assertMay(ctx, 'payment.pay', { state: payment.state });
    const result = found('payment', results.get(payment.reference));
    return {
      ...payment,
      state: paymentLifecycle.next(payment.state, 'pay'),
      paidOn: result.paidOn,
      bankReference: result.bankReference,
    };
  });
  const ids = paid.map((payment) => payment.id);
  const lines = (await store.findLines(ctx.tx, ids)).filter((line) => line.holds);
  await lockOrdersOf(ctx, lines);
  await saveSettled(ctx, { run, payments: paid, lines, from: 'ordered' });
  await saveProgress(ctx, run);
}

/** Orders are locked before their invoices, in one order. */
export async function lockOrdersOf(ctx: Ctx, lines: readonly store.LineOfRun[]): Promise<void> {
  await lockOrdersInTurn(ctx, ordersOf(lines));
}

const ordersOf = (lines: readonly store.LineOfRun[]): string[] =>
  [...new Set(lines.flatMap((line) => line.orderIds))].toSorted();

/** Payments of nothing are settled by the release: credits cover them. */
export async function settleCovered(
  ctx: Ctx,
  of: { run: PaymentRun; payments: readonly store.PaymentOfRun[]; lines: readonly store.LineOfRun[] },
): Promise<void> {
  const ids = of.payments.map((payment) => payment.id);
  const payments = of.payments.map((payment) => ({
    ...payment,
    state: paymentLifecycle.next(payment.state, 'offset'),
    paidOn: todayOf(ctx),
  }));
  const lines = of.lines.filter((line) => line.holds && ids.includes(line.paymentId));
  await saveSettled(ctx, { run: of.run, payments, lines, from: 'planned' });
  await saveProgress(ctx, of.run);
}

async function saveSettled(
  ctx: Ctx,
  of: {
    run: PaymentRun;
    payments: readonly store.PaymentOfRun[];
    lines: readonly store.LineOfRun[];
    from: 'ordered' | 'planned';
  },
): Promise<void> {
  await store.savePayments(ctx.tx, of.payments);
  const ended: string[] = [];
  for (const payment of of.payments) ended.push(...(await payInvoicesOf(ctx, { ...of, payment })));
  const orderIds = ordersOf(of.lines);
  const open = await store.findOrdersWithUnpaid(ctx.tx, orderIds);
  for (const orderId of orderIds) if (!open.has(orderId)) await closeOrderWhenDone(ctx, orderId);
  await settleStatements(ctx, ended);
}

/**
 * One payment's invoices become paid on its day, under its reference; those that credits cover end without one, and those
 * whose discount the bank was too late for wait for what is left of them.
 * @returns those that ended
 */
async function payInvoicesOf(
  ctx: Ctx,
  of: {
    run: PaymentRun;
    payment: store.PaymentOfRun;
    lines: readonly store.LineOfRun[];
    from: 'ordered' | 'planned';
  },
): Promise<string[]> {
  const { run, payment } = of;
  const paidOn = found('payment', payment.paidOn);
  const all = of.lines.filter((line) => line.paymentId === payment.id);
  const lines = all.filter((line) => line.retentionId === null);
  const retentions = await lockRetainedOf(ctx, all);
  await moveRetained(ctx, { run, retentions, act: 'settle', paidOn });
  const ids = lines.map((line) => line.invoiceId);
  const acts = new Map(lines.map((line) => [line.invoiceId, actFor(line, paidOn)]));
  const invoices = await store.lockInvoices(ctx.tx, { ids, ...placesOf(ctx.actor) });
  for (const invoice of invoices) invoiceLifecycle.next(invoice.state, acts.get(invoice.id) ?? 'settle');
  const those = (act: ReturnType<typeof actFor>) => invoices.filter(({ id }) => acts.get(id) === act);
  const [paid, inPart, covered] = [those('settle'), those('settle-part'), those('offset')];
  await store.moveInvoices(ctx.tx, {
    ids: idsOf(paid),
    state: 'paid',
    paid: { on: paidOn, reference: payment.reference },
  });
  await store.moveInvoices(ctx.tx, { ids: idsOf(covered), state: 'credited' });
  await store.moveInvoices(ctx.tx, { ids: idsOf(inPart), state: 'approved' });
  await store.markParts(ctx.tx, idsOf(lines.filter((line) => acts.get(line.invoiceId) === 'settle-part')));
  await record(ctx, {
    action: of.from === 'planned' ? 'payment.offset' : 'payment.paid',
    subject: { type: 'payment', id: payment.id },
    supplierId: payment.supplierId,
    from: of.from,
    to: 'paid',
    changes: { reference: payment.reference, paidOn, amount: payment.amount, currency: payment.currency },
  });
  const changes = { paidOn, paymentReference: payment.reference };
  await recordInvoices(ctx, 'invoice.settled', {
    run,
    invoices: paid,
    from: 'scheduled',
    to: 'paid',
    changes,
  });
  await recordInvoices(ctx, 'invoice.paid-in-part', {
    run,
    invoices: inPart,
    from: 'scheduled',
    to: 'approved',
    changes,
  });
  await recordInvoices(ctx, 'invoice.credited', {
    run,
    invoices: covered,
    from: 'scheduled',
    to: 'credited',
  });
  const taken = lines.map((line) => ({
    ...line,
    reference: line.invoiceReference,
    amount: line.discountAmount,
  }));
  await settleEarlyPayments(ctx, { taken, paidOn });
  return idsOf([...paid, ...covered]);
}

function actFor(line: store.LineOfRun, paidOn: Day): 'settle' | 'settle-part' | 'offset' {
  if (isZero(line.amount)) return 'offset';
  return line.earlyPayOn !== null && paidOn > line.earlyPayOn ? 'settle-part' : 'settle';
}

/**
 * Notes that the bank did not carry a payment out, and why: its invoices are approved again, for another run.
 * @throws AppError `payment_run.not-found`, `payment_run.changed-meanwhile`, `payment.not-found`, and what
 * {@link assertMay} throws
 */
export async function refusePayment(
  ctx: Ctx,
  of: NamedRun & { paymentId: string; reason: string },
): Promise<void> {
  const run = await lockRun(ctx, of);
  const payments = await store.findPayments(ctx.tx, run.id);
  const payment = found(
    'payment',
    payments.find((one) => one.id === of.paymentId),
  );
  assertMay(ctx, 'payment.refuse', { state: payment.state });
  const refused = {
    ...payment,
    state: paymentLifecycle.next(payment.state, 'refuse'),
    refusalReason: of.reason,
  };
  const lines = (await store.findLines(ctx.tx, [payment.id])).filter((line) => line.holds);
  await giveBack(ctx, { run, lines, reason: of.reason });
  await store.savePayments(ctx.tx, [refused]);
  await record(ctx, {
    action: 'payment.refused',
    subject: { type: 'payment', id: payment.id },
    supplierId: payment.supplierId,
    from: payment.state,
    to: refused.state,
    reason: of.reason,
    changes: { reference: payment.reference, amount: payment.amount, currency: payment.currency },
  });
  await saveProgress(ctx, run);
}

async function saveProgress(ctx: Ctx, run: PaymentRun): Promise<void> {
  const after = progress(run, await store.findPayments(ctx.tx, run.id));
  await store.saveRun(ctx.tx, after);
  if (after.state !== run.state) await recordRun(ctx, 'payment_run.completed', { before: run, after });
}
