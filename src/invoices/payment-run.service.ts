import { record, recordAll } from '../audit/index.ts';
import { assertMay, findPersonsBehind } from '../identity/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import { insertApplications, letApplicationsGo, lockOpenCredits } from './credits/credit-note.store.ts';
import { lockAgreed } from './early-payment/early-payment.store.ts';
import { inTimeFor } from './early-payment/early-payment.ts';
import { invoiceLifecycle } from './invoice.ts';
import { personIn } from './invoices.service.ts';
import * as store from './payment-run.store.ts';
import {
  assertPaysInTime,
  type PaymentRun,
  paymentLifecycle,
  paymentReference,
  paymentRunLifecycle,
  planPayments,
} from './payment-run.ts';
import { lockRetentions, moveRetentions, type RetentionOfRun } from './retentions/retention.store.ts';
import { retentionLifecycle } from './retentions/retention.ts';
import { recordRetentions } from './retentions/retentions.service.ts';

/** What a run is made from: the invoices that were ticked, and what they were looked for by. */
export type WantedRun = {
  readonly currency: string;
  readonly dueUntil: Day;
  readonly payOn: Day;
  readonly invoiceIds: readonly string[];
  /** Released retentions, beside invoices. */
  readonly retentionIds?: readonly string[];
};

/** The run, and the state of it that was in front of the one who acts. */
export type NamedRun = { readonly runId: string; readonly version: number };

/** The company's day. */
export const todayOf = (ctx: Pick<Ctx, 'now' | 'policies'>): Day =>
  dayIn(ctx.now, ctx.policies.company.timeZone);

/**
 * Takes approved invoices into a new run, which somebody else in finance releases.
 * @throws AppError `payment_run.pays-in-the-past`, `payment_run.is-empty`, `payment_run.is-too-long`,
 * `payment_run.invoices-changed` when one was paid, taken or is not there any more, `invoice.paid-by-own-buyer`
 */
export async function makePaymentRun(ctx: Ctx, wanted: WantedRun): Promise<string> {
  assertPaysInTime(wanted.payOn, todayOf(ctx));
  const ids = [...new Set(wanted.invoiceIds)];
  const invoices = await store.lockInvoices(ctx.tx, { ids, ...placesOf(ctx.actor) });
  const agreed = new Map((await lockAgreed(ctx.tx, ids)).map((early) => [early.invoiceId, early]));
  const payBy = (one: store.InvoiceOfRun): Day => agreed.get(one.id)?.payOn ?? one.dueOn;
  const fits = (one: store.InvoiceOfRun): boolean =>
    one.state === 'approved' && one.currency === wanted.currency && payBy(one) <= wanted.dueUntil;
  if (invoices.length !== ids.length || !invoices.every(fits))
    throw conflict('payment_run.invoices-changed', 'An invoice cannot be paid by this run any more');
  const retentions = await lockReleased(ctx, wanted);
  const payable = [...invoices.map(asPayable), ...retentions];
  assertBoughtNone(ctx, payable);
  const supplierIds = [...new Set(payable.map((one) => one.supplierId))];
  const credits = await lockOpenCredits(ctx.tx, { supplierIds, currency: wanted.currency });
  const planned = planPayments(payable, credits, inTimeFor(agreed, wanted.payOn));
  const run = await newRun(ctx, wanted);
  const payments = planned.map((one) => ({
    ...one,
    id: newId(),
    reference: paymentReference(run.reference, one.paymentNo),
  }));
  const lines = payments.flatMap((payment) =>
    payment.lines.map(({ invoice, amount, credits: applied, discount }) => ({
      id: newId(),
      paymentId: payment.id,
      invoiceId: invoice.invoiceId,
      retentionId: invoice.retentionId,
      amount,
      discount,
      applied,
    })),
  );
  await store.insertRun(ctx.tx, { run, payments, lines });
  const applied = lines.flatMap((line) =>
    line.applied.map((one) => ({
      ...one,
      invoiceId: line.invoiceId,
      retentionId: line.retentionId,
      paymentLineId: line.id,
    })),
  );
  await insertApplications(ctx.tx, applied, ctx.now);
  await store.moveInvoices(ctx.tx, { ids, state: invoiceLifecycle.next('approved', 'schedule') });
  await record(ctx, {
    action: 'payment_run.made',
    subject: { type: 'payment_run', id: run.id },
    to: run.state,
    changes: {
      reference: run.reference,
      currency: run.currency,
      payOn: run.payOn,
      invoices: ids.length,
      retentions: retentions.length,
      credits: applied.length,
    },
  });
  await recordPayments(ctx, 'payment.planned', payments, { to: 'planned' });
  await recordInvoices(ctx, 'invoice.scheduled', { run, invoices, from: 'approved', to: 'scheduled' });
  await moveRetained(ctx, { run, retentions, act: 'schedule', paidOn: null });
  return run.id;
}

const asPayable = (invoice: store.InvoiceOfRun) => ({
  ...invoice,
  invoiceId: invoice.id,
  retentionId: null,
});

