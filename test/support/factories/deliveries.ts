import {
  announceDelivery,
  type DespatchAdvice,
  findDespatch,
  findReceipt,
  findReceiptLines,
  type GoodsReceipt,
  type ReceiptLine,
  receiveDespatch,
  receiveOnOrder,
} from '../../../src/deliveries/index.ts';
import type { Actor } from '../../../src/kernel/actor.ts';
import { found } from '../../../src/kernel/errors.ts';
import { newId } from '../../../src/kernel/id.ts';
import { addDays, dayIn } from '../../../src/kernel/time.ts';
import { announceableQuantity, findOrderLines, openQuantity } from '../../../src/orders/index.ts';
import type { World } from '../world.ts';
import type { MadeOrder } from './orders.ts';

const ZONE = 'Asia/Shanghai';

/** One quantity for each order line in turn, `'0'` for none of it. */
type Quantities = readonly string[];

/** An announced delivery, by default of all that can be announced, expected in three days. */
export async function makeDespatch(
  world: World,
  made: MadeOrder,
  wanted: { quantities?: Quantities; despatchedOn?: string; expectedOn?: string; carrier?: string } = {},
): Promise<DespatchAdvice> {
  const today = dayIn(world.now(), ZONE);
  return world.runInTx(made.supplierUser, async (ctx) => {
    const orderLines = await findOrderLines(ctx, made.order.id);
    const id = await announceDelivery(ctx, {
      orderId: made.order.id,
      idempotencyKey: newId(),
      despatchedOn: wanted.despatchedOn ?? today,
      expectedOn: wanted.expectedOn ?? addDays(today, 3),
      carrier: wanted.carrier ?? 'DHL Freight',
      trackingNumber: 'JD0146',
      note: '',
      lines: orderLines.map((line, index) => ({
        poLineId: line.id,
        quantity:
          wanted.quantities === undefined ? announceableQuantity(line) : (wanted.quantities[index] ?? '0'),
      })),
      files: [],
    });
    return found('despatch_advice', await findDespatch(ctx, id));
  });
}

export type MadeReceipt = {
  readonly receipt: GoodsReceipt;
  readonly lines: readonly ReceiptLine[];
  readonly receiver: Actor;
};

/**
 * A posted receipt, by default of all that is open on the order and without an announcement. With `announced`,
 * such a delivery is announced first and the receipt is posted from it; short lines get a reason.
 */
export async function makeReceipt(
  world: World,
  made: MadeOrder,
  wanted: { quantities?: Quantities; announced?: Quantities; receiver?: Actor; receivedOn?: string } = {},
): Promise<MadeReceipt> {
  const receiver = wanted.receiver ?? (await world.staff('receiver'));
  const despatch =
    wanted.announced === undefined ? null : await makeDespatch(world, made, { quantities: wanted.announced });
  return world.runInTx(receiver, async (ctx) => {
    const orderLines = await findOrderLines(ctx, made.order.id);
    const count = {
      idempotencyKey: newId(),
      receivedOn: wanted.receivedOn ?? dayIn(ctx.now, ZONE),
      note: '',
      lines: orderLines.map((line, index) => ({
        poLineId: line.id,
        quantity: (wanted.quantities ?? wanted.announced)?.[index] ?? openQuantity(line),
        shortfallReason: 'Damaged in transit',
      })),
    };
    const id =
      despatch === null
        ? await receiveOnOrder(ctx, { ...count, orderId: made.order.id })
        : await receiveDespatch(ctx, { ...count, despatchId: despatch.id });
    return {
      receipt: found('goods_receipt', await findReceipt(ctx, id)),
      lines: await findReceiptLines(ctx, id),
      receiver,
    };
  });
}
