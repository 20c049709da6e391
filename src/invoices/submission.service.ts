import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isZero, subtractDecimals } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import { addInvoiced, lockOrder, type PurchaseOrder, type QuantityChange } from '../orders/index.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import {
  type BillableLine,
  type EnteredInvoice,
  type FigureLine,
  type Figures,
  figuresOf,
  suggestedQuantity,
} from './figures.ts';
import * as store from './invoice.store.ts';
import { dueOn, invoiceLifecycle } from './invoice.ts';
import { findBillableLines, findReceiptToInvoice } from './invoices.queries.ts';
import { latestDay, lockInvoice, personIn } from './invoices.service.ts';
import { resolveExceptions } from './match-exception.store.ts';
import { refuseUsedNumber } from './used-number.service.ts';

/**
 * Sends an invoice for what a receipt has and no other invoice took. Its quantities count as invoiced from now
 * on, so that nobody invoices them twice; it is matched by a job.
 * @throws AppError `goods_receipt.not-found`, `invoice.receipt-not-posted`, `invoice.nothing-left-to-invoice`,
 * `invoice.figures-refused` with the fields, and what `addInvoiced` of orders throws
 */
export async function submitInvoice(
  ctx: Ctx,
  of: { receiptId: string; entered: EnteredInvoice },
): Promise<string> {
  const receipt = found('goods_receipt', await findReceiptToInvoice(ctx, of.receiptId));
  if (receipt.receiptState !== 'posted')
    throw ruleBroken('invoice.receipt-not-posted', 'Goods are invoiced once their receipt is posted', {
      reference: receipt.receiptReference,
    });
  const order = await lockOrder(ctx, receipt.orderId);
  const billable = await findBillableLines(ctx, { receiptId: of.receiptId, except: null });
  if (billable.every((line) => isZero(suggestedQuantity(line))))
    throw ruleBroken('invoice.nothing-left-to-invoice', 'The receipt is invoiced already', {
      reference: receipt.receiptReference,
    });
  const figures = figuresFor(ctx, { order, billable, entered: of.entered });
  await refuseUsedNumber(ctx, { ...figures, supplierId: order.supplierId, except: null });
  const id = newId();
  const reference = await nextReference(ctx.tx, 'INV', ctx.now);
  const state = invoiceLifecycle.next('draft', 'submit');
  await addInvoiced(ctx, order.id, figures.lines);
  const sent = sentNow(ctx, figures);
  await store.insertInvoice(ctx.tx, {
    id,
    reference,
    orderId: order.id,
    supplierId: order.supplierId,
    receiptId: of.receiptId,
    dueOn: dueOnFor(ctx, { order, figures }),
    state,
    figures,
    sent,
  });
  await record(ctx, {
    action: 'invoice.submitted',
    subject: { type: 'invoice', id },
    supplierId: order.supplierId,
    from: 'draft',
    to: state,
    changes: { reference, version: 1, sha256: sent.sha256 },
  });
  return id;
}

/**
 * Replaces the figures of an invoice that has a difference. The earlier figures stay on record as they were
 * sent; the new ones are matched again.
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile`, `invoice.cannot-correct`,
 * `invoice.figures-refused` with the fields
 */
export async function correctInvoice(
  ctx: Ctx,
  of: { invoiceId: string; version: number; entered: EnteredInvoice },
): Promise<void> {
  const { invoice, order } = await lockInvoice(ctx, of);
  const state = invoiceLifecycle.next(invoice.state, 'correct');
  const earlier = await store.findLines(ctx.tx, invoice.id);
  const billable = await findBillableLines(ctx, { receiptId: invoice.receiptId, except: invoice.id });
  const figures = figuresFor(ctx, { order, billable, entered: of.entered });
  await refuseUsedNumber(ctx, { ...figures, supplierId: invoice.supplierId, except: invoice.id });
  await addInvoiced(ctx, order.id, changesBetween(earlier, figures.lines));
  const currentVersion = invoice.currentVersion + 1;
  const sent = sentNow(ctx, figures);
  await store.saveCorrection(ctx.tx, {
    invoice: { id: invoice.id, state, currentVersion, dueOn: dueOnFor(ctx, { order, figures }) },
    figures,
    sent,
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

const figuresFor = (
  ctx: Ctx,
  of: { order: PurchaseOrder; billable: readonly BillableLine[]; entered: EnteredInvoice },
): Figures =>
  figuresOf(of.entered, {
    lines: of.billable,
    currency: of.order.currency,
    taxRates: ctx.policies.taxRates,
    orderIssuedOn: of.order.issuedOn,
    latestDay: latestDay(ctx),
  });

const dueOnFor = (ctx: Ctx, of: { order: PurchaseOrder; figures: Figures }): string =>
  dueOn({
    issuedOn: of.figures.issuedOn,
    arrivedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    paymentTermsDays: of.order.paymentTermsDays,
  });

function sentNow(ctx: Ctx, figures: Figures): store.SentVersion {
  return { id: newId(), sha256: sha256Hex(canonicalJson(figures)), by: personIn(ctx), at: ctx.now };
}

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
