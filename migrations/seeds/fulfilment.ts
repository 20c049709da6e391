import {
  acceptWork,
  announceDelivery,
  findDespatchLines,
  findReceipt,
  findReceiptLines,
  findServiceEntry,
  receiveDespatch,
  stateWork,
} from '../../src/deliveries/index.ts';
import { approveInvoice, getInvoiceFacts, payInvoice, submitInvoice } from '../../src/invoices/index.ts';
import { found } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/id.ts';
import {
  compareDecimals,
  type DecimalString,
  isPositive,
  multiplyDecimals,
  subtractDecimals,
} from '../../src/kernel/money.ts';
import { isService } from '../../src/kernel/quantity.ts';
import type { Tax } from '../../src/kernel/tax.ts';
import { type Day, dayIn } from '../../src/kernel/time.ts';
import {
  acknowledgeOrder,
  announceableQuantity,
  findOrder,
  findOrderLines,
  type OrderLine,
} from '../../src/orders/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { Calendar, Stage, Step } from './step.ts';

/** What becomes of an order. Days count back from today; what is to come does not happen. */
export type FulfilmentPlan = {
  readonly acknowledgedDaysAgo?: number;
  readonly deliveries: readonly DeliveryPlan[];
};
export type DeliveryPlan = {
  /** The day it arrives. */
  readonly daysAgo: number;
  readonly announcedDaysAgo?: number;
  /** This much of every line, in whole units; 100 is all that is left. */
  readonly percent?: number;
  /** Only these lines of the order, all that is left of them. */
  readonly lineNos?: readonly number[];
  /** Arrived, or about to, and not counted yet. */
  readonly isWaiting?: boolean;
  /** Two less than announced arrive of one line, and why. */
  readonly shortLine?: string;
  readonly invoice?: InvoicePlan;
};
export type InvoicePlan = {
  readonly daysAgo: number;
  /** How far it goes, if there is time for it until today. */
  readonly until: 'wrong-price' | 'matched' | 'approved' | 'paid';
  /** Of all lines; else the buyer of another country owes none. */
  readonly tax?: Tax;
};

const RECEIVER = 'wang.jun';
const BUYERS = ['ana.costa', 'li.wei'] as const;
const FINANCE = 'chen.jing';
const ANNOUNCED_BEFORE_DAYS = 4;
const APPROVED_AFTER_DAYS = 3;
const PAID_AFTER_DAYS = 21;

/** Facts are words: several ids stand in one, and none is an empty one. */
const NONE = '';
const idsOf = (fact: string): string[] => fact.split(' ').filter((id) => id !== NONE);

type Of = { readonly order: string; readonly calendar: Calendar };

/** Everything that happens to an order; `order` is the name of the fact that holds its id. */
export function fulfilmentSteps(plan: FulfilmentPlan, of: Of): Step[] {
  const { acknowledgedDaysAgo } = plan;
  if (acknowledgedDaysAgo === undefined) return [];
  return [
    {
      key: `${of.order} acknowledged`,
      at: of.calendar.at(acknowledgedDaysAgo, '14:35'),
      act: async (stage) => {
        const orderId = stage.fact(of.order);
        const ctx = await supplierOf(stage, orderId);
        await acknowledgeOrder(ctx, { orderId, version: 1, note: '' });
        return undefined;
      },
    },
    ...plan.deliveries.flatMap((delivery, index) =>
      deliverySteps(delivery, { ...of, key: `${of.order} delivery ${index}` }),
    ),
  ];
}