/** @throws AppError `payment_run.invoices-changed` */
async function lockReleased(ctx: Ctx, wanted: WantedRun): Promise<RetentionOfRun[]> {
  const ids = [...new Set(wanted.retentionIds)];
  if (ids.length === 0) return [];
  const retentions = await lockRetentions(ctx.tx, { ids, ...placesOf(ctx.actor) });
  const fits = (one: RetentionOfRun): boolean => one.state === 'released' && one.currency === wanted.currency;
  if (retentions.length !== ids.length || !retentions.every(fits))
    throw conflict('payment_run.invoices-changed', 'A retention cannot be paid by this run any more');
  return retentions;
}

const RETENTION_PAST = { schedule: 'scheduled', unschedule: 'unscheduled', settle: 'paid' } as const;

/** Moves retentions with the payments that hold them, and records it. */
export async function moveRetained(
  ctx: Ctx,
  of: {
    run: Pick<PaymentRun, 'reference'>;
    retentions: readonly RetentionOfRun[];
    act: keyof typeof RETENTION_PAST;
    paidOn: Day | null;
  },
): Promise<void> {
  const [first] = of.retentions;
  if (first === undefined) return;
  const [state] = of.retentions.map((one) => retentionLifecycle.next(one.state, of.act));
  const to = found('retention', state);
  await moveRetentions(ctx.tx, { ids: idsOf(of.retentions), state: to, paidOn: of.paidOn });
  await recordRetentions(ctx, `retention.${RETENTION_PAST[of.act]}`, {
    retentions: of.retentions,
    from: first.state,
    to,
    changes: { run: of.run.reference },
  });
}

/** What lines hold of retentions, held until the transaction ends. */
export const lockRetainedOf = (ctx: Ctx, lines: readonly store.LineOfRun[]): Promise<RetentionOfRun[]> => {
  const ids = lines.flatMap((line) => (line.retentionId === null ? [] : [line.retentionId]));
  return ids.length === 0 ? Promise.resolve([]) : lockRetentions(ctx.tx, { ids, ...placesOf(ctx.actor) });
};

const newRun = async (ctx: Ctx, wanted: WantedRun): Promise<PaymentRun> => ({
  id: newId(),
  reference: await nextReference(ctx.tx, 'PAY', ctx.now),
  currency: wanted.currency,
  dueUntil: wanted.dueUntil,
  payOn: wanted.payOn,
  state: paymentRunLifecycle.initial,
  createdBy: personIn(ctx),
  createdAt: ctx.now,
  releasedBy: null,
  releasedAt: null,
  cancellationReason: null,
  version: 1,
});

/** Nobody pays what they bought. @throws AppError `invoice.paid-by-own-buyer` */
export function assertBoughtNone(ctx: Ctx, invoices: readonly Pick<store.InvoiceOfRun, 'buyerIds'>[]): void {
  const persons = personsOf(ctx.actor);
  if (invoices.some((invoice) => invoice.buyerIds.some((id) => persons.includes(id))))
    throw ruleBroken('invoice.paid-by-own-buyer', 'Somebody else pays what one bought');
}

/**
 * Gives one invoice back before the release, with a reason: it is approved again, for another run.
 * @throws AppError `payment_run.not-found`, `payment_run.changed-meanwhile`, `payment_line.not-found`,
 * `payment_run.is-empty` for the last one, and what {@link assertMay} throws
 */
export async function takeOutOfRun(
  ctx: Ctx,
  of: NamedRun & { lineId: string; reason: string },
): Promise<void> {
  const run = await lockRun(ctx, of);
  assertMay(ctx, 'payment_run.take-out', { state: run.state });
  const payments = await store.findPayments(ctx.tx, run.id);
  const lines = await store.findLines(ctx.tx, idsOf(payments));
  const holding = lines.filter((line) => line.holds);
  const line = found(
    'payment_line',
    holding.find((one) => one.id === of.lineId),
  );
  if (holding.length === 1) throw ruleBroken('payment_run.is-empty', 'A run pays at least one invoice');
  const emptied = payments.filter(
    (payment) =>
      payment.id === line.paymentId && holding.every((one) => one === line || one.paymentId !== payment.id),
  );
  await giveBack(ctx, { run, lines: [line], reason: of.reason });
  await movePayments(ctx, emptied, 'cancel');
  await store.saveRun(ctx.tx, run);
  await record(ctx, {
    action: 'payment_run.invoice-taken-out',
    subject: { type: 'payment_run', id: run.id },
    from: run.state,
    to: run.state,
    reason: of.reason,
    changes: { reference: run.reference, invoice: line.invoiceReference },
  });
}

