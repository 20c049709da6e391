import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { isSeparated, may, mayUse } from '../identity/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { addDecimals, type DecimalString, isZero, subtractDecimals } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { addDays, type Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { accountTailsOf } from '../suppliers/index.ts';
import { findOpenCredits } from './credits/credit-note.store.ts';
import { findApplicationsOfPayments } from './credits/credit-notes.queries.ts';
import { findAgreed } from './early-payment/early-payment.store.ts';
import { inTimeFor } from './early-payment/early-payment.ts';
import {
  findPayable,
  findPayableCurrencies,
  findPayment,
  findRunNames,
  listRuns,
  type PayableRow,
  type PaymentShown,
  type RunRow,
} from './payment-run.queries.ts';
import { toDecideOnRun, todayOf } from './payment-run.service.ts';
import { findLines, findPayments, findRun, type LineOfRun, type PaymentOfRun } from './payment-run.store.ts';
import {
  amountOf,
  INVOICES_AT_MOST,
  type PaymentRun,
  type PaymentRunState,
  planPayments,
} from './payment-run.ts';
import { findReleased } from './retentions/retention.store.ts';

/** A week of payments is the usual run. */
const AHEAD_DAYS = 7;

/** What a new run is made from: the invoices that can be paid, by supplier, and which of them are ticked. */
export type RunPreview = {
  readonly currencies: readonly string[];
  readonly currency: string;
  readonly dueUntil: Day;
  readonly payOn: Day;
  readonly today: Day;
  readonly suppliers: readonly {
    name: string;
    amount: DecimalString;
    invoices: readonly (PayableRow & {
      readonly creditedAmount: DecimalString;
      readonly discountAmount: DecimalString;
    })[];
  }[];
  readonly hasCredits: boolean;
  readonly hasDiscounts: boolean;
  readonly ticked: ReadonlySet<string>;
  readonly tickedAmount: DecimalString;
  readonly invoiceCount: number;
};

/** @param of.ticked what was ticked when the form was sent; null ticks all */
export async function getRunPreview(
  ctx: Ctx,
  of: {
    currency: string | null;
    dueUntil: Day | null;
    payOn: Day | null;
    ticked: ReadonlySet<string> | null;
  },
): Promise<RunPreview> {
  const today = todayOf(ctx);
  const currencies = await findPayableCurrencies(ctx);
  const currency = of.currency ?? currencies[0] ?? ctx.policies.company.currency;
  const dueUntil = of.dueUntil ?? addDays(today, AHEAD_DAYS);
  const persons = personsOf(ctx.actor);
  const payable = await findPayable(ctx, { currency, dueUntil, persons });
  const rows = [...payable, ...(await findReleasedRows(ctx, { currency, persons, count: payable.length }))];
  const chosen = rows.filter((row) => of.ticked?.has(row.id) ?? true);
  const payOn = of.payOn ?? today;
  const shown = await withCredits(ctx, { rows, chosen, currency, payOn });
  const bySupplier = new Map<string, typeof shown>();
  for (const row of shown) bySupplier.set(row.supplierId, [...(bySupplier.get(row.supplierId) ?? []), row]);
  return {
    currencies: [...new Set([currency, ...currencies])],
    currency,
    dueUntil,
    payOn,
    today,
    suppliers: [...bySupplier.values()].map((invoices) => ({
      name: invoices[0]?.supplierName ?? '',
      amount: addDecimals(invoices.map((row) => row.toPay)),
      invoices,
    })),
    hasCredits: shown.some((row) => !isZero(row.creditedAmount)),
    hasDiscounts: shown.some((row) => row.earlyPayOn !== null),
    ticked: new Set(chosen.map((row) => row.id)),
    tickedAmount: addDecimals(shown.filter((row) => chosen.includes(row.row)).map((row) => row.toPay)),
    invoiceCount: rows.length,
  };
}

/** What was held back and is released, as far as a run has room for it. */
async function findReleasedRows(
  ctx: Ctx,
  of: { currency: string; persons: readonly string[]; count: number },
): Promise<PayableRow[]> {
  const limit = INVOICES_AT_MOST - of.count;
  const released = await findReleased(ctx.tx, { ...of, limit, ...placesOf(ctx.actor) });
  return released.map((one) => ({ ...one, earlyPayOn: null }));
}

