import { record } from '../audit/index.ts';
import { findPlant } from '../catalog/index.ts';
import { assertMay } from '../identity/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isPositive } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import {
  findLinesOfOrders,
  findOrderLines,
  lockOrder,
  lockOrders,
  overPercentOf,
  type PurchaseOrder,
} from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import * as despatchStore from './despatch-advice.store.ts';
import {
  byOrder,
  type DespatchAdvice,
  type DespatchLine,
  despatchAdviceLifecycle,
} from './despatch-advice.ts';
import * as store from './goods-receipt.store.ts';
import {
  assertReceivedOn,
  type CheckedLine,
  type CountedLine,
  checkCount,
  type GoodsReceipt,
  goodsReceiptLifecycle,
  isTakenInPart,
} from './goods-receipt.ts';
import { openForRejected } from './quality/nonconformances.service.ts';
import { saveReceipt } from './receipt-posting.service.ts';
import { assertGoods } from './services/service-entry.ts';

/** The receipt, if it exists and, for a supplier, is of its own delivery. */
export const findReceipt = (ctx: Ctx, id: string): Promise<GoodsReceipt | undefined> =>
  store.findReceiptById(ctx.tx, { id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** The lines of a receipt the caller may see, by the order's line numbers. */
export const findReceiptLines = (ctx: Ctx, receiptId: string): Promise<store.ReceiptLine[]> =>
  store.findLinesOfReceipt(ctx.tx, receiptId);

/** The receipts of an order, the first one first. */
export const receiptsOfOrder = (ctx: Ctx, orderId: string): Promise<GoodsReceipt[]> =>
  store.findReceiptsOfOrder(ctx.tx, { orderId, supplierId: ctx.actor.supplierId });

/** What the receipts of an order the caller may see add up to, by order line; lines without any are left out. */
export const receivedQuantities = (ctx: Ctx, orderId: string): Promise<DespatchLine[]> =>
  store.sumReceived(ctx.tx, orderId);

/** What a receiver says of goods that arrived. */
export type Count = {
  /** Of the form: sent twice, it posts once. */
  readonly idempotencyKey: string;
  readonly receivedOn: Day;
  readonly note: string;
  readonly lines: readonly CountedLine[];
};

/**
 * Posts the receipt of an announced delivery and gives its id; of two receivers who post it, one does. The same
 * form sent again gives the same receipt.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-receive`, and what
 * {@link receiveOnOrder} throws
 */
export async function receiveDespatch(ctx: Ctx, of: Count & { despatchId: string }): Promise<string> {
  const scope = { id: of.despatchId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  found('despatch_advice', await despatchStore.findDespatchById(ctx.tx, scope));
  const announced = await despatchStore.findLinesOfDespatch(ctx.tx, of.despatchId);
  const orders = await lockOrders(
    ctx,
    announced.map((line) => line.orderId),
  );
  const posted = await postedBefore(ctx, { ...of, orderIds: orders.map((order) => order.id) });
  if (posted !== null) return posted;
  const despatch = found('despatch_advice', await despatchStore.lockDespatchById(ctx.tx, scope));
  const inFull = despatchAdviceLifecycle.next(despatch.state, 'receive');
  const receipts = await postByOrder(ctx, { count: of, orders, despatch, announced });
  const to = receipts.some((receipt) => receipt.lines.some(isTakenInPart))
    ? despatchAdviceLifecycle.next(despatch.state, 'receive-in-part')
    : inFull;
  const { id } = found('goods_receipt', receipts[0]);
  await despatchStore.saveDespatchState(ctx.tx, { id: despatch.id, state: to });
  await record(ctx, {
    action: 'despatch_advice.received',
    subject: { type: 'despatch_advice', id: despatch.id },
    supplierId: despatch.supplierId,
    from: despatch.state,
    to,
    changes: {
      reference: despatch.reference,
      orderId: despatch.orderId,
      receiptId: id,
      receiptIds: receipts.map((receipt) => receipt.id),
    },
  });
  return id;
}

/**
 * Posts the receipt of goods that nobody announced and gives its id. The same form sent again gives the same
 * receipt.
 * @throws AppError `purchase_order.not-found`, `purchase_order.not-sent-yet`, `purchase_order.is-closed`,
 * `goods_receipt.form-used-already`, and what {@link checkCount} and {@link assertReceivedOn} throw
 */
export async function receiveOnOrder(ctx: Ctx, of: Count & { orderId: string }): Promise<string> {
  const order = await lockOrder(ctx, of.orderId);
  const posted = await postedBefore(ctx, { ...of, orderIds: [of.orderId] });
  if (posted !== null) return posted;
  return (await post(ctx, { count: of, order, despatch: null, announced: [] })).id;
}

type Part = { readonly id: string; readonly lines: readonly CheckedLine[] };

/** Posts a receipt for each order of a delivery: one act, since all came on one truck. */
async function postByOrder(
  ctx: Ctx,
  of: {
    count: Count;
    orders: readonly PurchaseOrder[];
    despatch: DespatchAdvice;
    announced: readonly (DespatchLine & { readonly orderId: string })[];
  },
): Promise<Part[]> {
  const { count, orders, despatch } = of;
  const [first] = orders;
  if (orders.length === 1 && first !== undefined)
    return [await post(ctx, { count, order: first, despatch, announced: of.announced })];
  if (!count.lines.some((line) => isPositive(line.quantity) || isPositive(line.rejectedQuantity ?? '0')))
    throw ruleBroken('goods_receipt.nothing-received', 'Nothing was received');
  const orderLines = await findLinesOfOrders(
    ctx,
    orders.map((order) => order.id),
  );
  const parts = new Map(byOrder(count.lines, orderLines).map((part) => [part.orderId, part.lines]));
  const receipts: Part[] = [];
  for (const [index, order] of orders.entries())
    receipts.push(
      await post(ctx, {
        // The form's key is the first receipt's; it finds all of them, because they are posted together.
        count: {
          ...count,
          idempotencyKey: index === 0 ? count.idempotencyKey : newId(),
          lines: parts.get(order.id) ?? [],
        },
        order,
        despatch,
        announced: of.announced.filter((line) => line.orderId === order.id),
        rows: count.lines,
      }),
    );
  return receipts;
}

async function postedBefore(
  ctx: Ctx,
  of: { idempotencyKey: string; orderIds: readonly string[] },
): Promise<string | null> {
  const before = await store.findReceiptByKey(ctx.tx, of.idempotencyKey);
  if (before === undefined) return null;
  if (of.orderIds.includes(before.orderId)) return before.id;
  throw conflict('goods_receipt.form-used-already', 'This form was used for another order');
}

async function post(
  ctx: Ctx,
  of: {
    count: Count;
    order: PurchaseOrder;
    despatch: DespatchAdvice | null;
    announced: readonly DespatchLine[];
    /** All rows of a form that counts several orders, to name their faults by. */
    rows?: readonly CountedLine[];
  },
): Promise<Part> {
  const { order, despatch, count } = of;
  assertMay(ctx, 'goods_receipt.post', {
    state: goodsReceiptLifecycle.initial,
    ties: { buyer: order.buyerId },
  });
  const plant = found('plant', await findPlant(ctx, order.plantCode));
  assertReceivedOn(count.receivedOn, {
    orderedOn: order.issuedOn,
    today: dayIn(ctx.now, plant.timeZone),
  });
  const orderLines = await findOrderLines(ctx, order.id);
  const lines = checkCount({
    orderLines,
    announced: of.announced,
    rows: count.lines,
    overPercent: await overPercentOf(ctx, order.id),
    ...(of.rows === undefined ? {} : { allRows: of.rows }),
  });
  assertGoods(
    orderLines,
    // What was announced before its unit was work is still counted.
    lines.filter((line) => line.announcedQuantity === null),
    ctx.policies.services.units,
  );
  const { receivedOn, note, idempotencyKey } = count;
  const despatchId = despatch?.id ?? null;
  const id = await saveReceipt(ctx, order, { despatchId, receivedOn, note, idempotencyKey, lines });
  await openForRejected(
    ctx,
    { supplierId: order.supplierId, plantCode: order.plantCode, orderId: order.id, receiptId: id },
    lines
      .filter((line) => isPositive(line.rejectedQuantity))
      .map((line) => ({
        poLineId: line.poLineId,
        quantity: line.rejectedQuantity,
        reason: line.rejectionReason,
      })),
  );
  return { id, lines };
}
