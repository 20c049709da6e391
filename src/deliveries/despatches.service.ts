import { record } from '../audit/index.ts';
import { attachUploads } from '../documents/index.ts';
import { conflict, found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isZero } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import {
  addShipped,
  findLinesOfOrders,
  findOrderLines,
  lockOrders,
  type PurchaseOrder,
} from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { findSite } from '../suppliers/index.ts';
import * as store from './despatch-advice.store.ts';
import {
  assertArrivesAfterDespatch,
  assertOnePlant,
  byOrder,
  type DespatchAdvice,
  type DespatchLine,
  type DespatchState,
  despatchAdviceLifecycle,
  despatchLines,
  freedByCancelling,
} from './despatch-advice.ts';
import { releaseDock } from './docks/docks.service.ts';
import { assertGoods } from './services/service-entry.ts';

/** The announced delivery, if it exists and, for a supplier, is one of its own. */
export const findDespatch = (ctx: Ctx, id: string): Promise<DespatchAdvice | undefined> =>
  store.findDespatchById(ctx.tx, { id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** The lines of a delivery the caller may see, by the order's line numbers. */
export const findDespatchLines = (
  ctx: Ctx,
  despatchId: string,
): Promise<(DespatchLine & { readonly orderId: string })[]> => store.findLinesOfDespatch(ctx.tx, despatchId);

/** What a supplier says of a delivery. A row of 0 is not in it. */
export type Announcement = {
  readonly orderId: string;
  /** Of the form: sent twice, it announces once. */
  readonly idempotencyKey: string;
  readonly despatchedOn: Day;
  readonly expectedOn: Day;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly note: string;
  /** The supplier's own site that the goods leave from, where it says so. */
  readonly siteId?: string | null;
  readonly lines: readonly DespatchLine[];
  /** The packing list and whatever else goes with the goods. */
  readonly files: readonly UploadedFile[];
};

/**
 * Announces a delivery for a part of an order, and of others of the supplier's to the same plant; gives its id. The same form sent again gives the same delivery.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-acknowledged`, `purchase_order.is-closed`,
 * `despatch_advice.form-used-already`, `despatch_advice.other-plant`, `service_entry.line-is-work`, `supplier_site.not-found`, and what {@link despatchLines}, {@link assertArrivesAfterDespatch} and
 * `attachUploads` throw
 */
export async function announceDelivery(ctx: Ctx, announcement: Announcement): Promise<string> {
  const userId = found('user', ctx.actor.userId);
  const orders = await lockOrdersOf(ctx, announcement);
  const order = found(
    'purchase_order',
    orders.find((one) => one.id === announcement.orderId),
  );
  const before = await store.findDespatchByKey(ctx.tx, announcement.idempotencyKey);
  if (before?.orderId === order.id) return before.id;
  if (before !== undefined)
    throw conflict('despatch_advice.form-used-already', 'This form was used for another order');
  assertArrivesAfterDespatch(announcement);
  assertOnePlant(orders);
  const { siteId = null } = announcement;
  if (siteId !== null) await findSite(ctx, { supplierId: order.supplierId, siteId });
  const orderLines = await findLinesOfOrders(
    ctx,
    orders.map((one) => one.id),
  );
  assertGoods(orderLines, announcement.lines, ctx.policies.services.units);
  const lines = despatchLines(orderLines, announcement.lines);
  for (const part of byOrder(lines, orderLines)) await addShipped(ctx, part.orderId, part.lines);
  const id = newId();
  const state = despatchAdviceLifecycle.next(despatchAdviceLifecycle.initial, 'submit');
  const { despatchedOn, expectedOn, carrier, trackingNumber, note, idempotencyKey } = announcement;
  const reference = await nextReference(ctx.tx, 'ASN', ctx.now);
  await store.insertDespatch(ctx.tx, {
    id,
    reference,
    orderId: order.id,
    supplierId: order.supplierId,
    plantCode: order.plantCode,
    state,
    despatchedOn,
    expectedOn,
    carrier,
    trackingNumber,
    note,
    createdBy: userId,
    createdAt: ctx.now,
    idempotencyKey,
    siteId,
    lines: lines.map((line) => ({ ...line, id: newId() })),
  });
  if (announcement.files.length > 0)
    await attachUploads(ctx, {
      subject: { type: 'despatch_advice', id },
      kind: 'packing-list',
      visibility: 'supplier',
      supplierId: order.supplierId,
      files: announcement.files,
    });
  await record(ctx, {
    action: 'despatch_advice.submitted',
    subject: { type: 'despatch_advice', id },
    supplierId: order.supplierId,
    to: state,
    changes: { reference, orderId: order.id, expectedOn, lines: lines.length, orders: orders.length },
  });
  return id;
}

/** The orders of an announcement: the one it is made from, and those whose lines go along. */
async function lockOrdersOf(ctx: Ctx, { orderId, lines }: Announcement): Promise<PurchaseOrder[]> {
  const chosen = lines.filter((line) => !isZero(line.quantity)).map((line) => line.poLineId);
  return lockOrders(ctx, [orderId, ...(await store.findOrderIds(ctx.tx, chosen))]);
}

/** Frees what a cancelled delivery had announced of one order. */
async function free(
  ctx: Ctx,
  of: { orderId: string; despatchId: string; lines: readonly DespatchLine[] },
): Promise<void> {
  const freed = freedByCancelling(
    await findOrderLines(ctx, of.orderId),
    of.lines,
    await store.findUnderWay(ctx.tx, { orderId: of.orderId, withoutDespatchId: of.despatchId }),
  );
  if (freed.some((change) => !isZero(change.quantity))) await addShipped(ctx, of.orderId, freed);
}

/**
 * Takes an announced delivery back that was not received yet: its quantities can be announced again.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-cancel`
 */
export async function cancelDelivery(ctx: Ctx, of: { despatchId: string; reason: string }): Promise<void> {
  const { despatch, state } = await settleUncounted(ctx, { despatchId: of.despatchId, act: 'cancel' });
  await store.saveDespatchState(ctx.tx, { id: despatch.id, state });
  await tellSettled(ctx, { despatch, state, act: 'cancelled', reason: of.reason });
}

/**
 * Turns a delivery away as it comes, before anybody counts it: nothing of it is received, and its quantities can be
 * announced again. The supplier sees why, and the photographs.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-reject`, and what `attachUploads` throws
 */
export async function rejectDelivery(
  ctx: Ctx,
  of: { despatchId: string; reason: string; files: readonly UploadedFile[] },
): Promise<void> {
  const { despatch, state } = await settleUncounted(ctx, { despatchId: of.despatchId, act: 'reject' });
  await store.saveRejection(ctx.tx, {
    id: despatch.id,
    state,
    rejectionReason: of.reason,
    rejectedBy: found('user', ctx.actor.userId),
    rejectedAt: ctx.now,
  });
  if (of.files.length > 0)
    await attachUploads(ctx, {
      subject: { type: 'despatch_advice', id: despatch.id },
      kind: 'gate-rejection',
      visibility: 'supplier',
      supplierId: despatch.supplierId,
      files: of.files,
    });
  await tellSettled(ctx, { despatch, state, act: 'rejected', reason: of.reason });
}

/** The delivery held after its orders, with what it had announced of them free again and its dock given back. */
async function settleUncounted(
  ctx: Ctx,
  of: { despatchId: string; act: 'cancel' | 'reject' },
): Promise<{ despatch: DespatchAdvice; state: DespatchState }> {
  const scope = { id: of.despatchId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  found('despatch_advice', await store.findDespatchById(ctx.tx, scope));
  const lines = await store.findLinesOfDespatch(ctx.tx, of.despatchId);
  const orderIds = [...new Set(lines.map((line) => line.orderId))];
  await lockOrders(ctx, orderIds);
  const despatch = found('despatch_advice', await store.lockDespatchById(ctx.tx, scope));
  const state = despatchAdviceLifecycle.next(despatch.state, of.act);
  for (const id of orderIds.sort()) await free(ctx, { orderId: id, despatchId: despatch.id, lines });
  await releaseDock(ctx, despatch);
  return { despatch, state };
}

const tellSettled = (
  ctx: Ctx,
  of: { despatch: DespatchAdvice; state: DespatchState; act: string; reason: string },
): Promise<string> =>
  record(ctx, {
    action: `despatch_advice.${of.act}`,
    subject: { type: 'despatch_advice', id: of.despatch.id },
    supplierId: of.despatch.supplierId,
    from: of.despatch.state,
    to: of.state,
    reason: of.reason,
    changes: { reference: of.despatch.reference, orderId: of.despatch.orderId, reason: of.reason },
  });
