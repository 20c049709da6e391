import { type ChargeReason, chargeReasons } from '../kernel/charge.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { readTax, type Tax, taxKey, withKey } from '../kernel/tax.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { PurchaseOrder } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findChargesOfLines, type findChargesToInvoice } from './charges/billable-charges.service.ts';
import { type ChargeRow, chargedIn, chargeRows, type TypedCharge } from './charges/charge-form.ts';
import { partOf } from './charges/charged-part.ts';
import { type ExemptionField, exemptionFields, exemptionsIn } from './exemptions.ts';
import type { BillableLine, FigureLine } from './figures.ts';
import { type PlanPreview, previewPlan } from './instalments/plan-preview.service.ts';
import { findLines } from './invoice.store.ts';
import { assertHasLines, dueOn, type Invoice, invoiceLifecycle } from './invoice.ts';
import {
  type FormRow,
  formRows,
  formTotals,
  isNumber,
  proposedTaxes,
  type TypedRow,
} from './invoice-form.ts';
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
  type SourcedLine,
} from './invoices.queries.ts';
import { findExceptions } from './match-exception.store.ts';
import { refuseOwnInvoice, refuseOwnStatementInvoice } from './self-billing/refuse-own-invoice.service.ts';
import { findTermsOfStatement } from './statements/statement.store.ts';
import type { Statement } from './statements/statement.ts';
import { findStatementToInvoice } from './statements/statement-invoiced.service.ts';
import type { TaxGroup, Totals } from './totals.ts';
import { findOrderToInvoice } from './two-way/order-invoices.service.ts';

/** What was typed into a form that is shown again. */
type TypedForm = {
  readonly tax: string;
  readonly rows: ReadonlyMap<string, TypedRow>;
  readonly charges: readonly TypedCharge[];
} | null;

/** What both invoice forms show. */
type FormModel = {
  readonly receipt: Pick<ReceiptToInvoice, 'currency' | 'paymentTermsDays'>;
  readonly rows: readonly FormRow[];
  /** Of the orders, then those that no order has, with an empty one. */
  readonly charges: { readonly planned: readonly ChargeRow[]; readonly unplanned: readonly ChargeRow[] };
  readonly chargeReasons: readonly ChargeReason[];
  readonly totals: Totals;
  /** Of all lines that have none of their own. */
  readonly taxKey: string;
  readonly taxes: readonly (Tax & { readonly key: string })[];
  /** Why no tax is charged, for the categories that are offered and not taxed. */
  readonly exemptions: readonly ExemptionField[];
  /** When payment is due if the invoice is sent today. */
  readonly dueOn: Day;
  /** What was paid in advance, and what is left to pay; null where no order of it plans that. */
  readonly plan: PlanPreview | null;
};

/**
 * The form of a new invoice, with all that can be invoiced filled in; without rows when nothing is left.
 * @throws AppError `goods_receipt.not-found`, `invoice.is-self-billed`
 */
