import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import { compareDecimals, type DecimalString } from '../../kernel/money.ts';
import { readTax, type Tax } from '../../kernel/tax.ts';
import type { Day } from '../../kernel/time.ts';
import type { BillableCharge } from '../../orders/index.ts';
import { suggestedAmount } from '../charges/invoice-charge.ts';
import { exemptionsIn } from '../exemptions.ts';
import { type BillableLine, type EnteredInvoice, type Figures, suggestedQuantity } from '../figures.ts';
import { proposedTaxes } from '../invoice-form.ts';
import type { TaxGroup } from '../totals.ts';

/** The kind of document that a self-billed invoice is. @source UNTDID 1001 */
export const SELF_BILLED_TYPE = '389';

/** An invoice that we made for its supplier, until the supplier has accepted it; then the invoice goes its own way. */
export const selfBilledInvoiceLifecycle = defineLifecycle('self_billed_invoice', 'draft', {
  // Of a statement that its supplier has confirmed, line by line, nothing is left to accept.
  draft: { send: 'sent', issue: 'accepted' },
  sent: { accept: 'accepted', contest: 'contested', withdraw: 'withdrawn' },
  contested: { revise: 'sent', withdraw: 'withdrawn' },
  accepted: {},
  withdrawn: {},
});
export type SelfBilledInvoiceState = (typeof selfBilledInvoiceLifecycle.states)[number];

/** The states that one rests in, for filters. */
export const selfBilledStates = [
  'sent',
  'contested',
  'accepted',
  'withdrawn',
] as const satisfies readonly SelfBilledInvoiceState[];

/** What is said against one line. */
export type ContestedLine = { readonly poLineId: string; readonly reason: string };

export type SelfBilledInvoice = {
  readonly id: string;
  /** Its number, in the supplier's range. */
  readonly reference: string;
  readonly agreementId: string;
  readonly supplierId: string;
  readonly orderId: string;
  /** What it is made from: one receipt, or one statement. */
  readonly receiptId: string | null;
  readonly statementId: string | null;
  readonly currency: string;
  readonly figures: Figures;
  readonly sha256: string;
  readonly state: SelfBilledInvoiceState;
  readonly revision: number;
  readonly answerBy: Day;
  readonly contested: readonly ContestedLine[];
  readonly remark: string | null;
  readonly answer: string | null;
  readonly invoiceId: string | null;
  readonly createdAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly version: number;
};

/**
 * All that a receipt or statement has left, at the orders' prices and taxes, with its part of their charges: what the
 * supplier would be proposed to invoice.
 */
export function enteredFor(
  billable: readonly BillableLine[],
  of: {
    number: string;
    issuedOn: Day;
    /** The first tax of the supplier's last invoice, with its reason where there is one. */
    last: (Tax & Pick<TaxGroup, 'exemption'>) | null;
    offered: readonly Tax[];
    charges: readonly BillableCharge[];
    /** Of what is left of the orders' lines, how much is invoiced now. */
    part: DecimalString;
    currency: string;
  },
): EnteredInvoice {
  const { last } = of;
  const reason = last?.exemption;
  // What is exempt says why, and nobody but the supplier knows: without its word it is not proposed.
  const offered = of.offered.filter((tax) => tax.category !== 'E' || reason !== undefined);
  const taxes = proposedTaxes({ billable, own: null, last, offered });
  return {
    supplierNumber: of.number,
    issuedOn: of.issuedOn,
    tax: taxes.tax,
    lines: billable.flatMap((line, row) => {
      const quantity = suggestedQuantity(line);
      const tax = readTax(taxes.own.get(line.poLineId) ?? '');
      return quantity === '0'
        ? []
        : [{ poLineId: line.poLineId, quantity, unitPrice: line.unitPrice, tax, row }];
    }),
    exemptions: last === null || reason === undefined ? {} : { [last.category]: reason },
    charges: of.charges.map((charge, row) => ({
      orderChargeId: charge.orderChargeId,
      reason: charge.reason,
      description: '',
      amount: suggestedAmount(charge, of),
      tax: null,
      row,
    })),
  };
}

