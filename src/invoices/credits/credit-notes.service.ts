import { record, recordAll } from '../../audit/index.ts';
import { assertMay } from '../../identity/index.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { compareDecimals, type DecimalString, isZero, sumMoney } from '../../kernel/money.ts';
import { type Day, dayIn } from '../../kernel/time.ts';
import type { PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { nextReference } from '../../platform/db/reference.ts';
import { placesOf } from '../../platform/db/scope.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { findPrepaidInvoice } from '../instalments/instalment.store.ts';
import { openOf } from '../instalments/prepaid.ts';
import * as invoices from '../invoice.store.ts';
import { type Invoice, invoiceLifecycle } from '../invoice.ts';
import { normaliseNumber } from '../invoice-number.ts';
import { closeOrdersWhenPaid, latestDay, lockInvoice, personIn } from '../invoices.service.ts';
import { settleStatements } from '../statements/statement-invoiced.service.ts';
import { keepOwnDocument } from '../uploads/own-document.service.ts';
import { refuseUsedNumber } from '../used-number.service.ts';
import * as store from './credit-note.store.ts';
import {
  answerWith,
  approveCredit,
  assertMayBeCredited,
  type CreditNote,
  claimSums,
  creditFigures,
  creditNoteLifecycle,
  reviseDebit,
} from './credit-note.ts';
import { awaitAnswer } from './debit-notes.service.ts';

export type EnteredCredit = {
  readonly supplierNumber: string;
  readonly issuedOn: Day;
  readonly netAmount: DecimalString;
  /** Only of what is taxed so; null in proportion to all. */
  readonly tax: string | null;
  readonly reason: string;
};

/**
 * A supplier credits one of its invoices, by at most what is left of it.
 * @throws AppError `invoice.not-found`, `credit_note.invoice-not-matched`, `credit_note.above-what-is-left`,
 * `credit_note.tax-not-on-invoice`, `credit_note.prepayment-is-used`,
 * `credit_note.issued-in-the-future`, `credit_note.issued-before-the-invoice`, `invoice.figures-refused` for a used number
 */
export async function submitCreditNote(
  ctx: Ctx,
  of: { invoiceId: string; entered: EnteredCredit; files?: readonly UploadedFile[] },
): Promise<string> {
  const { entered } = of;
  const { invoice } = await lockInvoice(ctx, of);
  assertMayBeCredited(invoice.state);
  if (entered.issuedOn > latestDay(ctx))
    throw ruleBroken('credit_note.issued-in-the-future', 'A credit note bears no date to come');
  if (entered.issuedOn < invoice.issuedOn)
    throw ruleBroken('credit_note.issued-before-the-invoice', 'It comes after its invoice', {
      day: invoice.issuedOn,
    });
  const earlier = await store.findLiveOfInvoice(ctx.tx, invoice.id);
  const figures = creditFigures(entered.netAmount, { invoice, earlier, only: entered.tax });
  await assertNotUsed(ctx, { invoice, grossAmount: figures.grossAmount });
  const normalisedNumber = normaliseNumber(entered.supplierNumber);
  await refuseUsedNumber(ctx, { supplierId: invoice.supplierId, normalisedNumber, except: null });
  const note = await newNote(ctx, {
    ...figures,
    kind: 'credit_note',
    supplierId: invoice.supplierId,
    orderId: invoice.orderId,
    invoiceId: invoice.id,
    nonconformanceId: null,
    supplierNumber: entered.supplierNumber,
    currency: invoice.currency,
    issuedOn: entered.issuedOn,
    reason: entered.reason,
    state: creditNoteLifecycle.next('draft', 'submit'),
    createdBy: personIn(ctx),
  });
  await store.insertCreditNote(ctx.tx, { ...note, normalisedNumber });
  for (const file of of.files ?? [])
    await keepOwnDocument(ctx, {
      subject: { type: 'credit_note', id: note.id },
      supplierId: note.supplierId,
      file,
      accepted: ['pdf', 'png', 'jpg', 'jpeg'],
    });
  await recordNote(ctx, 'credit_note.submitted', { from: 'draft', note });
  return note.id;
}

/**
 * Of what was paid in advance only that is credited which no later invoice was less by.
 * @throws AppError `credit_note.prepayment-is-used`
 */
async function assertNotUsed(
  ctx: Ctx,
  { invoice, grossAmount }: { invoice: Invoice; grossAmount: DecimalString },
): Promise<void> {
  if (invoice.instalmentId === null) return;
  const open = openOf(found('invoice', await findPrepaidInvoice(ctx.tx, invoice.id)));
  if (compareDecimals(grossAmount, open) > 0)
    throw ruleBroken('credit_note.prepayment-is-used', 'Later invoices were less by it', {
      open: sumMoney([open], invoice.currency),
      currency: invoice.currency,
    });
}

/** What we claim of a supplier for goods that were not as they should be. */
export type Claim = {
  readonly nonconformanceId: string;
  readonly supplierId: string;
  readonly orderId: string;
  readonly currency: string;
  readonly amount: DecimalString;
  readonly reason: string;
  readonly claimedBy: string;
};

/** Sends a supplier our debit note. Calling it again for the same nonconformance does nothing. */
export async function sendDebitNote(ctx: Ctx, claim: Claim): Promise<void> {
  if ((await store.findDebitOf(ctx.tx, claim.nonconformanceId)) !== undefined) return;
  const note = await newNote(ctx, {
    kind: 'debit_note',
    supplierId: claim.supplierId,
    orderId: claim.orderId,
    invoiceId: null,
    nonconformanceId: claim.nonconformanceId,
    supplierNumber: null,
    currency: claim.currency,
    issuedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    reason: claim.reason,
    ...claimSums(claim.amount, claim.currency),
    state: creditNoteLifecycle.next('draft', 'send'),
    createdBy: claim.claimedBy,
  });
  await store.insertCreditNote(ctx.tx, { ...note, normalisedNumber: null });
  await awaitAnswer(ctx, { id: note.id, isAgain: false });
  await recordNote(ctx, 'credit_note.sent', { from: 'draft', note });
}

const newNote = async (
  ctx: Ctx,
  of: Omit<CreditNote, 'id' | 'reference' | 'createdAt' | 'answer' | 'decidedBy' | 'decidedAt' | 'version'>,
): Promise<CreditNote> => ({
  ...of,
  id: newId(),
  reference: await nextReference(ctx.tx, of.kind === 'credit_note' ? 'CN' : 'DN', ctx.now),
  answer: null,
  createdAt: ctx.now,
  decidedBy: null,
  decidedAt: null,
  version: 1,
});

type Named = { readonly creditNoteId: string; readonly version: number };

/**
 * Finance takes a supplier's credit note. An invoice that no payment run holds is cheaper from now on, and ends when
 * nothing is left of it; what is over waits for the supplier's next invoices.
 * @throws AppError `credit_note.not-found`, `credit_note.changed-meanwhile`, `credit_note.invoice-not-approved`, and
 * what {@link assertMay} throws
 */
export async function approveCreditNote(ctx: Ctx, of: Named): Promise<void> {
  const before = await findNote(ctx, of.creditNoteId);
  assertMay(ctx, 'credit_note.approve', before);
  const invoiceId = found('invoice', before.invoiceId);
  const { invoice, orders } = await lockInvoice(ctx, { invoiceId });
  const locked = await lockNote(ctx, of);
  assertMay(ctx, 'credit_note.approve', locked);
  const by = { userId: personIn(ctx), at: ctx.now, invoiceState: invoice.state };
  const note = approveCredit(locked, by);
  await store.saveCreditNote(ctx.tx, note);
  await recordNote(ctx, 'credit_note.approved', { from: locked.state, note });
  if (invoice.state === 'approved') await applyToOwn(ctx, { note, invoice, orders });
  // What was paid in advance may be used up by it.
  else if (invoice.instalmentId !== null) await closeOrdersWhenPaid(ctx, orders);
}

async function applyToOwn(
  ctx: Ctx,
  of: { note: CreditNote; invoice: Invoice; orders: readonly PurchaseOrder[] },
): Promise<void> {
  const { note, invoice } = of;
  const payable = await store.findPayableOf(ctx.tx, invoice.id);
  const amount = compareDecimals(note.grossAmount, payable) < 0 ? note.grossAmount : payable;
  if (isZero(amount)) return;
  const application = { creditNoteId: note.id, invoiceId: invoice.id, amount, paymentLineId: null };
  await store.insertApplications(ctx.tx, [application], ctx.now);
  if (compareDecimals(amount, payable) < 0) return;
  const credited = { ...invoice, state: invoiceLifecycle.next(invoice.state, 'offset') };
  await invoices.saveInvoice(ctx.tx, credited);
  await record(ctx, {
    action: 'invoice.credited',
    subject: { type: 'invoice', id: invoice.id },
    supplierId: invoice.supplierId,
    from: invoice.state,
    to: credited.state,
    changes: { reference: invoice.reference, creditNote: note.reference },
  });
  await closeOrdersWhenPaid(ctx, of.orders);
  await settleStatements(ctx, [invoice.id]);
}

/** What is answered to a note, in words, and what it is called in the record. */
const PAST = {
  reject: 'rejected',
  'take-back': 'taken-back',
  accept: 'accepted',
  contest: 'contested',
  withdraw: 'withdrawn',
} as const;

/**
 * Finance rejects a credit note, or its supplier takes it back; the supplier accepts our debit note or contests it; we
 * withdraw ours.
 * @throws AppError `credit_note.not-found`, `credit_note.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function answerCreditNote(
  ctx: Ctx,
  of: Named & { act: keyof typeof PAST; answer: string | null },
): Promise<void> {
  const before = await lockNote(ctx, of);
  assertMay(ctx, `credit_note.${of.act}`, before);
  const note = answerWith(before, of.act, { userId: personIn(ctx), at: ctx.now, answer: of.answer });
  await store.saveCreditNote(ctx.tx, note);
  await recordNote(ctx, `credit_note.${PAST[of.act]}`, { from: before.state, note, reason: of.answer });
}

/**
 * We answer what was contested, with less or with the same; the supplier is asked again.
 * @throws AppError `credit_note.not-found`, `credit_note.changed-meanwhile`, `credit_note.above-what-was-claimed`, and
 * what {@link assertMay} throws
 */
export async function reviseDebitNote(
  ctx: Ctx,
  of: Named & { amount: DecimalString; reason: string },
): Promise<void> {
  const before = await lockNote(ctx, of);
  assertMay(ctx, 'credit_note.revise', before);
  const note = reviseDebit(before, { amount: of.amount, answer: of.reason });
  await store.saveCreditNote(ctx.tx, note);
  await awaitAnswer(ctx, { id: note.id, isAgain: true });
  await recordNote(ctx, 'credit_note.revised', { from: before.state, note, reason: of.reason });
}

/** What was credited of an invoice that is refused itself, is refused with it. */
export async function rejectNotesOf(ctx: Ctx, invoiceId: string, answer: string): Promise<void> {
  const by = personIn(ctx);
  const rejected = await store.rejectWaitingOf(ctx.tx, { invoiceId, by, at: ctx.now, answer });
  if (rejected.length === 0) return;
  await recordAll(
    ctx,
    rejected.map(({ id, reference, supplierId }) => ({
      action: 'credit_note.rejected',
      subject: { type: 'credit_note', id },
      supplierId,
      from: 'submitted',
      to: 'rejected',
      reason: answer,
      changes: { reference },
    })),
  );
}

const scopeOf = (ctx: Ctx, id: string) => ({ id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** @throws AppError `credit_note.not-found` */
export const findNote = async (ctx: Ctx, id: string): Promise<CreditNote> =>
  found('credit_note', await store.findCreditNote(ctx.tx, scopeOf(ctx, id)));

async function lockNote(ctx: Ctx, of: Named): Promise<CreditNote> {
  const note = found('credit_note', await store.lockCreditNote(ctx.tx, scopeOf(ctx, of.creditNoteId)));
  if (note.version !== of.version)
    throw conflict('credit_note.changed-meanwhile', 'Somebody acted on it meanwhile', {
      reference: note.reference,
    });
  return note;
}

const recordNote = (
  ctx: Ctx,
  action: string,
  of: { from: string; note: CreditNote; reason?: string | null },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'credit_note', id: of.note.id },
    supplierId: of.note.supplierId,
    from: of.from,
    to: of.note.state,
    reason: of.reason ?? null,
    changes: { reference: of.note.reference, amount: of.note.grossAmount, currency: of.note.currency },
  });
