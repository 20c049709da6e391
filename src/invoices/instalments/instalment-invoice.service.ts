import { record } from '../../audit/index.ts';
import { invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { addDecimals, type DecimalString, sumMoney } from '../../kernel/money.ts';
import type { Tax } from '../../kernel/tax.ts';
import { type Day, dayIn } from '../../kernel/time.ts';
import { assertAnswered, assertRunning, type PurchaseOrder } from '../../orders/index.ts';
import { canonicalJson } from '../../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { nextReference } from '../../platform/db/reference.ts';
import { headerErrors } from '../figures.ts';
import { insertInvoice } from '../invoice.store.ts';
import { dueOn, type Invoice, invoiceLifecycle } from '../invoice.ts';
import { normaliseNumber } from '../invoice-number.ts';
import { latestDay, personIn } from '../invoices.service.ts';
import type { Difference } from '../match.ts';
import { voidRetentions } from '../retentions/retention.store.ts';
import { sumsOf, taxOn } from '../totals.ts';
import { refuseUsedNumber } from '../used-number.service.ts';
import * as store from './instalment.store.ts';
import { assertInvoiceable, differenceFromPlan, instalmentLifecycle, type OrderSums } from './instalment.ts';
import { instalmentsOf, lockInstalment, type NamedInstalment } from './instalments.service.ts';
import { openNetOf } from './prepaid.ts';

/** What the supplier enters for an instalment that is due. */
export type EnteredInstalment = {
  readonly supplierNumber: string;
  readonly issuedOn: Day;
  /** Without tax; what the plan has, or less. */
  readonly netAmount: DecimalString;
  readonly tax: Tax;
};

/**
 * Sends the one invoice of an instalment that is due, before what it is for is received. It is matched by a job, with the
 * plan.
 * @throws AppError what {@link lockInstalment} and {@link assertInvoiceable} throw, `invoice.figures-refused` with the
 * fields, and of an order that is not running or not acknowledged
 */
export async function submitInstalmentInvoice(
  ctx: Ctx,
  of: NamedInstalment & { entered: EnteredInstalment },
): Promise<string> {
  const { order, planned, progress } = await lockInstalment(ctx, of);
  const { entered } = of;
  const { currency, supplierId } = order;
  assertRunning(order);
  assertAnswered(order);
  assertInvoiceable(planned, {
    state: progress.state,
    netAmount: entered.netAmount,
    sums: await sumsOfOrder(ctx, order),
    currency,
  });
  const figures = figuresOf(ctx, { entered, order });
  await refuseUsedNumber(ctx, { ...figures, supplierId, except: null });
  await store.saveProgress(ctx.tx, {
    ...progress,
    state: instalmentLifecycle.next(progress.state, 'invoice'),
  });
  const id = newId();
  const reference = await nextReference(ctx.tx, 'INV', ctx.now);
  const state = invoiceLifecycle.next('draft', 'submit');
  const content = { ...figures, instalment: { no: planned.no, name: planned.name } };
  const sent = {
    id: newId(),
    content,
    sha256: sha256Hex(canonicalJson(content)),
    by: personIn(ctx),
    at: ctx.now,
  };
  await insertInvoice(ctx.tx, {
    id,
    reference,
    orderId: order.id,
    supplierId,
    receiptId: null,
    statementId: null,
    instalmentId: progress.id,
    dueOn: dueOn({
      issuedOn: entered.issuedOn,
      arrivedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
      paymentTermsDays: order.paymentTermsDays,
    }),
    state,
    figures,
    shares: new Map(),
    sent,
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

/** @throws AppError `invoice.figures-refused` */
function figuresOf(ctx: Ctx, of: { entered: EnteredInstalment; order: PurchaseOrder }) {
  const { entered, order } = of;
  const { currency } = order;
  const faults = headerErrors(
    { ...entered, lines: [] },
    {
      taxes: ctx.policies.taxes,
      orderIssuedOn: order.issuedOn,
      latestDay: latestDay(ctx),
    },
  );
  if (faults.length > 0)
    throw invalid('invoice.figures-refused', 'The invoice cannot be sent like this', faults);
  const taxableAmount = sumMoney([entered.netAmount], currency);
  const taxAmount = taxOn(taxableAmount, { rate: entered.tax.rate, currency });
  return {
    supplierNumber: entered.supplierNumber,
    normalisedNumber: normaliseNumber(entered.supplierNumber),
    issuedOn: entered.issuedOn,
    currency,
    lines: [],
    charges: [],
    ...sumsOf([{ ...entered.tax, taxableAmount, taxAmount }], currency),
  };
}

/** What an order has of instalments and invoices. The order is locked where something is decided on it. */
export async function sumsOfOrder(ctx: Ctx, order: PurchaseOrder): Promise<OrderSums> {
  const prepaid = await store.findPrepaid(ctx.tx, { orderId: order.id, except: null });
  return {
    totalAmount: order.totalAmount ?? '0',
    invoicedAmount: await store.findInvoicedNet(ctx.tx, order.id),
    openPrepaid: addDecimals(prepaid.map(openNetOf)),
  };
}

/**
 * What an instalment's invoice has that the plan has not: asked when it is matched, after everything that may have
 * happened since it was sent.
 */
export async function differencesFromPlan(
  ctx: Ctx,
  of: { invoice: Pick<Invoice, 'netAmount' | 'instalmentId'>; order: PurchaseOrder },
): Promise<Difference[]> {
  const progress = (await store.findProgress(ctx.tx, of.order.id)).find(
    (one) => one.id === of.invoice.instalmentId,
  );
  const planned = instalmentsOf(of.order).find((one) => one.no === progress?.no);
  return differenceFromPlan(of.invoice.netAmount, planned?.netAmount ?? '0');
}

/**
 * Of an invoice that was rejected: an instalment is due again, and nothing is held back of it, deducted from it or because
 * of it any more.
 * Its order is locked.
 */
export async function freePrepaid(
  ctx: Ctx,
  invoice: Pick<Invoice, 'id' | 'orderId' | 'instalmentId'>,
): Promise<void> {
  await store.letDeductionsGo(ctx.tx, invoice.id);
  await voidRetentions(ctx.tx, invoice.id);
  const all = await store.findProgress(ctx.tx, invoice.orderId);
  const progress = all.find((one) => one.id === invoice.instalmentId);
  if (progress === undefined) return;
  await store.saveProgress(ctx.tx, {
    ...progress,
    state: instalmentLifecycle.next(progress.state, 'free'),
  });
}
