import { record, recordAll } from '../../audit/index.ts';
import { calendarAt } from '../../catalog/index.ts';
import { assertMay } from '../../identity/index.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { addDecimals, compareDecimals, type DecimalString, sumMoney } from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { Calendar } from '../../kernel/working-days.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { personIn } from '../invoices.service.ts';
import { todayOf } from '../payment-run.service.ts';
import { findBuyersOf } from './early-payment.queries.ts';
import * as store from './early-payment.store.ts';
import {
  accept,
  assertApproved,
  assertInBudget,
  assertOn,
  type EarlyPayment,
  earliestDay,
  earlyPaymentLifecycle,
  endProposal,
  houseOffer,
  propose,
  settle,
} from './early-payment.ts';
import { actOn } from './early-payment-act.ts';

/** What the days of today's offers are reckoned from. */
export async function daysOfOffers(ctx: Ctx): Promise<{ today: Day; earliest: Day; calendar: Calendar }> {
  const today = todayOf(ctx);
  const calendar = await calendarAt(ctx, null);
  return { today, calendar, earliest: earliestDay(today, { rule: ctx.policies.earlyPayment, calendar }) };
}

/**
 * A supplier takes what the house offers for payment on a day, on one invoice or on several at once: all, or none.
 * @param of.chosen each with what was shown to be taken off it
 * @throws AppError `early_payment.is-off`, `early_payment.nothing-chosen`, `early_payment.offer-changed` when it is not
 * what was shown, `early_payment.open-already`, `early_payment.invoice-not-approved`, `early_payment.budget-used`
 */
export async function takeHouseOffers(
  ctx: Ctx,
  of: { chosen: readonly { invoiceId: string; discount: DecimalString }[]; payOn: Day },
): Promise<void> {
  const rule = ctx.policies.earlyPayment;
  assertOn(rule);
  const shown = new Map(of.chosen.map((one) => [one.invoiceId, one.discount]));
  const invoices = await lockInvoices(ctx, [...shown.keys()]);
  const [currency, ...others] = new Set(invoices.map((invoice) => invoice.currency));
  if (currency === undefined || others.length > 0)
    throw ruleBroken('early_payment.nothing-chosen', 'Invoices of one currency are taken together');
  invoices.forEach(assertFree);
  const { earliest, today } = await daysOfOffers(ctx);
  const accepted = invoices.map((invoice): EarlyPayment => {
    const offer = houseOffer(invoice, { payOn: of.payOn, earliest, rule });
    if (offer === null || compareDecimals(offer.discountAmount, shown.get(invoice.id) ?? '0') !== 0)
      throw conflict('early_payment.offer-changed', 'Other figures were shown than there are now');
    const by = personIn(ctx);
    return {
      ...offer,
      id: newId(),
      invoiceId: invoice.id,
      supplierId: invoice.supplierId,
      offeredBy: 'house',
      dueOn: invoice.dueOn,
      currency,
      baseAmount: invoice.payable,
      takenAmount: null,
      state: earlyPaymentLifecycle.next('proposed', 'accept'),
      expiresOn: of.payOn,
      answer: null,
      madeBy: by,
      createdAt: ctx.now,
      decidedBy: by,
      decidedAt: ctx.now,
      version: 1,
    };
  });
  await assertWithinBudget(ctx, { all: accepted, currency, today });
  await store.insertEarlyPayments(ctx.tx, accepted);
  await recordAll(
    ctx,
    accepted.map((early) => actOn(early, 'accepted', referenceOf(invoices, early))),
  );
}

/** What of a currency's budget these take; held until the transaction ends, so that two never take the same rest. */
async function assertWithinBudget(
  ctx: Ctx,
  of: { all: readonly EarlyPayment[]; currency: string; today: Day },
): Promise<void> {
  const budget = ctx.policies.earlyPayment.budgets[of.currency] ?? null;
  if (budget === null) return;
  await store.lockBudget(ctx.tx, of.currency);
  const used = await store.findPaidEarly(ctx.tx, of);
  const base = addDecimals(of.all.map((early) => early.baseAmount));
  const off = addDecimals(of.all.map((early) => `-${early.discountAmount}`));
  assertInBudget({ budget, used, more: addDecimals([base, off]) });
}

/**
 * A supplier proposes a discount for payment on a day; finance answers until that day cannot be met any more.
 * @throws AppError `early_payment.is-off`, `early_payment.open-already`, `early_payment.invoice-not-approved`, and what
 * `propose` throws
 */
