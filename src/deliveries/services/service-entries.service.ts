import { record, recordAll } from '../../audit/index.ts';
import { calendarAt } from '../../catalog/index.ts';
import { attachUploads } from '../../documents/index.ts';
import { assertMay, mayUse } from '../../identity/index.ts';
import { conflict, found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { type Day, instantAt } from '../../kernel/time.ts';
import { addWorkingDays } from '../../kernel/working-days.ts';
import {
  assertAnswered,
  assertRunning,
  findOrderLines,
  lockOrder,
  type PurchaseOrder,
} from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { nextReference } from '../../platform/db/reference.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { saveReceipt } from '../receipt-posting.service.ts';
import * as store from './service-entry.store.ts';
import {
  assertCanState,
  assertMayAnswer,
  type ServiceEntry,
  serviceEntryLifecycle,
  statedQuantity,
} from './service-entry.ts';
import { todayAt } from './work-page.service.ts';

export type WorkStated = {
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly poLineId: string;
  readonly workedFrom: Day;
  readonly workedUntil: Day;
  /** As it was written: `12.5`, or `40%` of the line. */
  readonly quantity: string;
  readonly description: string;
  readonly files: readonly UploadedFile[];
};

/**
 * The supplier states work it has done on a line; gives the entry's id. The same form sent again gives the same.
 * @throws AppError `purchase_order.not-found`, `service_entry.form-used-already`, what {@link assertCanState} and
 * `attachUploads` throw, and `purchase_order.not-acknowledged` or `.is-closed` for an order nothing can be stated of
 */
export async function stateWork(ctx: Ctx, work: WorkStated): Promise<string> {
  const order = await lockOrder(ctx, work.orderId);
  const before = await store.findEntryByKey(ctx.tx, work.idempotencyKey);
  if (before?.orderId === order.id) return before.id;
  if (before !== undefined)
    throw conflict('service_entry.form-used-already', 'This form was used for another order');
  assertRunning(order);
  assertAnswered(order);
  const lines = await findOrderLines(ctx, order.id);
  const line = found(
    'po_line',
    lines.find((one) => one.id === work.poLineId),
  );
  const waiting = (await store.findWaiting(ctx.tx, order.id)).get(line.id) ?? '0';
  const today = await todayAt(ctx, order);
  const quantity = statedQuantity(work.quantity, line);
  assertCanState({ ...work, quantity }, { line, waiting, today, units: ctx.policies.services.units });
  const entry: ServiceEntry = {
    id: newId(),
    reference: await nextReference(ctx.tx, 'SES', ctx.now),
    orderId: order.id,
    poLineId: line.id,
    supplierId: order.supplierId,
    state: serviceEntryLifecycle.initial,
    workedFrom: work.workedFrom,
    workedUntil: work.workedUntil,
    quantity,
    description: work.description,
    submittedBy: found('user', ctx.actor.userId),
    submittedAt: ctx.now,
    dueAt: await dueAt(ctx, order, today),
    decidedBy: null,
    decidedAt: null,
    decisionReason: '',
    receiptId: null,
  };
  await store.insertEntry(ctx.tx, { ...entry, idempotencyKey: work.idempotencyKey });
  if (work.files.length > 0)
    await attachUploads(ctx, {
      subject: { type: 'service_entry', id: entry.id },
      visibility: 'supplier',
      supplierId: order.supplierId,
      files: work.files,
    });
  await tell(ctx, 'service_entry.submitted', { entry, from: null });
  return entry.id;
}

async function dueAt(ctx: Ctx, { plantCode }: PurchaseOrder, today: Day): Promise<Date> {
  const calendar = await calendarAt(ctx, plantCode);
  const day = addWorkingDays(today, ctx.policies.services.answerWorkingDays, calendar);
  return instantAt(`${day}T18:00`, ctx.policies.company.timeZone);
}

type Named = { readonly orderId: string; readonly entryId: string };

/**
 * The buyer accepts stated work: it counts as received, and can be invoiced.
 * @throws AppError `service_entry.not-found`, `service_entry.cannot-accept`, and what {@link assertMayAnswer} and `saveReceipt`
 * throw
 */
export async function acceptWork(ctx: Ctx, of: Named): Promise<void> {
  const { order, entry } = await lock(ctx, of);
  const state = serviceEntryLifecycle.next(entry.state, 'accept');
  assertMay(ctx, 'service_entry.accept', { state: entry.state });
  await assertAnswerable(ctx, { order, entry });
  const line = {
    poLineId: entry.poLineId,
    quantity: entry.quantity,
    announcedQuantity: null,
    shortfallReason: '',
    rejectedQuantity: '0',
    rejectionReason: '',
    sample: null,
    overQuantity: '0',
  };
  const receiptId = await saveReceipt(ctx, order, {
    despatchId: null,
    receivedOn: await todayAt(ctx, order),
    note: entry.reference,
    // Of an entry there is one receipt.
    idempotencyKey: entry.id,
    lines: [line],
    serviceEntryId: entry.id,
  });
  await store.saveDecision(ctx.tx, { ...entry, ...decisionOf(ctx, ''), state, receiptId });
  await tell(ctx, 'service_entry.accepted', { entry: { ...entry, state, receiptId }, from: entry.state });
}

/**
 * The buyer refuses stated work, with a reason: the supplier states it anew.
 * @throws AppError `service_entry.not-found`, `service_entry.cannot-refuse`, and what {@link assertMayAnswer} throws
 */
export async function refuseWork(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const { order, entry } = await lock(ctx, of);
  const state = serviceEntryLifecycle.next(entry.state, 'refuse');
  assertMay(ctx, 'service_entry.refuse', { state: entry.state });
  await assertAnswerable(ctx, { order, entry });
  const refused = { ...entry, ...decisionOf(ctx, of.reason), state };
  await store.saveDecision(ctx.tx, refused);
  await tell(ctx, 'service_entry.refused', { entry: refused, from: entry.state });
}

/**
 * The supplier takes back what it stated and nobody has answered.
 * @throws AppError `service_entry.not-found`, `service_entry.cannot-withdraw`
 */
export async function withdrawWork(ctx: Ctx, of: Named): Promise<void> {
  const { entry } = await lock(ctx, of);
  const withdrawn = { ...entry, state: serviceEntryLifecycle.next(entry.state, 'withdraw') };
  await store.saveWithdrawn(ctx.tx, withdrawn);
  await tell(ctx, 'service_entry.withdrawn', { entry: withdrawn, from: entry.state });
}

async function assertAnswerable(
  ctx: Ctx,
  { order, entry }: { order: PurchaseOrder; entry: ServiceEntry },
): Promise<void> {
  const requesters = await store.findRequesters(ctx.tx, order.id);
  assertMayAnswer(found('user', ctx.actor.userId), {
    buyerId: order.buyerId,
    requesterIds: requesters.filter((one) => one.poLineId === entry.poLineId).map((one) => one.userId),
    pays: mayUse(ctx, 'invoice.approve') || mayUse(ctx, 'invoice.pay'),
  });
}

const decisionOf = (ctx: Ctx, decisionReason: string) => ({
  decidedBy: found('user', ctx.actor.userId),
  decidedAt: ctx.now,
  decisionReason,
});

async function lock(ctx: Ctx, of: Named): Promise<{ order: PurchaseOrder; entry: ServiceEntry }> {
  const order = await lockOrder(ctx, of.orderId);
  const entry = found('service_entry', await store.lockEntry(ctx.tx, { id: of.entryId, orderId: order.id }));
  return { order, entry };
}

const tell = (
  ctx: Ctx,
  action: string,
  { entry, from }: { entry: ServiceEntry; from: ServiceEntry['state'] | null },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'service_entry', id: entry.id },
    supplierId: entry.supplierId,
    from,
    to: entry.state,
    reason: entry.decisionReason || null,
    changes: {
      reference: entry.reference,
      orderId: entry.orderId,
      quantity: entry.quantity,
      reason: entry.decisionReason,
      receiptId: entry.receiptId,
    },
  });

/** Reminds once of each entry that nobody answered in time, and gives how many; none is accepted by it. */
export async function remindOfWork(ctx: Ctx, limit: number): Promise<number> {
  const late = await store.lockLate(ctx.tx, ctx.now, limit);
  if (late.length === 0) return 0;
  await store.saveReminded(
    ctx.tx,
    late.map((entry) => entry.id),
    ctx.now,
  );
  await recordAll(
    ctx,
    late.map((entry) => ({
      action: 'service_entry.reminded',
      subject: { type: 'service_entry', id: entry.id },
      supplierId: entry.supplierId,
      from: entry.state,
      to: entry.state,
      changes: { reference: entry.reference, orderId: entry.orderId },
    })),
  );
  return late.length;
}