function deliverySteps(plan: DeliveryPlan, of: Of & { key: string }): Step[] {
  const { calendar, key, order } = of;
  const announcedDaysAgo = plan.announcedDaysAgo ?? plan.daysAgo + ANNOUNCED_BEFORE_DAYS;
  const announced: Step = {
    key: `${key} announced`,
    at: calendar.at(announcedDaysAgo, '15:50'),
    act: async (stage) => {
      const orderId = stage.fact(order);
      const ctx = await supplierOf(stage, orderId);
      const { goods, work } = contentOf(ctx, plan, await findOrderLines(ctx, orderId));
      const despatchId =
        goods.length === 0
          ? NONE
          : await announceDelivery(ctx, {
              orderId,
              idempotencyKey: newId(),
              despatchedOn: calendar.day(announcedDaysAgo),
              expectedOn: calendar.day(plan.daysAgo),
              carrier: 'DHL Global Forwarding',
              trackingNumber: '',
              note: '',
              lines: goods,
              files: [],
            });
      const entryIds = await stateAll(ctx, { orderId, work, on: calendar.day(announcedDaysAgo) });
      return { [key]: despatchId, [`${key} work`]: entryIds.join(' ') };
    },
  };
  const received: Step = {
    key: `${key} received`,
    at: calendar.at(plan.daysAgo, '08:05'),
    act: async (stage) => {
      const despatchId = stage.fact(key);
      const shortLine = plan.shortLine ?? null;
      const counted =
        despatchId === NONE
          ? []
          : [await receive(stage.as(stage.staff(RECEIVER)), { despatchId, shortLine })];
      const accepted = await acceptAll(stage, stage.fact(order), idsOf(stage.fact(`${key} work`)));
      return { [`${key} receipts`]: [...counted, ...accepted].join(' ') };
    },
  };
  if (plan.isWaiting === true) return [announced];
  return [announced, received, ...(plan.invoice === undefined ? [] : invoiceSteps(plan.invoice, of))];
}

type Content = { readonly poLineId: string; readonly quantity: DecimalString; readonly description: string };

/** What of an order's goods is delivered, and what of its work is done. */
function contentOf(
  ctx: Ctx,
  plan: DeliveryPlan,
  lines: readonly OrderLine[],
): { goods: { poLineId: string; quantity: DecimalString }[]; work: Content[] } {
  const wanted = lines
    .filter((line) => plan.lineNos?.includes(line.lineNo) ?? true)
    .map((line) => ({ line, quantity: partOf(line, plan.percent ?? 100) }))
    .filter(({ quantity }) => isPositive(quantity));
  const isWork = ({ line }: { line: OrderLine }): boolean => isService(line, ctx.policies.services.units);
  return {
    goods: wanted
      .filter((one) => !isWork(one))
      .map(({ line, quantity }) => ({ poLineId: line.id, quantity })),
    work: wanted
      .filter(isWork)
      .map(({ line, quantity }) => ({ poLineId: line.id, quantity, description: line.description })),
  };
}

/** The supplier states this work. */
async function stateAll(
  ctx: Ctx,
  of: { orderId: string; work: readonly Content[]; on: Day },
): Promise<string[]> {
  const ids: string[] = [];
  for (const { poLineId, quantity, description } of of.work)
    ids.push(
      await stateWork(ctx, {
        orderId: of.orderId,
        idempotencyKey: newId(),
        poLineId,
        workedFrom: of.on,
        workedUntil: of.on,
        quantity,
        description,
        files: [],
      }),
    );
  return ids;
}

/** The order's buyer accepts what was stated; gives the receipts that it counts by. */
async function acceptAll(stage: Stage, orderId: string, entryIds: readonly string[]): Promise<string[]> {
  const receiptIds: string[] = [];
  for (const entryId of entryIds) {
    const { buyerId } = found('purchase_order', await findOrder(stage.as(stage.staff(RECEIVER)), orderId));
    const buyer = BUYERS.map((name) => stage.staff(name)).find((one) => one.userId === buyerId);
    const ctx = stage.as(found('buyer', buyer));
    await acceptWork(ctx, { orderId, entryId });
    receiptIds.push(found('goods_receipt', (await findServiceEntry(ctx, entryId))?.receiptId));
  }
  return receiptIds;
}

/** Nobody delivers half a manhole: a part is so many whole units, and of one unit nothing. */
function partOf(line: OrderLine, percent: number): DecimalString {
  const left = announceableQuantity(line);
  if (percent === 100) return left;
  const [whole = '0'] = multiplyDecimals(line.quantity, String(percent / 100)).split('.');
  return compareDecimals(whole, left) < 0 ? whole : left;
}

