import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  shareOfMoney,
  subtractDecimals,
  sumMoney,
  trimDecimal,
} from '../../kernel/money.ts';
import { taxKey } from '../../kernel/tax.ts';
import type { Day } from '../../kernel/time.ts';
import type { InvoiceState } from '../invoice.ts';
import { sumsOf, type TaxGroup, type Totals, taxOn } from '../totals.ts';

/**
 * What makes invoices cheaper: a supplier's credit note, which finance approves, and our debit note, which the supplier
 * accepts or contests. Silence is no answer.
 */
export const creditNoteLifecycle = defineLifecycle('credit_note', 'draft', {
  draft: { submit: 'submitted', send: 'sent' },
  submitted: { approve: 'approved', reject: 'rejected', 'take-back': 'withdrawn' },
  sent: { accept: 'approved', contest: 'contested', withdraw: 'withdrawn' },
  contested: { revise: 'sent', accept: 'approved', withdraw: 'withdrawn' },
  approved: {},
  rejected: {},
  withdrawn: {},
});
export type CreditNoteState = (typeof creditNoteLifecycle.states)[number];

/** The states that one rests in, for filters. */
export const creditNoteStates = [
  'submitted',
  'sent',
  'contested',
  'approved',
  'rejected',
  'withdrawn',
] as const satisfies readonly CreditNoteState[];

export const creditNoteKinds = ['credit_note', 'debit_note'] as const;

export type CreditNote = {
  readonly id: string;
  /** Ours: `CN-…` for the supplier's, `DN-…` for our own. */
  readonly reference: string;
  readonly kind: (typeof creditNoteKinds)[number];
  readonly supplierId: string;
  readonly orderId: string;
  /** What a credit note is against; null for a debit note. */
  readonly invoiceId: string | null;
  /** What a debit note is for; null for a credit note. */
  readonly nonconformanceId: string | null;
  /** The supplier's own number of its credit note. */
  readonly supplierNumber: string | null;
  readonly currency: string;
  readonly issuedOn: Day;
  readonly reason: string;
  readonly netAmount: DecimalString;
  readonly taxAmount: DecimalString;
  readonly grossAmount: DecimalString;
  /** What of it bears each tax, and the tax on it: net and tax are their sums. */
  readonly taxes: readonly TaxGroup[];
  readonly state: CreditNoteState;
  readonly answer: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly version: number;
};

/** What of an invoice no credit note has taken, without and with its tax. */
export const leftToCredit = (
  invoice: Pick<CreditNote, 'netAmount' | 'grossAmount'>,
  earlier: readonly Pick<CreditNote, 'netAmount' | 'grossAmount'>[],
): { netAmount: DecimalString; grossAmount: DecimalString } => ({
  netAmount: subtractDecimals(invoice.netAmount, addDecimals(earlier.map((one) => one.netAmount))),
  grossAmount: subtractDecimals(invoice.grossAmount, addDecimals(earlier.map((one) => one.grossAmount))),
});

type Taxed = { readonly taxes: readonly TaxGroup[] };

/** What of each tax of an invoice no credit note has taken. */
export function leftByTax(invoice: Taxed, earlier: readonly Taxed[]): TaxGroup[] {
  const credited = earlier.flatMap((note) => note.taxes);
  return invoice.taxes.map((group) => {
    const taken = credited.filter((one) => taxKey(one) === taxKey(group));
    const left = (which: 'taxableAmount' | 'taxAmount') =>
      subtractDecimals(group[which], addDecimals(taken.map((one) => one[which])));
    return { ...group, taxableAmount: left('taxableAmount'), taxAmount: left('taxAmount') };
  });
}

/**
 * The sums of a credit note: of all that bears any tax in proportion to what is left of it, or of one tax alone. The tax
 * of each is what the tax on all that is credited of it grows by, and with its last unit all that is left, so that
 * however many credits add up to the invoice, group by group.
 * @throws AppError `credit_note.above-what-is-left`, `credit_note.tax-not-on-invoice`
 */
export function creditFigures(
  netAmount: DecimalString,
  of: {
    invoice: Taxed & Pick<CreditNote, 'currency'>;
    earlier: readonly Taxed[];
    /** Of this tax alone, as a key; null for all. */
    only: string | null;
  },
): Totals {
  const { currency } = of.invoice;
  const left = leftByTax(of.invoice, of.earlier).filter(
    (group) => of.only === null || taxKey(group) === of.only,
  );
  if (left.length === 0)
    throw ruleBroken('credit_note.tax-not-on-invoice', 'The invoice has nothing that is taxed so');
  const most = addDecimals(left.map((group) => group.taxableAmount));
  if (compareDecimals(netAmount, most) > 0)
    throw ruleBroken('credit_note.above-what-is-left', 'More than what is left of the invoice', {
      left: isPositive(most) ? sumMoney([most], currency) : '0',
      currency,
    });
  const whole = new Map(of.invoice.taxes.map((group) => [taxKey(group), group.taxableAmount]));
  const shares = inProportion(
    sumMoney([netAmount], currency),
    left.map((group) => group.taxableAmount),
    currency,
  );
  const taxes = left.flatMap((group, index): TaxGroup[] => {
    const taxableAmount = shares[index] ?? '0';
    if (isZero(taxableAmount)) return [];
    const taxAmount = taxCredited({ left: group, taxableAmount, whole: whole.get(taxKey(group)), currency });
    return [{ ...group, taxableAmount, taxAmount }];
  });
  return sumsOf(taxes, currency);
}

