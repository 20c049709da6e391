import { record } from '../../audit/index.ts';
import { calendarAt } from '../../catalog/index.ts';
import { assertMay } from '../../identity/index.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Day } from '../../kernel/time.ts';
import { addWorkingDays } from '../../kernel/working-days.ts';
import { findOrder, type PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findChargesToInvoice } from '../charges/billable-charges.service.ts';
import { partOf } from '../charges/charged-part.ts';
import type { Figures } from '../figures.ts';
import { findByNumber } from '../invoice.store.ts';
import { normaliseNumber } from '../invoice-number.ts';
import { findBillableLines, findReceiptToInvoice, type SourcedLine } from '../invoices.queries.ts';
import { lockOrdersInTurn, personIn } from '../invoices.service.ts';
import { todayOf } from '../payment-run.service.ts';
import { figuresFor, hashOf, sendInvoice } from '../submission.service.ts';
import * as store from './self-billed-invoice.store.ts';
import {
  acceptInvoice,
  assertStillThere,
  contest,
  enteredAgain,
  enteredFor,
  isStillThere,
  revise,
  type SelfBilledInvoice,
  selfBilledInvoiceLifecycle,
  withdraw,
} from './self-billed-invoice.ts';
import * as agreements from './self-billing-agreement.store.ts';
import { numberOf, type SelfBillingAgreement } from './self-billing-agreement.ts';

/**
 * Makes the invoice of a receipt for its supplier, where both agreed to that and nothing is made of it yet; false
 * where there is nothing to make. Calling it again does nothing.
 */
export async function makeSelfBilled(ctx: Ctx, receiptId: string): Promise<boolean> {
  const agreement = await agreements.lockAgreementOfReceipt(ctx.tx, receiptId);
  if (agreement === undefined || (await store.isMade(ctx.tx, receiptId))) return false;
  const number = await findNumber(ctx, agreement);
  const made = await figuresOfReceipt(ctx, { receiptId, number: number.text, issuedOn: todayOf(ctx) });
  if (made === null) return false;
  await agreements.saveNextNumber(ctx.tx, { id: agreement.id, nextNumber: number.next });
  const { figures, orderId, supplierId } = made;
  const selfBilled: SelfBilledInvoice = {
    id: newId(),
    reference: number.text,
    agreementId: agreement.id,
    supplierId,
    orderId,
    receiptId,
    statementId: null,
    currency: figures.currency,
    figures,
    sha256: hashOf(figures),
    state: selfBilledInvoiceLifecycle.next('draft', 'send'),
    revision: 1,
    answerBy: await answerDay(ctx),
    contested: [],
    remark: null,
    answer: null,
    invoiceId: null,
    createdAt: ctx.now,
    decidedBy: null,
    decidedAt: null,
    version: 1,
  };
  await store.insertSelfBilled(ctx.tx, selfBilled);
  await recordMove(ctx, 'sent', { from: 'draft', selfBilled, changes: hashed(selfBilled) });
  return true;
}

/** Makes the next invoice that is still to be made, but of these receipts; says of which, or null. */
export async function makeNextSelfBilled(ctx: Ctx, except: readonly string[]): Promise<string | null> {
  const next = await store.findNextToMake(ctx.tx, except);
  if (next === undefined) return null;
  await makeSelfBilled(ctx, next.receiptId);
  return next.receiptId;
}

/** The next number of the range that no invoice of the supplier bears, and the one after it. */
export async function findNumber(
  ctx: Ctx,
  of: SelfBillingAgreement,
): Promise<{ text: string; next: number }> {
  const { supplierId } = of;
  for (let number = of.nextNumber; ; number += 1) {
    const text = numberOf(of.numberPrefix, number);
    const used = await findByNumber(ctx.tx, { supplierId, normalisedNumber: normaliseNumber(text) });
    if (used === undefined) return { text, next: number + 1 };
  }
}

