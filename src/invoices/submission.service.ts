import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isZero, subtractDecimals } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import { leftOfCharge, type PurchaseOrder, type QuantityChange } from '../orders/index.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { bookCharges, findChargesToInvoice } from './charges/billable-charges.service.ts';
import type { ChargeToInvoice } from './charges/invoice-charge.ts';
import {
  type EnteredInvoice,
  type FigureLine,
  type Figures,
  figuresOf,
  suggestedQuantity,
} from './figures.ts';
import { applyPaymentPlans } from './instalments/deductions.service.ts';
import * as store from './invoice.store.ts';
import { assertHasLines, dueOn, invoiceLifecycle } from './invoice.ts';
import {
  findBillableLines,
  findReceiptToInvoice,
  type InvoiceSource,
  type SourcedLine,
} from './invoices.queries.ts';
import {
  addInvoicedByOrder,
  latestDay,
  lockInvoice,
  lockOrdersInTurn,
  personIn,
} from './invoices.service.ts';
import { resolveExceptions } from './match-exception.store.ts';
import { shareOut } from './receipt-share.ts';
import { refuseOwnInvoice, refuseOwnStatementInvoice } from './self-billing/refuse-own-invoice.service.ts';
import { findOrdersOfStatement } from './statements/statement.store.ts';
import { lockStatementToInvoice, noteInvoiced } from './statements/statement-invoiced.service.ts';
import { findOrderToInvoice } from './two-way/order-invoices.service.ts';
import type { VersionDocument } from './uploads/invoice-draft.ts';
import { findVersionDocument } from './uploads/version-document.queries.ts';
import { refuseUsedNumber } from './used-number.service.ts';

/**
 * Sends an invoice for what a receipt has and no other invoice took. Its quantities count as invoiced from now
 * on, so that nobody invoices them twice; it is matched by a job.
 * @throws AppError `goods_receipt.not-found`, `invoice.receipt-not-posted`, `invoice.is-self-billed`,
 * `invoice.nothing-left-to-invoice`,
 * `invoice.figures-refused` with the fields, and what `addInvoiced` of orders throws
 */
export async function submitInvoice(
  ctx: Ctx,
  of: { receiptId: string; entered: EnteredInvoice; begun?: Begun },
): Promise<string> {
  const receipt = found('goods_receipt', await findReceiptToInvoice(ctx, of.receiptId));
  if (receipt.receiptState !== 'posted')
    throw ruleBroken('invoice.receipt-not-posted', 'Goods are invoiced once their receipt is posted', {
      reference: receipt.receiptReference,
    });
  await refuseOwnInvoice(ctx, of.receiptId);
  const orders = await lockOrdersInTurn(ctx, [receipt.orderId]);
  const source = { receiptId: of.receiptId, statementId: null };
  return sendInvoice(ctx, { ...of, source, reference: receipt.receiptReference, orders });
}

/** What there is of an invoice before it is sent, where it began with its supplier's own document. */
type Begun = { readonly id: string; readonly document: VersionDocument };

/**
 * Sends the one invoice of an agreed statement, over all its receipts and orders.
 * @throws AppError `statement.not-found`, `statement.cannot-invoice`, and what {@link submitInvoice} throws
 */
export async function submitStatementInvoice(
  ctx: Ctx,
  of: { statementId: string; entered: EnteredInvoice; begun?: Begun },
): Promise<string> {
  await refuseOwnStatementInvoice(ctx, of.statementId);
  const ofStatement = await findOrdersOfStatement(ctx, of.statementId);
  const orders = await lockOrdersInTurn(
    ctx,
    ofStatement.map((order) => order.id),
  );
  const statement = await lockStatementToInvoice(ctx, of.statementId);
  const source = { receiptId: null, statementId: statement.id };
  const { reference } = statement;
  const invoiceId = await sendInvoice(ctx, { ...of, source, reference, orders });
  await noteInvoiced(ctx, { statement, invoiceId });
  return invoiceId;
}

/**
 * Sends an invoice for what was ordered, where nothing is received: what it invoices counts as received with it.
 * @throws AppError `purchase_order.not-found`, `invoice.order-needs-receipt`, and what {@link submitInvoice} and
 * `addInvoicedUnreceived` throw
 */
