import {
  announceDelivery,
  findDespatchLines,
  findReceipt,
  findReceiptLines,
  receiveDespatch,
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
import type { Tax } from '../../src/kernel/tax.ts';
import { dayIn } from '../../src/kernel/time.ts';
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
const FINANCE = 'chen.jing';
const ANNOUNCED_BEFORE_DAYS = 4;
const APPROVED_AFTER_DAYS = 3;
const PAID_AFTER_DAYS = 21;

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
      const despatchId = await announceDelivery(ctx, {
        orderId,
        idempotencyKey: newId(),
        despatchedOn: calendar.day(announcedDaysAgo),
        expectedOn: calendar.day(plan.daysAgo),
        carrier: 'DHL Global Forwarding',
        trackingNumber: '',
        note: '',
        lines: contentOf(plan, await findOrderLines(ctx, orderId)),
        files: [],
      });
      return { [key]: despatchId };
    },
  };
  const received: Step = {
    key: `${key} received`,
    at: calendar.at(plan.daysAgo, '08:05'),
    act: async (stage) => ({
      [`${key} receipt`]: await receive(stage.as(stage.staff(RECEIVER)), {
        despatchId: stage.fact(key),
        shortLine: plan.shortLine ?? null,
      }),
    }),
  };
  if (plan.isWaiting === true) return [announced];
  return [announced, received, ...(plan.invoice === undefined ? [] : invoiceSteps(plan.invoice, of))];
}

function contentOf(
  plan: DeliveryPlan,
  lines: readonly OrderLine[],
): { poLineId: string; quantity: DecimalString }[] {
  return lines
    .filter((line) => plan.lineNos?.includes(line.lineNo) ?? true)
    .map((line) => ({ poLineId: line.id, quantity: partOf(line, plan.percent ?? 100) }))
    .filter((line) => isPositive(line.quantity));
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
    act: async (stage) => ({ [`${key} invoice`]: await invoice(stage, stage.fact(`${key} receipt`), plan) }),
  };
  const decided = (
    name: string,
    daysAfter: number,
    decide: (ctx: Ctx, invoiceId: string) => Promise<void>,
  ): Step => ({
    key: `${key} ${name}`,
    at: calendar.at(plan.daysAgo - daysAfter, '09:25'),
    act: async (stage) => void (await decide(stage.as(stage.staff(FINANCE)), stage.fact(`${key} invoice`))),
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
async function invoice(stage: Stage, receiptId: string, plan: InvoicePlan): Promise<string> {
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
        const isWrong = plan.until === 'wrong-price' && row === 0;
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