async function receive(ctx: Ctx, of: { despatchId: string; shortLine: string | null }): Promise<string> {
  const announced = await findDespatchLines(ctx, of.despatchId);
  const short =
    of.shortLine === null ? undefined : announced.find((line) => compareDecimals(line.quantity, '2') > 0);
  return receiveDespatch(ctx, {
    despatchId: of.despatchId,
    idempotencyKey: newId(),
    receivedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    note: '',
    lines: announced.map((line) => ({
      poLineId: line.poLineId,
      quantity: line === short ? subtractDecimals(line.quantity, '2') : line.quantity,
      shortfallReason: line === short ? (of.shortLine ?? '') : '',
    })),
  });
}

function invoiceSteps(plan: InvoicePlan, { calendar, key }: Of & { key: string }): Step[] {
  const sent: Step = {
    key: `${key} invoiced`,
    at: calendar.at(plan.daysAgo, '16:15'),
    act: async (stage) => {
      const ids: string[] = [];
      for (const receiptId of idsOf(stage.fact(`${key} receipts`)))
        ids.push(await invoice(stage, receiptId, { ...plan, isFirst: ids.length === 0 }));
      return { [`${key} invoices`]: ids.join(' ') };
    },
  };
  const decided = (
    name: string,
    daysAfter: number,
    decide: (ctx: Ctx, invoiceId: string) => Promise<void>,
  ): Step => ({
    key: `${key} ${name}`,
    at: calendar.at(plan.daysAgo - daysAfter, '09:25'),
    act: async (stage) => {
      for (const id of idsOf(stage.fact(`${key} invoices`))) await decide(stage.as(stage.staff(FINANCE)), id);
      return undefined;
    },
  });
  const approved = decided('approved', APPROVED_AFTER_DAYS, async (ctx, invoiceId) => {
    const { version } = (await getInvoiceFacts(ctx, invoiceId)).invoice;
    await approveInvoice(ctx, { invoiceId, version });
  });
  const paid = decided('paid', PAID_AFTER_DAYS, async (ctx, invoiceId) => {
    const { version, reference } = (await getInvoiceFacts(ctx, invoiceId)).invoice;
    const paidOn = dayIn(ctx.now, ctx.policies.company.timeZone);
    await payInvoice(ctx, { invoiceId, version, paidOn, paymentReference: `TT ${reference}` });
  });
  if (plan.until === 'paid') return [sent, approved, paid];
  return plan.until === 'approved' ? [sent, approved] : [sent];
}

/** What was received, invoiced as it was ordered; or its first line for an eighth more. */
async function invoice(
  stage: Stage,
  receiptId: string,
  plan: InvoicePlan & { isFirst: boolean },
): Promise<string> {
  const receipt = found('goods_receipt', await findReceipt(stage.as(stage.staff(RECEIVER)), receiptId));
  const ctx = await supplierOf(stage, receipt.orderId);
  const priceOf = new Map(
    (await findOrderLines(ctx, receipt.orderId)).map((line) => [line.id, line.unitPrice]),
  );
  const received = (await findReceiptLines(ctx, receiptId)).filter((line) => isPositive(line.quantity));
  return submitInvoice(ctx, {
    receiptId,
    entered: {
      supplierNumber: receipt.reference.replace('GR-', ''),
      issuedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
      tax: plan.tax ?? { category: 'Z', rate: '0' },
      lines: received.map(({ poLineId, quantity }, row) => {
        const ordered = priceOf.get(poLineId) ?? '0';
        const isWrong = plan.until === 'wrong-price' && plan.isFirst && row === 0;
        const unitPrice = isWrong ? multiplyDecimals(ordered, '1.125') : ordered;
        return { poLineId, quantity, unitPrice, tax: null, row };
      }),
    },
  });
}

/** In the name of the one who answers for the order's supplier. */
async function supplierOf(stage: Stage, orderId: string): Promise<Ctx> {
  const { supplierId } = found('purchase_order', await findOrder(stage.as(stage.staff(RECEIVER)), orderId));
  return stage.as(stage.contactOf(supplierId));
}