export async function submitOrderInvoice(
  ctx: Ctx,
  of: { orderId: string; entered: EnteredInvoice; begun?: Begun },
): Promise<string> {
  const { reference } = await findOrderToInvoice(ctx, of.orderId);
  const orders = await lockOrdersInTurn(ctx, [of.orderId]);
  const source = { receiptId: null, statementId: null, orderId: of.orderId, isByOrder: true };
  return sendInvoice(ctx, { ...of, source, reference, orders });
}

/** Submits figures of a receipt or a statement whose orders are held. */
export async function sendInvoice(
  ctx: Ctx,
  of: {
    source: InvoiceSource;
    /** Of what it is made from. */
    reference: string;
    orders: readonly PurchaseOrder[];
    entered: EnteredInvoice;
    begun?: Begun;
    /** Who answers for it; whoever acts, where nobody is named. */
    by?: string;
  },
): Promise<string> {
  const { source, orders } = of;
  const billable = await findBillableLines(ctx, { source, except: null });
  const { charges } = await findChargesToInvoice(ctx, { orders, own: [] });
  const isDone = billable.every((line) => isZero(suggestedQuantity(line)));
  if (isDone && charges.every((charge) => isZero(leftOfCharge(charge))))
    throw ruleBroken('invoice.nothing-left-to-invoice', 'It is invoiced already', {
      reference: of.reference,
    });
  const figures = figuresFor(ctx, { ...source, orders, billable, charges, entered: of.entered });
  const [first] = billable;
  const order = found(
    'purchase_order',
    orders.find((one) => one.id === first?.orderId),
  );
  const { supplierId } = order;
  await refuseUsedNumber(ctx, { ...figures, supplierId, except: null });
  const id = of.begun?.id ?? newId();
  const reference = await nextReference(ctx.tx, 'INV', ctx.now);
  const state = invoiceLifecycle.next('draft', 'submit');
  await addInvoicedByOrder(ctx, source, withOrders(figures.lines, billable));
  await bookCharges(ctx, { before: [], after: figures.charges });
  const document = of.begun?.document ?? null;
  const sent = sentNow(ctx, { figures, document, by: of.by ?? personIn(ctx) });
  await store.insertInvoice(ctx.tx, {
    id,
    reference,
    supplierId,
    ...source,
    orderId: order.id,
    dueOn: dueOnFor(ctx, { orders, figures }),
    state,
    figures,
    shares: sharesOf(figures.lines, billable),
    sent,
  });
  await applyPaymentPlans(ctx, {
    ...figures,
    lines: [...withOrders(figures.lines, billable), ...figures.charges],
    invoiceId: id,
    orders,
  });
  await record(ctx, {
    action: 'invoice.submitted',
    subject: { type: 'invoice', id },
    supplierId,
    from: 'draft',
    to: state,
    changes: { reference, version: 1, sha256: sent.sha256 },
  });
  return id;
}

const withOrders = <L extends { readonly poLineId: string; readonly quantity: string }>(
  lines: readonly L[],
  billable: readonly SourcedLine[],
): (L & { orderId: string })[] => {
  const orders = new Map(billable.map((line) => [line.poLineId, line.orderId]));
  return lines.map((line) => ({ ...line, orderId: found('po_line', orders.get(line.poLineId)) }));
};

const sharesOf = (lines: readonly FigureLine[], billable: readonly SourcedLine[]): store.Shares => {
  const receipts = new Map(billable.map((line) => [line.poLineId, line.receipts]));
  return new Map(
    lines.map((line) => [line.poLineId, shareOut(line.quantity, receipts.get(line.poLineId) ?? [])]),
  );
};

/**
 * Replaces the figures of an invoice that has a difference. The earlier figures stay on record as they were
 * sent; the new ones are matched again.
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile`, `invoice.cannot-correct`, what {@link assertHasLines} throws,
 * `invoice.figures-refused` with the fields
 */
