import { record } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isPositive } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import { addArrived, type PurchaseOrder } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { findUnderWay } from './despatch-advice.store.ts';
import { insertReceipt } from './goods-receipt.store.ts';
import { arrivalsOf, type CheckedLine, goodsReceiptLifecycle, isShort } from './goods-receipt.ts';

/**
 * Books a checked receipt of a locked order and gives its id: of goods that were counted, or of work that was accepted.
 * @throws AppError what `addArrived` throws
 */
export async function saveReceipt(
  ctx: Ctx,
  order: PurchaseOrder,
  of: {
    despatchId: string | null;
    receivedOn: Day;
    note: string;
    idempotencyKey: string;
    lines: readonly CheckedLine[];
    /** The statement of work that it stands for. */
    serviceEntryId?: string;
  },
): Promise<string> {
  const { despatchId, receivedOn, note, idempotencyKey, lines } = of;
  const underWay = await findUnderWay(ctx.tx, { orderId: order.id, withoutDespatchId: despatchId });
  await addArrived(ctx, order.id, arrivalsOf(lines, underWay));
  const id = newId();
  const state = goodsReceiptLifecycle.next(goodsReceiptLifecycle.initial, 'post');
  const reference = await nextReference(ctx.tx, 'GR', ctx.now);
  await insertReceipt(ctx.tx, {
    id,
    reference,
    orderId: order.id,
    despatchAdviceId: despatchId,
    supplierId: order.supplierId,
    plantCode: order.plantCode,
    state,
    receivedOn,
    note,
    postedBy: found('user', ctx.actor.userId),
    postedAt: ctx.now,
    idempotencyKey,
    lines: lines.map((line) => ({ ...line, id: newId() })),
  });
  await record(ctx, {
    action: 'goods_receipt.posted',
    subject: { type: 'goods_receipt', id },
    supplierId: order.supplierId,
    to: state,
    changes: {
      reference,
      orderId: order.id,
      despatchAdviceId: despatchId,
      shortLines: lines.filter(isShort).length,
      overLines: lines.filter((line) => isPositive(line.overQuantity)).length,
      ...(of.serviceEntryId === undefined ? {} : { serviceEntryId: of.serviceEntryId }),
    },
  });
  return id;
}