/** What a receipt has left, as an invoice of this number; null where nothing is. */
async function figuresOfReceipt(
  ctx: Ctx,
  of: { receiptId: string; number: string; issuedOn: Day },
): Promise<{ figures: Figures; orderId: string; supplierId: string } | null> {
  const receipt = found('goods_receipt', await findReceiptToInvoice(ctx, of.receiptId));
  const order = found('purchase_order', await findOrder(ctx, receipt.orderId));
  const source = { receiptId: of.receiptId, statementId: null };
  const billable = await findBillableLines(ctx, { source, except: null });
  const figures = await figuresOf(ctx, { ...of, orders: [order], billable, last: receipt.lastTax });
  return figures === null ? null : { figures, orderId: order.id, supplierId: order.supplierId };
}

/** What these lines have left, with the part of their orders' charges; null where nothing is. */
export async function figuresOf(
  ctx: Ctx,
  of: {
    number: string;
    issuedOn: Day;
    orders: readonly PurchaseOrder[];
    billable: readonly SourcedLine[];
    last: Parameters<typeof enteredFor>[1]['last'];
  },
): Promise<Figures | null> {
  const { orders, billable } = of;
  const { charges, lines } = await findChargesToInvoice(ctx, { orders, own: [] });
  const { currency } = found('purchase_order', orders[0]);
  const entered = enteredFor(billable, {
    ...of,
    offered: ctx.policies.taxes,
    charges,
    part: partOf(billable, lines, currency),
    currency,
  });
  return entered.lines.length === 0 ? null : figuresFor(ctx, { orders, billable, charges, entered });
}

const answerDay = async (ctx: Ctx): Promise<Day> =>
  addWorkingDays(todayOf(ctx), ctx.policies.selfBilling.answerWorkingDays, await calendarAt(ctx, null));

type Named = { readonly selfBilledId: string; readonly version: number };

/**
 * The supplier takes the invoice as its own: it is submitted as it was shown, and goes the way of every invoice.
 * @returns the invoice's id
 * @throws AppError `self_billed_invoice.not-found`, `self_billed_invoice.changed-meanwhile`,
 * `self_billed_invoice.receipt-changed`, what submitting throws, and what {@link assertMay} throws
 */
export async function acceptSelfBilled(ctx: Ctx, of: Named): Promise<string> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'self_billed_invoice.accept', before);
  return submit(ctx, before, personIn(ctx));
}

/**
 * Where the house's rule says that silence accepts: the next one, but these, that nobody answered by its day is submitted
 * in the name of who agreed to that; one whose receipt has changed waits for a person. Says which it was, or null.
 */
export async function acceptNextUnanswered(ctx: Ctx, except: readonly string[]): Promise<string | null> {
  if (ctx.policies.selfBilling.silence !== 'accepts') return null;
  const next = await store.findUnanswered(ctx.tx, { today: todayOf(ctx), except });
  if (next === undefined) return null;
  const before = await lockOne(ctx, next.id);
  const { receiptId, statementId } = before;
  const billable = await findBillableLines(ctx, { source: { receiptId, statementId }, except: null });
  if (before.state !== 'sent' || !isStillThere(before.figures.lines, billable)) return next.id;
  const of = scopeOf(ctx, before.agreementId);
  const agreement = found('self_billing_agreement', await agreements.findAgreement(ctx.tx, of));
  await submit(ctx, before, found('user', agreement.acceptedBy));
  return next.id;
}

async function submit(ctx: Ctx, before: SelfBilledInvoice, by: string): Promise<string> {
  const { receiptId, statementId } = before;
  const orders = await lockOrdersInTurn(ctx, [before.orderId]);
  const source = { receiptId, statementId };
  assertStillThere(before.figures.lines, await findBillableLines(ctx, { source, except: null }));
  const entered = enteredAgain(before.figures);
  const invoiceId = await sendInvoice(ctx, { source, reference: before.reference, orders, entered, by });
  const selfBilled = acceptInvoice(before, { userId: by, at: ctx.now, invoiceId });
  await store.saveAnswer(ctx.tx, selfBilled);
  await recordMove(ctx, 'accepted', {
    from: before.state,
    selfBilled,
    changes: { invoiceId, ...hashed(before) },
  });
  return invoiceId;
}

/**
 * The supplier does not accept it, and says of which lines and why.
 * @throws AppError `self_billed_invoice.not-found`, `self_billed_invoice.changed-meanwhile`, and what `contest` and
 * {@link assertMay} throw
 */