function taxCredited(of: {
  left: TaxGroup;
  taxableAmount: DecimalString;
  whole: DecimalString | undefined;
  currency: string;
}): DecimalString {
  const { left, taxableAmount, currency } = of;
  if (compareDecimals(taxableAmount, left.taxableAmount) >= 0) return sumMoney([left.taxAmount], currency);
  const before = subtractDecimals(of.whole ?? left.taxableAmount, left.taxableAmount);
  const at = { rate: left.rate, currency };
  const grown = subtractDecimals(taxOn(addDecimals([before, taxableAmount]), at), taxOn(before, at));
  return sumMoney([compareDecimals(grown, left.taxAmount) > 0 ? left.taxAmount : grown], currency);
}

/**
 * An amount shared out in proportion, to the last unit, and of none more than it has: each share is what the rounded sum
 * of the shares up to it grows by.
 */
function inProportion(
  amount: DecimalString,
  parts: readonly DecimalString[],
  currency: string,
): DecimalString[] {
  const whole = addDecimals(parts);
  if (isZero(whole)) return parts.map(() => '0');
  const upTo = (count: number): DecimalString =>
    shareOfMoney(amount, { part: addDecimals(parts.slice(0, count)), whole, currency });
  return parts.map((_, index) => sumMoney([subtractDecimals(upTo(index + 1), upTo(index))], currency));
}

/** The sums of a claim: compensation is no supply, so it is outside the scope of the tax. */
export const claimSums = (amount: DecimalString, currency: string): Totals =>
  sumsOf([{ category: 'O', rate: '0', taxableAmount: amount, taxAmount: '0' }], currency);

/** Before its approval an invoice is corrected or rejected; credit is for what was matched. */
export const mayBeCredited = (state: InvoiceState): boolean =>
  state === 'pending_approval' || isCleared(state);

const isCleared = (state: InvoiceState): boolean =>
  state === 'approved' || state === 'scheduled' || state === 'paid' || state === 'credited';

/** @throws AppError `credit_note.invoice-not-matched` */
export function assertMayBeCredited(state: InvoiceState): void {
  if (!mayBeCredited(state))
    throw ruleBroken('credit_note.invoice-not-matched', 'Only a matched invoice is credited', { state });
}

/**
 * Finance takes a supplier's credit note, once it has approved the invoice itself.
 * @throws AppError `credit_note.invoice-not-approved`, `credit_note.cannot-approve`
 */
export function approveCredit(
  note: CreditNote,
  by: { userId: string; at: Date; invoiceState: InvoiceState },
): CreditNote {
  const state = creditNoteLifecycle.next(note.state, 'approve');
  if (!isCleared(by.invoiceState))
    throw ruleBroken('credit_note.invoice-not-approved', 'The invoice is decided on first');
  return { ...note, state, decidedBy: by.userId, decidedAt: by.at };
}

/** @throws AppError `credit_note.cannot-<act>` */
export const answerWith = (
  note: CreditNote,
  act: 'reject' | 'take-back' | 'accept' | 'contest' | 'withdraw',
  by: { userId: string; at: Date; answer: string | null },
): CreditNote => ({
  ...note,
  state: creditNoteLifecycle.next(note.state, act),
  answer: by.answer ?? note.answer,
  decidedBy: by.userId,
  decidedAt: by.at,
});

/**
 * A debit note that was contested, with another amount or for the same one; the supplier answers it again.
 * @throws AppError `credit_note.cannot-revise`, `credit_note.above-what-was-claimed`
 */
export function reviseDebit(note: CreditNote, by: { amount: DecimalString; answer: string }): CreditNote {
  const state = creditNoteLifecycle.next(note.state, 'revise');
  if (compareDecimals(by.amount, note.grossAmount) > 0)
    throw ruleBroken('credit_note.above-what-was-claimed', 'A claim is not raised by revising it', {
      most: trimDecimal(note.grossAmount),
      currency: note.currency,
    });
  const amount = sumMoney([by.amount], note.currency);
  return {
    ...note,
    state,
    answer: by.answer,
    ...claimSums(amount, note.currency),
    decidedBy: null,
    decidedAt: null,
  };
}

/** An invoice that credits can be applied to, with what is still to be paid of it. */
export type Creditable = {
  readonly id: string;
  readonly supplierId: string;
  readonly payable: DecimalString;
};
/** An approved note with what of it no invoice has taken. */
export type OpenCredit = {
  readonly id: string;
  readonly supplierId: string;
  readonly invoiceId: string | null;
  readonly open: DecimalString;
};
export type Application = {
  readonly creditNoteId: string;
  readonly invoiceId: string;
  readonly amount: DecimalString;
};

/**
 * Which credit makes which invoice cheaper: its own invoice first, then a supplier's invoices in their order, each from
 * the supplier's credits in theirs. Never more than an invoice is, nor than a credit has.
 */
export function planCredits(
  invoices: readonly Creditable[],
  credits: readonly OpenCredit[],
): readonly Application[] {
  const payable = new Map(invoices.map((invoice) => [invoice.id, invoice.payable]));
  const open = new Map(credits.map((credit) => [credit.id, credit.open]));
  const planned: Application[] = [];
  const apply = (credit: OpenCredit, invoice: Creditable): void => {
    const [has, asks] = [open.get(credit.id) ?? '0', payable.get(invoice.id) ?? '0'];
    const amount = compareDecimals(has, asks) < 0 ? has : asks;
    if (!isPositive(amount)) return;
    open.set(credit.id, subtractDecimals(has, amount));
    payable.set(invoice.id, subtractDecimals(asks, amount));
    planned.push({ creditNoteId: credit.id, invoiceId: invoice.id, amount });
  };
  for (const invoice of invoices)
    for (const credit of credits) if (credit.invoiceId === invoice.id) apply(credit, invoice);
  for (const invoice of invoices)
    for (const credit of credits)
      if (credit.supplierId === invoice.supplierId && credit.invoiceId !== invoice.id) apply(credit, invoice);
  return planned;
}
