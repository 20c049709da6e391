import { findPlant } from '../../src/catalog/index.ts';
import { findReceipt, findReceiptLines, isShort, type ReceiptLine } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { isPositive, trimDecimal } from '../../src/kernel/money.ts';
import { companyName, type NotificationFact, notify } from '../../src/notifications/index.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { EventJob, EventRow } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'deliveries/on-goods-receipt-posted';

/**
 * Tells the supplier what arrived and, when less came than was announced, the buyer too. Idempotent: `notify`
 * tells nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['goods_receipt.posted'],
  queue: 'acts',
  // Of work its supplier is told that it is accepted, and what it was.
  run: async (house, event) => {
    if (!('serviceEntryId' in event.changes))
      await house.runInTx({ actor: system(name) }, (ctx) => tell(ctx, event));
  },
};

async function tell(ctx: Ctx, event: EventRow): Promise<void> {
  const receipt = found('goods_receipt', await findReceipt(ctx, event.subjectId));
  const order = found('purchase_order', await findOrder(ctx, receipt.orderId));
  const supplier = found('supplier', await findSupplier(ctx, receipt.supplierId));
  const plant = found('plant', await findPlant(ctx, receipt.plantCode));
  const lines = await findReceiptLines(ctx, receipt.id);
  const short = lines.filter(isShort);
  const message = {
    eventId: event.id,
    facts: [
      ...short.map(asFact),
      { label: 'deliveries.mail.order', value: order.reference },
      { label: 'deliveries.mail.received-on', value: { day: receipt.receivedOn } },
    ],
    link: `/receipts/${receipt.id}`,
  };
  const params = { reference: receipt.reference, order: order.reference, title: order.title };
  await notify(ctx, {
    ...message,
    userIds: await supplierUserIds(ctx, supplier.id, 'deliveries'),
    template: short.length === 0 ? 'goods-received' : 'goods-received-short',
    params: {
      ...params,
      company: companyName(ctx.policies.company),
      plant: supplier.language === 'zh-CN' ? plant.nameZh : plant.nameEn,
    },
    signInLink: true,
    signedLink: {
      purpose: 'receipt',
      subjectId: receipt.id,
      reference: receipt.reference,
      endsAt: null,
    },
  });
  const over = lines.filter((line) => isPositive(line.overQuantity));
  if (over.length > 0)
    await notify(ctx, {
      ...message,
      facts: over.map((line) => ({
        label: 'receiving.mail.over-line',
        value: `${line.lineNo} · ${line.description}: +${trimDecimal(line.overQuantity)}`,
      })),
      userIds: [order.buyerId],
      template: 'order-received-over',
      params: { ...params, supplier: supplier.name, plant: plant.code },
    });
  if (short.length > 0)
    await notify(ctx, {
      ...message,
      userIds: [order.buyerId],
      template: 'order-received-short',
      params: { ...params, supplier: supplier.name, plant: plant.code },
    });
}

/** In figures, which read the same in every language: received, a stroke, announced, and the reason. */
const asFact = (line: ReceiptLine): NotificationFact => ({
  label: 'deliveries.mail.short-line',
  value: `${line.lineNo} · ${line.description}: ${trimDecimal(line.quantity)} / ${trimDecimal(line.announcedQuantity ?? '0')} (${line.shortfallReason})`,
});