export async function contestSelfBilled(
  ctx: Ctx,
  of: Named & { reasons: ReadonlyMap<string, string>; remark: string | null },
): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'self_billed_invoice.contest', before);
  const selfBilled = contest(before, { ...of, userId: personIn(ctx), at: ctx.now });
  await store.saveAnswer(ctx.tx, selfBilled);
  const { contested, remark } = selfBilled;
  await recordMove(ctx, 'contested', {
    from: before.state,
    selfBilled,
    reason: remark,
    changes: { contested },
  });
}

/**
 * Makes a contested invoice anew from what receipt and order are now, with an answer; its supplier is asked again.
 * @throws AppError `self_billed_invoice.not-found`, `self_billed_invoice.changed-meanwhile`,
 * `self_billed_invoice.nothing-left`, and what {@link assertMay} throws
 */
export async function reviseSelfBilled(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'self_billed_invoice.revise', before);
  const receiptId = found('goods_receipt', before.receiptId);
  const now = await figuresOfReceipt(ctx, { receiptId, number: before.reference, issuedOn: todayOf(ctx) });
  if (now === null) throw ruleBroken('self_billed_invoice.nothing-left', 'Nothing is left to invoice');
  const selfBilled = revise(before, {
    figures: now.figures,
    sha256: hashOf(now.figures),
    answer: of.reason,
    answerBy: await answerDay(ctx),
  });
  await store.saveOurs(ctx.tx, selfBilled);
  await recordMove(ctx, 'revised', {
    from: before.state,
    selfBilled,
    reason: of.reason,
    changes: { ...hashed(selfBilled), revision: selfBilled.revision },
  });
}

/**
 * Takes an invoice back that its supplier has not accepted, with a reason; the supplier may invoice the receipt itself.
 * @throws AppError `self_billed_invoice.not-found`, `self_billed_invoice.changed-meanwhile`, and what
 * {@link assertMay} throws
 */
export async function withdrawSelfBilled(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'self_billed_invoice.withdraw', before);
  const selfBilled = withdraw(before, { userId: personIn(ctx), at: ctx.now, answer: of.reason });
  await store.saveOurs(ctx.tx, selfBilled);
  await recordMove(ctx, 'withdrawn', { from: before.state, selfBilled, reason: of.reason });
}

const scopeOf = (ctx: Ctx, id: string) => ({ id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** @throws AppError `self_billed_invoice.not-found` */
export const findSelfBilledOf = async (ctx: Ctx, id: string): Promise<SelfBilledInvoice> =>
  found('self_billed_invoice', await store.findSelfBilled(ctx.tx, scopeOf(ctx, id)));

/** Orders come before what is made of them. */
async function lockOne(ctx: Ctx, id: string): Promise<SelfBilledInvoice> {
  const { orderId } = await findSelfBilledOf(ctx, id);
  await lockOrdersInTurn(ctx, [orderId]);
  return found('self_billed_invoice', await store.lockSelfBilled(ctx.tx, scopeOf(ctx, id)));
}

async function lock(ctx: Ctx, of: Named): Promise<SelfBilledInvoice> {
  const selfBilled = await lockOne(ctx, of.selfBilledId);
  if (selfBilled.version !== of.version)
    throw conflict('self_billed_invoice.changed-meanwhile', 'Somebody acted on it meanwhile', {
      reference: selfBilled.reference,
    });
  return selfBilled;
}

const hashed = ({ sha256 }: SelfBilledInvoice) => ({ sha256 });

/** Records what became of an invoice that we made. */
export const recordMove = (
  ctx: Ctx,
  what: string,
  of: {
    from: string;
    selfBilled: SelfBilledInvoice;
    reason?: string | null;
    changes?: Readonly<Record<string, unknown>>;
  },
): Promise<string> =>
  record(ctx, {
    action: `self_billed_invoice.${what}`,
    subject: { type: 'self_billed_invoice', id: of.selfBilled.id },
    supplierId: of.selfBilled.supplierId,
    from: of.from,
    to: of.selfBilled.state,
    reason: of.reason ?? null,
    changes: { reference: of.selfBilled.reference, ...of.changes },
  });