/** What was shown to the supplier, as it enters it by accepting. */
export const enteredAgain = (figures: Figures): EnteredInvoice => ({
  supplierNumber: figures.supplierNumber,
  issuedOn: figures.issuedOn,
  tax: figures.lines[0]?.tax ?? figures.charges[0]?.tax ?? { category: 'Z', rate: '0' },
  lines: figures.lines.map(({ poLineId, quantity, unitPrice, tax }, row) => ({
    poLineId,
    quantity,
    unitPrice,
    tax,
    row,
  })),
  exemptions: exemptionsIn(figures.taxes),
  charges: figures.charges.map(({ orderChargeId, reason, description, amount, tax }, row) => ({
    orderChargeId,
    reason,
    description,
    amount: amount.replace('-', ''),
    tax,
    row,
  })),
});

type Line = { readonly poLineId: string; readonly quantity: DecimalString };

/** Is what it invoices still there? */
export function isStillThere(lines: readonly Line[], billable: readonly BillableLine[]): boolean {
  const left = new Map(billable.map((line) => [line.poLineId, suggestedQuantity(line)]));
  return lines.every((line) => compareDecimals(line.quantity, left.get(line.poLineId) ?? '0') <= 0);
}

/** @throws AppError `self_billed_invoice.receipt-changed` */
export function assertStillThere(lines: readonly Line[], billable: readonly BillableLine[]): void {
  if (!isStillThere(lines, billable))
    throw ruleBroken('self_billed_invoice.receipt-changed', 'Less is left to invoice than it says');
}

/**
 * The supplier does not accept it, and says of which lines and why, or why as a whole.
 * @throws AppError `self_billed_invoice.cannot-contest`, `self_billed_invoice.contest-says-nothing`
 */
export function contest(
  invoice: SelfBilledInvoice,
  by: { userId: string; at: Date; reasons: ReadonlyMap<string, string>; remark: string | null },
): SelfBilledInvoice {
  const state = selfBilledInvoiceLifecycle.next(invoice.state, 'contest');
  const contested = invoice.figures.lines.flatMap(({ poLineId }) => {
    const reason = by.reasons.get(poLineId);
    return reason === undefined ? [] : [{ poLineId, reason }];
  });
  if (contested.length === 0 && by.remark === null)
    throw ruleBroken('self_billed_invoice.contest-says-nothing', 'Say of which line and why');
  return { ...invoice, state, contested, remark: by.remark, decidedBy: by.userId, decidedAt: by.at };
}

/** The supplier takes it as its own. @throws AppError `self_billed_invoice.cannot-accept` */
export const acceptInvoice = (
  invoice: SelfBilledInvoice,
  by: { userId: string; at: Date; invoiceId: string },
): SelfBilledInvoice => ({
  ...invoice,
  state: selfBilledInvoiceLifecycle.next(invoice.state, 'accept'),
  invoiceId: by.invoiceId,
  decidedBy: by.userId,
  decidedAt: by.at,
});

/** What was contested, made anew; the supplier is asked again. @throws AppError `self_billed_invoice.cannot-revise` */
export const revise = (
  invoice: SelfBilledInvoice,
  of: { figures: Figures; sha256: string; answer: string; answerBy: Day },
): SelfBilledInvoice => ({
  ...invoice,
  ...of,
  state: selfBilledInvoiceLifecycle.next(invoice.state, 'revise'),
  revision: invoice.revision + 1,
  decidedBy: null,
  decidedAt: null,
});

/** We take it back: its supplier may invoice the receipt itself. @throws AppError `self_billed_invoice.cannot-withdraw` */
export const withdraw = (
  invoice: SelfBilledInvoice,
  by: { userId: string; at: Date; answer: string },
): SelfBilledInvoice => ({
  ...invoice,
  state: selfBilledInvoiceLifecycle.next(invoice.state, 'withdraw'),
  answer: by.answer,
  decidedBy: by.userId,
  decidedAt: by.at,
});