export async function correctInvoice(
  ctx: Ctx,
  of: { invoiceId: string; version: number; entered: EnteredInvoice },
): Promise<void> {
  const { invoice, orders } = await lockInvoice(ctx, of);
  const state = invoiceLifecycle.next(invoice.state, 'correct');
  assertHasLines(invoice);
  const earlier = await store.findLines(ctx.tx, invoice.id);
  const billable = await findBillableLines(ctx, { source: invoice, except: invoice.id });
  const { charges } = await findChargesToInvoice(ctx, { orders, own: invoice.charges });
  const figures = figuresFor(ctx, { ...invoice, orders, billable, charges, entered: of.entered });
  await refuseUsedNumber(ctx, { ...figures, supplierId: invoice.supplierId, except: invoice.id });
  await addInvoicedByOrder(ctx, invoice, withOrders(changesBetween(earlier, figures.lines), billable));
  await bookCharges(ctx, { before: invoice.charges, after: figures.charges });
  const currentVersion = invoice.currentVersion + 1;
  const sent = sentNow(ctx, {
    figures,
    document: await findVersionDocument(ctx, invoice),
    by: personIn(ctx),
  });
  await store.saveCorrection(ctx.tx, {
    invoice: { id: invoice.id, state, currentVersion, dueOn: dueOnFor(ctx, { orders, figures }) },
    figures,
    shares: sharesOf(figures.lines, billable),
    sent,
  });
  await applyPaymentPlans(ctx, {
    ...figures,
    lines: [...withOrders(figures.lines, billable), ...figures.charges],
    invoiceId: invoice.id,
    orders,
  });
  await resolveExceptions(ctx.tx, {
    invoiceId: invoice.id,
    how: 'corrected',
    reason: null,
    by: ctx.actor.userId,
    at: ctx.now,
  });
  await record(ctx, {
    action: 'invoice.corrected',
    subject: { type: 'invoice', id: invoice.id },
    supplierId: invoice.supplierId,
    from: invoice.state,
    to: state,
    changes: { reference: invoice.reference, version: currentVersion, sha256: sent.sha256 },
  });
}

/** The figures of what was entered, within what these orders allow. */
export const figuresFor = (
  ctx: Ctx,
  of: {
    orders: readonly PurchaseOrder[];
    billable: readonly SourcedLine[];
    charges: readonly ChargeToInvoice[];
    entered: EnteredInvoice;
    isByOrder?: boolean;
  },
): Figures =>
  figuresOf(of.entered, {
    lines: of.billable,
    charges: { known: of.charges, orderId: found('po_line', of.billable[0]).orderId },
    // A statement is of one currency.
    currency: found('purchase_order', of.orders[0]).currency,
    taxes: ctx.policies.taxes,
    isByOrder: of.isByOrder ?? false,
    orderIssuedOn: of.orders.map((order) => order.issuedOn).reduce((a, b) => (a < b ? a : b)),
    latestDay: latestDay(ctx),
  });

/** Of several orders the shortest terms: nobody is paid late. */
const dueOnFor = (ctx: Ctx, of: { orders: readonly PurchaseOrder[]; figures: Figures }): string =>
  dueOn({
    issuedOn: of.figures.issuedOn,
    arrivedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    paymentTermsDays: Math.min(...of.orders.map((order) => order.paymentTermsDays)),
  });

/** The figures as they are sent, with the document beside them where there is one. */
function sentNow(
  ctx: Ctx,
  of: { figures: Figures; document: VersionDocument | null; by: string },
): store.SentVersion {
  const content = of.document === null ? of.figures : { ...of.figures, document: of.document };
  return { id: newId(), content, sha256: hashOf(content), by: of.by, at: ctx.now };
}

/** What figures are known by: the same for the same, however they were stored meanwhile. */
export const hashOf = (figures: Figures): string => sha256Hex(canonicalJson(figures));

/** What is invoiced more or less than before, line by line. */
function changesBetween(earlier: readonly FigureLine[], now: readonly FigureLine[]): QuantityChange[] {
  const before = new Map(earlier.map((line) => [line.poLineId, line.quantity]));
  const after = new Map(now.map((line) => [line.poLineId, line.quantity]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((poLineId) => ({
      poLineId,
      quantity: subtractDecimals(after.get(poLineId) ?? '0', before.get(poLineId) ?? '0'),
    }))
    .filter((change) => !isZero(change.quantity));
}