/** Each invoice with what credits and discounts would take off it, were the run made of those that are ticked. */
async function withCredits(
  ctx: Ctx,
  of: { rows: readonly PayableRow[]; chosen: readonly PayableRow[]; currency: string; payOn: Day },
) {
  const supplierIds = [...new Set(of.chosen.map((row) => row.supplierId))];
  const credits = await findOpenCredits(ctx.tx, { supplierIds, currency: of.currency });
  const ids = of.chosen.filter((row) => row.earlyPayOn !== null).map((row) => row.id);
  const agreed = ids.length === 0 ? [] : await findAgreed(ctx.tx, ids);
  const discounts = inTimeFor(new Map(agreed.map((early) => [early.invoiceId, early])), of.payOn);
  const planned = of.chosen.length === 0 ? [] : planPayments(of.chosen, credits, discounts);
  const byInvoice = new Map(
    planned.flatMap((payment) => payment.lines.map((line) => [line.invoice.id, line] as const)),
  );
  return of.rows.map((row) => {
    const line = byInvoice.get(row.id);
    const toPay = line?.amount ?? row.payable;
    const discountAmount = line?.discount?.amount ?? '0';
    const creditedAmount = subtractDecimals(row.grossAmount, addDecimals([toPay, discountAmount]));
    return { ...row, row, toPay, discountAmount, creditedAmount };
  });
}

/** One page of the runs the actor may see. */
export const getRunList = (
  ctx: Ctx,
  of: { filter: { state: PaymentRunState | null }; page: PageRequest },
): Promise<Page<RunRow>> => listRuns(ctx, of.filter, of.page);

/** A payment with its lines; those that were let go stand apart. */
export type PaymentWithLines = PaymentOfRun & {
  readonly lines: readonly LineOfRun[];
  readonly gone: readonly LineOfRun[];
  readonly credits: readonly CreditOfPayment[];
};
type CreditOfPayment = Awaited<ReturnType<typeof findApplicationsOfPayments>>[number];

export type RunPage = {
  readonly run: PaymentRun;
  readonly makerName: string;
  readonly releaserName: string | null;
  readonly payments: readonly PaymentWithLines[];
  readonly amount: DecimalString;
  readonly invoiceCount: number;
  readonly mayRelease: boolean;
  /** The last characters of the account each supplier is paid to; one without an account has no entry. */
  readonly accountTails: Readonly<Record<string, string>>;
  /** This person made it: somebody else releases it. */
  readonly isOwn: boolean;
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `payment_run.not-found` */
export async function getRunPage(ctx: Ctx, runId: string): Promise<RunPage> {
  const run = found('payment_run', await findRun(ctx.tx, { id: runId, ...placesOf(ctx.actor) }));
  const payments = await findPayments(ctx.tx, run.id);
  const ids = payments.map((payment) => payment.id);
  const lines = await findLines(ctx.tx, ids);
  const credits = await findApplicationsOfPayments(ctx, ids);
  const asked = await toDecideOnRun(ctx, run);
  return {
    run,
    ...found('payment_run', await findRunNames(ctx, runId)),
    payments: payments.map((payment) => {
      const own = lines.filter((line) => line.paymentId === payment.id);
      return {
        ...payment,
        lines: own.filter((line) => line.holds),
        gone: own.filter((line) => !line.holds),
        credits: credits.filter((credit) => credit.paymentId === payment.id),
      };
    }),
    amount: amountOf(lines),
    invoiceCount: lines.filter((line) => line.holds).length,
    accountTails: await accountTailsOf(
      ctx,
      payments.map((payment) => payment.supplierId),
    ),
    mayRelease: may(ctx, 'payment_run.release', asked),
    isOwn: isSeparated(ctx, 'payment_run.release', asked),
    timeline: await timelineOf(ctx, runId),
  };
}

/**
 * A run whose payments are with the bank, or were: what is exported, and what results are noted of.
 * @throws AppError `payment_run.not-found`, `payment_run.is-not-released`
 */
export async function getReleasedRun(ctx: Ctx, runId: string): Promise<RunPage> {
  const page = await getRunPage(ctx, runId);
  if (page.run.releasedAt === null)
    throw ruleBroken('payment_run.is-not-released', 'Nothing goes to the bank before the release', {
      reference: page.run.reference,
    });
  return page;
}

/** A payment with its invoices, for its supplier and for staff. */
export type PaymentPage = {
  readonly payment: PaymentShown;
  readonly lines: readonly LineOfRun[];
  readonly amount: DecimalString;
  /** What was taken off, by the credit that took it. */
  readonly credits: readonly CreditOfPayment[];
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `payment.not-found` */
export async function getPaymentPage(ctx: Ctx, paymentId: string): Promise<PaymentPage> {
  const payment = found('payment', await findPayment(ctx, paymentId));
  const all = await findLines(ctx.tx, [paymentId]);
  // Of a payment the bank refused, the lines say what it was for.
  const lines = payment.state === 'refused' ? all : all.filter((line) => line.holds);
  return {
    payment,
    lines,
    amount: addDecimals(lines.map((line) => line.amount)),
    credits: await findApplicationsOfPayments(ctx, [paymentId]),
    timeline: await timelineOf(ctx, paymentId),
  };
}

/** May this member of staff read the remittance advice of a payment? */
export const mayReadAdvice = async (ctx: Ctx, document: { subject: { id: string } }): Promise<boolean> =>
  mayUse(ctx, 'payment.read') && (await findPayment(ctx, document.subject.id)) !== undefined;