/**
 * Ends a run that was not released; its invoices are approved again.
 * @throws AppError `payment_run.not-found`, `payment_run.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function cancelPaymentRun(ctx: Ctx, of: NamedRun & { reason: string }): Promise<void> {
  const run = await lockRun(ctx, of);
  assertMay(ctx, 'payment_run.cancel', { state: run.state });
  const payments = await store.findPayments(ctx.tx, run.id);
  const lines = await store.findLines(ctx.tx, idsOf(payments));
  await giveBack(ctx, { run, lines: lines.filter((line) => line.holds), reason: of.reason });
  await movePayments(
    ctx,
    payments.filter((payment) => payment.state === 'planned'),
    'cancel',
  );
  const cancelled: PaymentRun = {
    ...run,
    state: paymentRunLifecycle.next(run.state, 'cancel'),
    cancellationReason: of.reason,
  };
  await store.saveRun(ctx.tx, cancelled);
  await recordRun(ctx, 'payment_run.cancelled', { before: run, after: cancelled, reason: of.reason });
}

/** What the table of rights asks about a run: who made it, also for somebody else. */
export const toDecideOnRun = async (ctx: Ctx, run: Pick<PaymentRun, 'id' | 'state' | 'createdBy'>) => ({
  state: run.state,
  ties: { owner: run.createdBy },
  behind: await findPersonsBehind(ctx, [run.id]),
});

/**
 * The run, held until the transaction ends.
 * @throws AppError `payment_run.not-found`, `payment_run.changed-meanwhile`
 */
export async function lockRun(ctx: Ctx, of: NamedRun): Promise<PaymentRun> {
  const run = found('payment_run', await store.lockRun(ctx.tx, { id: of.runId, ...placesOf(ctx.actor) }));
  if (run.version !== of.version)
    throw conflict('payment_run.changed-meanwhile', 'Somebody acted on the run meanwhile', {
      reference: run.reference,
    });
  return run;
}

/** Lets invoices go from their payments: they are approved again. */
export async function giveBack(
  ctx: Ctx,
  of: { run: PaymentRun; lines: readonly store.LineOfRun[]; reason: string },
): Promise<void> {
  const { run, lines, reason } = of;
  const ids = lines.filter((line) => line.retentionId === null).map((line) => line.invoiceId);
  const invoices = await store.lockInvoices(ctx.tx, { ids, ...placesOf(ctx.actor) });
  const retentions = await lockRetainedOf(ctx, lines);
  const states = invoices.map((invoice) => invoiceLifecycle.next(invoice.state, 'unschedule'));
  await store.letGo(ctx.tx, { lineIds: idsOf(lines), reason });
  await letApplicationsGo(ctx.tx, idsOf(lines));
  await store.moveInvoices(ctx.tx, { ids, state: states[0] ?? 'approved' });
  await recordInvoices(ctx, 'invoice.unscheduled', { run, invoices, from: 'scheduled', to: 'approved' });
  await moveRetained(ctx, { run, retentions, act: 'unschedule', paidOn: null });
}

const PAST = { order: 'ordered', cancel: 'cancelled' } as const;

/** Moves planned payments on, and records it. */
export async function movePayments(
  ctx: Ctx,
  payments: readonly store.PaymentOfRun[],
  act: keyof typeof PAST,
): Promise<void> {
  if (payments.length === 0) return;
  const moved = payments.map((payment) => ({
    ...payment,
    state: paymentLifecycle.next(payment.state, act),
  }));
  await store.savePayments(ctx.tx, moved);
  await recordPayments(ctx, `payment.${PAST[act]}`, moved, { from: 'planned', to: PAST[act] });
}

/** The ids of rows. */
export const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id);

const recordPayments = (
  ctx: Ctx,
  action: string,
  payments: readonly { id: string; reference: string; supplierId: string }[],
  move: { from?: string; to: string },
): Promise<string[]> =>
  recordAll(
    ctx,
    payments.map(({ id, reference, supplierId }) => ({
      action,
      subject: { type: 'payment', id },
      // What is only planned is not the supplier's to know yet.
      supplierId: move.to === 'ordered' ? supplierId : null,
      ...move,
      changes: { reference },
    })),
  );

/** Records the run's own move. */
export const recordRun = (
  ctx: Ctx,
  action: string,
  move: { before: PaymentRun; after: PaymentRun; reason?: string },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'payment_run', id: move.before.id },
    from: move.before.state,
    to: move.after.state,
    reason: move.reason ?? null,
    changes: { reference: move.before.reference, payOn: move.after.payOn },
  });

/** Records what a run did to its invoices, on each invoice's own timeline. */
export const recordInvoices = (
  ctx: Ctx,
  action: string,
  of: {
    run: Pick<PaymentRun, 'reference' | 'payOn'>;
    invoices: readonly Pick<store.InvoiceOfRun, 'id' | 'supplierId' | 'reference'>[];
    from: string;
    to: string;
    changes?: Readonly<Record<string, unknown>>;
  },
): Promise<string[]> =>
  recordAll(
    ctx,
    of.invoices.map((invoice) => ({
      action,
      subject: { type: 'invoice', id: invoice.id },
      supplierId: invoice.supplierId,
      from: of.from,
      to: of.to,
      changes: { reference: invoice.reference, run: of.run.reference, ...of.changes },
    })),
  );
