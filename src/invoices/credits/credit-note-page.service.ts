import { type TimelineEntry, timelineOf } from '../../audit/index.ts';
import { type Document, documentsOf } from '../../documents/index.ts';
import { may } from '../../identity/index.ts';
import { found, ruleBroken } from '../../kernel/errors.ts';
import {
  addDecimals,
  type DecimalString,
  isPositive,
  roundMoney,
  subtractDecimals,
} from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { withKey } from '../../kernel/tax.ts';
import { type Day, dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findById } from '../invoice.store.ts';
import type { Invoice } from '../invoice.ts';
import { findAccountsPeople } from '../invoices.queries.ts';
import type { TaxGroup } from '../totals.ts';
import { findLiveOfInvoice, findPayableOf, type NoteOfInvoice } from './credit-note.store.ts';
import {
  assertMayBeCredited,
  type CreditNote,
  leftByTax,
  leftToCredit,
  mayBeCredited,
} from './credit-note.ts';
import * as queries from './credit-notes.queries.ts';
import { findNote } from './credit-notes.service.ts';
import { findDebitNoteDetails } from './debit-note.store.ts';
import type { DebitClock } from './debit-note-clock.ts';

/** What can be done to a note, for those who may. */
const ACTS = ['approve', 'reject', 'take-back', 'accept', 'contest', 'revise', 'withdraw'] as const;

export type CreditNotePage = {
  readonly note: CreditNote;
  readonly names: queries.CreditNoteNames;
  readonly applications: readonly queries.ApplicationRow[];
  readonly openAmount: DecimalString;
  /** The amount as a form begins with it. */
  readonly claimed: DecimalString;
  readonly acts: ReadonlySet<(typeof ACTS)[number]>;
  readonly timeline: readonly TimelineEntry[];
  /** Ours, each time it was sent. */
  readonly documents: readonly Document[];
  /** By when its supplier answers; null where nothing is waited for. */
  readonly clock: DebitClock | null;
};

/** @throws AppError `credit_note.not-found` */
export async function getCreditNotePage(ctx: Ctx, id: string): Promise<CreditNotePage> {
  const note = await findNote(ctx, id);
  const applications = await queries.findApplicationsOfNote(ctx, id);
  return {
    note,
    names: found('credit_note', await queries.findCreditNoteNames(ctx, id)),
    applications,
    openAmount: subtractDecimals(note.grossAmount, addDecimals(applications.map((one) => one.amount))),
    claimed: roundMoney(note.grossAmount, note.currency),
    acts: new Set(ACTS.filter((act) => may(ctx, `credit_note.${act}`, note))),
    timeline: await timelineOf(ctx, id),
    documents: await documentsOf(ctx, 'credit_note', id),
    clock: note.state === 'sent' ? ((await findDebitNoteDetails(ctx.tx, id)) ?? null) : null,
  };
}

export const getCreditNoteList = (
  ctx: Ctx,
  filter: queries.CreditNoteFilter,
  page: PageRequest,
): Promise<Page<queries.CreditNoteRow>> => queries.listCreditNotes(ctx, filter, page);

export type CreditForm = {
  readonly invoice: Invoice;
  readonly earlier: readonly NoteOfInvoice[];
  readonly left: ReturnType<typeof leftToCredit>;
  readonly leftTaxes: readonly (TaxGroup & { readonly key: string })[];
  /** All that is left, as the form begins with it. */
  readonly suggested: DecimalString;
  readonly today: Day;
  readonly megabytes: number;
};

/** @throws AppError `invoice.not-found`, `credit_note.invoice-not-matched`, `credit_note.nothing-left` */
export async function getCreditForm(ctx: Ctx, invoiceId: string): Promise<CreditForm> {
  const scope = { id: invoiceId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const invoice = found('invoice', await findById(ctx.tx, scope));
  assertMayBeCredited(invoice.state);
  const earlier = await findLiveOfInvoice(ctx.tx, invoiceId);
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const left = leftToCredit(invoice, earlier);
  if (!isPositive(left.netAmount))
    throw ruleBroken('credit_note.nothing-left', 'All of the invoice is credited', {
      reference: invoice.reference,
    });
  return {
    invoice,
    earlier,
    left,
    leftTaxes: leftByTax(invoice, earlier)
      .filter((group) => isPositive(group.taxableAmount))
      .map(withKey),
    suggested: roundMoney(left.netAmount, invoice.currency),
    // West of us it may still be the day before the invoice's.
    today: today < invoice.issuedOn ? invoice.issuedOn : today,
    megabytes: Math.round(ctx.policies.limits.uploadBytes / 1_048_576),
  };
}

/** What an invoice's page says of credits. */
export type CreditsOfInvoice = {
  readonly notes: readonly NoteOfInvoice[];
  readonly applications: readonly queries.ApplicationRow[];
  readonly payable: DecimalString;
  readonly isCreditable: boolean;
};

/** Credits of an invoice that the actor may see. */
export async function creditsOfInvoice(
  ctx: Ctx,
  invoice: Pick<Invoice, 'id' | 'state' | 'netAmount' | 'grossAmount'>,
): Promise<CreditsOfInvoice> {
  const notes = await findLiveOfInvoice(ctx.tx, invoice.id);
  const applications = await queries.findApplicationsOfInvoice(ctx, invoice.id);
  const left = leftToCredit(invoice, notes);
  return {
    notes,
    applications,
    payable: await findPayableOf(ctx.tx, invoice.id),
    isCreditable: mayBeCredited(invoice.state) && isPositive(left.netAmount),
  };
}

/** What mails about a note say, and whom they go to at its supplier. */
export type CreditFacts = {
  readonly note: CreditNote;
  readonly names: queries.CreditNoteNames;
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `credit_note.not-found` */
export async function getCreditFacts(ctx: Ctx, id: string): Promise<CreditFacts> {
  const note = await findNote(ctx, id);
  return {
    note,
    names: found('credit_note', await queries.findCreditNoteNames(ctx, id)),
    supplierPeople: await findAccountsPeople(ctx, note.supplierId),
  };
}