export async function proposeEarlyPayment(
  ctx: Ctx,
  of: { invoiceId: string; payOn: Day; discountAmount: DecimalString },
): Promise<void> {
  const rule = ctx.policies.earlyPayment;
  assertOn(rule);
  const [invoice] = await lockInvoices(ctx, [of.invoiceId]);
  const { currency, payable } = found('invoice', invoice);
  assertFree(found('invoice', invoice));
  const { earliest, calendar } = await daysOfOffers(ctx);
  const discountAmount = sumMoney([of.discountAmount], currency);
  const made = propose(found('invoice', invoice), { ...of, discountAmount, earliest, rule, calendar });
  const early: EarlyPayment = {
    ...made.offer,
    id: newId(),
    invoiceId: of.invoiceId,
    supplierId: found('invoice', invoice).supplierId,
    offeredBy: 'supplier',
    dueOn: found('invoice', invoice).dueOn,
    currency,
    baseAmount: payable,
    takenAmount: null,
    state: earlyPaymentLifecycle.initial,
    expiresOn: made.expiresOn,
    answer: null,
    madeBy: personIn(ctx),
    createdAt: ctx.now,
    decidedBy: null,
    decidedAt: null,
    version: 1,
  };
  await store.insertEarlyPayments(ctx.tx, [early]);
  await recordAll(ctx, [actOn(early, 'proposed', found('invoice', invoice).reference)]);
}

type Answered = { readonly invoiceId: string; readonly version: number };

/**
 * Finance accepts what a supplier proposed.
 * @throws AppError `early_payment.not-found`, `early_payment.changed-meanwhile`, `early_payment.budget-used`,
 * `early_payment.invoice-not-approved`, what `accept` throws, and what {@link assertMay} throws
 */
export async function acceptProposal(ctx: Ctx, of: Answered): Promise<void> {
  const { invoice, early: before } = await lockProposal(ctx, of);
  const buyer = await findBuyersOf(ctx, invoice.id);
  assertMay(ctx, 'early_payment.accept', { ...before, ties: { buyer } });
  assertApproved(invoice);
  const today = todayOf(ctx);
  const { payable } = invoice;
  const early = accept(before, { userId: personIn(ctx), at: ctx.now, today, payable });
  await assertWithinBudget(ctx, { all: [early], currency: early.currency, today });
  await store.saveDecision(ctx.tx, early);
  await recordAll(ctx, [actOn(early, 'accepted', invoice.reference)]);
}

/**
 * Finance refuses a proposal with a reason, or its supplier takes it back.
 * @throws AppError `early_payment.not-found`, `early_payment.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function endEarlyPayment(
  ctx: Ctx,
  of: Answered & { act: 'refuse' | 'withdraw'; reason: string | null },
): Promise<void> {
  const { invoice, early: before } = await lockProposal(ctx, of);
  assertMay(ctx, `early_payment.${of.act}`, before);
  const early = endProposal(before, of.act, { userId: personIn(ctx), at: ctx.now, answer: of.reason });
  await store.saveDecision(ctx.tx, early);
  const act = actOn(early, of.act === 'refuse' ? 'refused' : 'withdrawn', invoice.reference);
  await recordAll(ctx, [{ ...act, reason: of.reason }]);
}

/**
 * Ends the next proposal that nobody answered in time, or the next discount that was not paid for by its day; false when
 * there is none.
 */
export async function passTimeOnEarlyPayment(ctx: Ctx): Promise<boolean> {
  const before = await store.lockNextPassing(ctx.tx, todayOf(ctx));
  if (before === undefined) return false;
  const isProposal = before.state === 'proposed';
  const early: EarlyPayment = isProposal
    ? { ...before, state: earlyPaymentLifecycle.next(before.state, 'expire') }
    : settle(before, null);
  await store.saveSettled(ctx.tx, [early]);
  await record(ctx, actOn(early, isProposal ? 'expired' : 'void', null));
  return true;
}

const lockInvoices = (ctx: Ctx, ids: readonly string[]): Promise<store.InvoiceToOffer[]> =>
  store
    .lockInvoicesToOffer(ctx.tx, { ids, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) })
    .then((invoices) => {
      found('invoice', invoices.length === ids.length ? invoices : undefined);
      return invoices;
    });

/** @throws AppError `early_payment.invoice-not-approved`, `early_payment.open-already` */
function assertFree(invoice: store.InvoiceToOffer): void {
  assertApproved(invoice);
  if (invoice.hasOpen)
    throw ruleBroken('early_payment.open-already', 'Something is proposed or agreed for it', {
      reference: invoice.reference,
    });
}

async function lockProposal(
  ctx: Ctx,
  of: Answered,
): Promise<{ invoice: store.InvoiceToOffer; early: EarlyPayment }> {
  const [invoice] = await lockInvoices(ctx, [of.invoiceId]);
  const early = await store.lockOpen(ctx.tx, of.invoiceId);
  if (early === undefined || early.version !== of.version)
    throw conflict('early_payment.changed-meanwhile', 'Somebody answered it meanwhile', {
      reference: found('invoice', invoice).reference,
    });
  return { invoice: found('invoice', invoice), early };
}

const referenceOf = (invoices: readonly store.InvoiceToOffer[], early: EarlyPayment): string | null =>
  invoices.find((invoice) => invoice.id === early.invoiceId)?.reference ?? null;
