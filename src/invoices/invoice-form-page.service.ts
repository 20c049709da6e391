import { found, ruleBroken } from '../kernel/errors.ts';
import { readTax, type Tax, taxKey, withKey } from '../kernel/tax.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { BillableLine, FigureLine } from './figures.ts';
import { findLines } from './invoice.store.ts';
import { dueOn, type Invoice, invoiceLifecycle } from './invoice.ts';
import { type FormRow, formRows, formTotals, proposedTaxes, type TypedRow } from './invoice-form.ts';
import { type ExceptionShown, getInvoice, withLines } from './invoice-page.service.ts';
import {
  findBillableLines,
  findInvoicesOfReceipt,
  findNames,
  findReceiptToInvoice,
  findVersions,
  type InvoiceNames,
  type InvoiceOfReceipt,
  type ReceiptToInvoice,
} from './invoices.queries.ts';
import { findExceptions } from './match-exception.store.ts';
import { findTermsOfStatement } from './statements/statement.store.ts';
import type { Statement } from './statements/statement.ts';
import { findStatementToInvoice } from './statements/statement-invoiced.service.ts';
import type { Totals } from './totals.ts';

/** What was typed into a form that is shown again. */
type TypedForm = { readonly tax: string; readonly rows: ReadonlyMap<string, TypedRow> } | null;

/** What both invoice forms show. */
type FormModel = {
  readonly receipt: Pick<ReceiptToInvoice, 'currency' | 'paymentTermsDays'>;
  readonly rows: readonly FormRow[];
  readonly totals: Totals;
  /** Of all lines that have none of their own. */
  readonly taxKey: string;
  readonly taxes: readonly (Tax & { readonly key: string })[];
  /** When payment is due if the invoice is sent today. */
  readonly dueOn: Day;
};

/**
 * The form of a new invoice, with all that can be invoiced filled in; without rows when nothing is left.
 * @throws AppError `goods_receipt.not-found`
 */
export async function getNewInvoiceForm(
  ctx: Ctx,
  of: { receiptId: string; typed: TypedForm },
): Promise<FormModel & { receipt: ReceiptToInvoice; invoices: readonly InvoiceOfReceipt[] }> {
  const receipt = found('goods_receipt', await findReceiptToInvoice(ctx, of.receiptId));
  const billable = await findBillableLines(ctx, {
    source: { receiptId: of.receiptId, statementId: null },
    except: null,
  });
  return {
    ...formModel(ctx, { receipt, billable, own: null, typed: of.typed, last: receipt.lastTax }),
    receipt,
    invoices: await findInvoicesOfReceipt(ctx, of.receiptId),
  };
}

/**
 * The form that corrects an invoice: its own figures, with what was expected beside them.
 * @throws AppError `invoice.not-found`, `invoice.cannot-correct`
 */
export async function getCorrectionForm(
  ctx: Ctx,
  of: { invoiceId: string; typed: TypedForm },
): Promise<FormModel & { invoice: Invoice; names: InvoiceNames; open: readonly ExceptionShown[] }> {
  const invoice = await getInvoice(ctx, of.invoiceId);
  if (!invoiceLifecycle.may(invoice.state, 'correct'))
    throw ruleBroken('invoice.cannot-correct', 'The invoice is not waiting for a correction');
  const names = found('invoice', await findNames(ctx, invoice.id));
  const { paymentTermsDays } = names;
  const receipt = { currency: invoice.currency, paymentTermsDays };
  const billable = await findBillableLines(ctx, { source: invoice, except: invoice.id });
  const own = await findLines(ctx.tx, invoice.id);
  const exceptions = withLines(await findExceptions(ctx.tx, invoice.id), await findVersions(ctx, invoice.id));
  return {
    ...formModel(ctx, { receipt, billable, own, typed: of.typed, last: null }),
    invoice,
    names,
    open: exceptions.filter((exception) => exception.state === 'open'),
  };
}

function formModel(
  ctx: Ctx,
  of: {
    receipt: FormModel['receipt'];
    billable: readonly BillableLine[];
    own: readonly FigureLine[] | null;
    typed: TypedForm;
    last: Tax | null;
  },
): FormModel {
  const { receipt, typed } = of;
  const { taxes, company } = ctx.policies;
  const { currency } = receipt;
  const proposed = proposedTaxes({ ...of, offered: taxes });
  const tax = readTax(typed?.tax ?? '') ?? proposed.tax;
  const taxOf = (line: BillableLine): string => proposed.own.get(line.poLineId) ?? '';
  const rows = formRows({ ...of, typed: typed?.rows ?? null, currency, taxOf });
  const today = dayIn(ctx.now, company.timeZone);
  return {
    receipt,
    rows,
    taxKey: taxKey(tax),
    taxes: taxes.map(withKey),
    totals: formTotals(rows, { tax, currency }),
    dueOn: dueOn({ issuedOn: today, arrivedOn: today, paymentTermsDays: receipt.paymentTermsDays }),
  };
}

/**
 * The form of a statement's invoice, with all that was agreed filled in.
 * @throws AppError `statement.not-found`, `statement.cannot-invoice`
 */
export async function getStatementInvoiceForm(
  ctx: Ctx,
  of: { statementId: string; typed: TypedForm },
): Promise<FormModel & { statement: Statement; orderIssuedOn: Day }> {
  const statement = await findStatementToInvoice(ctx, of.statementId);
  const { currency } = statement;
  const terms = found('statement', await findTermsOfStatement(ctx, statement.id));
  const source = { receiptId: null, statementId: statement.id };
  const billable = await findBillableLines(ctx, { source, except: null });
  const receipt = { currency, paymentTermsDays: terms.paymentTermsDays };
  return {
    ...formModel(ctx, { receipt, billable, own: null, typed: of.typed, last: terms.lastTax }),
    statement,
    orderIssuedOn: terms.orderIssuedOn,
  };
}