export async function getNewInvoiceForm(
  ctx: Ctx,
  of: { receiptId: string; typed: TypedForm },
): Promise<FormModel & { receipt: ReceiptToInvoice; invoices: readonly InvoiceOfReceipt[] }> {
  const receipt = found('goods_receipt', await findReceiptToInvoice(ctx, of.receiptId));
  await refuseOwnInvoice(ctx, of.receiptId);
  const billable = await findBillableLines(ctx, {
    source: { receiptId: of.receiptId, statementId: null },
    except: null,
  });
  return {
    ...(await formModel(ctx, {
      receipt,
      billable,
      own: null,
      charged: await findChargesOfLines(ctx, { billable, own: [] }),
      ownCharges: null,
      typed: of.typed,
      last: receipt.lastTax,
    })),
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
  assertHasLines(invoice);
  const names = found('invoice', await findNames(ctx, invoice.id));
  const { paymentTermsDays } = names;
  const receipt = { currency: invoice.currency, paymentTermsDays };
  const billable = await findBillableLines(ctx, { source: invoice, except: invoice.id });
  const own = await findLines(ctx.tx, invoice.id);
  const exceptions = withLines(await findExceptions(ctx.tx, invoice.id), await findVersions(ctx, invoice.id));
  return {
    ...(await formModel(ctx, {
      receipt,
      billable,
      own,
      charged: await findChargesOfLines(ctx, { billable, own: invoice.charges }),
      ownCharges: invoice.charges,
      typed: of.typed,
      last: null,
      taxesOfOwn: invoice.taxes,
      except: invoice.id,
    })),
    invoice,
    names,
    open: exceptions.filter((exception) => exception.state === 'open'),
  };
}

type Charged = Awaited<ReturnType<typeof findChargesToInvoice>>;

async function formModel(
  ctx: Ctx,
  of: {
    receipt: FormModel['receipt'];
    billable: readonly SourcedLine[];
    own: readonly FigureLine[] | null;
    charged: Charged;
    ownCharges: Invoice['charges'] | null;
    typed: TypedForm;
    last: Tax | null;
    except?: string;
    taxesOfOwn?: readonly TaxGroup[];
  },
): Promise<FormModel> {
  const { receipt, typed } = of;
  const { taxes, company } = ctx.policies;
  const { currency } = receipt;
  const proposed = proposedTaxes({ ...of, offered: taxes });
  const tax = readTax(typed?.tax ?? '') ?? proposed.tax;
  const taxOf = (line: BillableLine): string => proposed.own.get(line.poLineId) ?? '';
  const rows = formRows({ ...of, typed: typed?.rows ?? null, currency, taxOf });
  const charges = chargeRows({
    charges: of.charged.charges,
    own: of.ownCharges,
    typed: typed?.charges ?? null,
    part: partOf(of.billable, of.charged.lines, currency),
    tax,
    currency,
  });
  const today = dayIn(ctx.now, company.timeZone);
  const all = [...charges.planned, ...charges.unplanned];
  const totals = formTotals(rows, { tax, currency, charges: all });
  const orderIds = new Map([
    ...of.billable.map((line) => [line.poLineId, line.orderId] as const),
    ...of.charged.charges.map((charge) => [charge.orderChargeId, charge.orderId] as const),
  ]);
  // What no order charges is of the first, as when it is sent.
  const first = of.billable[0]?.orderId ?? '';
  return {
    receipt,
    rows,
    charges,
    chargeReasons,
    taxKey: taxKey(tax),
    taxes: taxes.map(withKey),
    totals,
    plan: await previewPlan(ctx, {
      lines: [
        ...rows.map((row) => ({ orderId: orderIds.get(row.poLineId) ?? first, amount: row.amount ?? '0' })),
        ...all.flatMap((row) =>
          chargedIn([row], { tax, currency, isNumber }).map(({ amount }) => ({
            orderId: orderIds.get(row.orderChargeId) ?? first,
            amount,
          })),
        ),
      ],
      grossAmount: totals.grossAmount,
      currency,
      except: of.except ?? null,
    }),
    exemptions: exemptionFields(taxes, exemptionsIn(of.taxesOfOwn ?? [])),
    dueOn: dueOn({ issuedOn: today, arrivedOn: today, paymentTermsDays: receipt.paymentTermsDays }),
  };
}

/**
 * The form of an invoice that is made from its order, with all that was ordered and not invoiced filled in.
 * @throws AppError `purchase_order.not-found`, `invoice.order-needs-receipt`
 */
export async function getOrderInvoiceForm(
  ctx: Ctx,
  of: { orderId: string; typed: TypedForm },
): Promise<FormModel & { order: PurchaseOrder; orderIssuedOn: Day }> {
  const order = await findOrderToInvoice(ctx, of.orderId);
  const source = { receiptId: null, statementId: null, orderId: order.id, isByOrder: true };
  const billable = await findBillableLines(ctx, { source, except: null });
  return {
    ...(await formModel(ctx, {
      receipt: order,
      billable,
      own: null,
      charged: await findChargesOfLines(ctx, { billable, own: [] }),
      ownCharges: null,
      typed: of.typed,
      last: null,
    })),
    order,
    orderIssuedOn: order.issuedOn,
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
  await refuseOwnStatementInvoice(ctx, of.statementId);
  const { currency } = statement;
  const terms = found('statement', await findTermsOfStatement(ctx, statement.id));
  const source = { receiptId: null, statementId: statement.id };
  const billable = await findBillableLines(ctx, { source, except: null });
  const receipt = { currency, paymentTermsDays: terms.paymentTermsDays };
  return {
    ...(await formModel(ctx, {
      receipt,
      billable,
      own: null,
      charged: await findChargesOfLines(ctx, { billable, own: [] }),
      ownCharges: null,
      typed: of.typed,
      last: terms.lastTax,
    })),
    statement,
    orderIssuedOn: terms.orderIssuedOn,
  };
}
