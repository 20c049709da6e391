import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { findPlant, type Plant } from '../catalog/index.ts';
import type { Document } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { compareDecimals, type DecimalString, isPositive, trimDecimal } from '../kernel/money.ts';
import { isService } from '../kernel/quantity.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import {
  announceableQuantity,
  findLinesOfOrders,
  findOrder,
  findOrderLines,
  isRunning,
  type OrderLine,
  openQuantity,
  overQuantity,
  type PurchaseOrder,
  underWayQuantity,
} from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { listSites, type SupplierSite } from '../suppliers/index.ts';
import {
  type DeliveryNames,
  findDeliveriesOfOrder,
  findDespatchNames,
  findOtherOrders,
  findReceiptNames,
  findReceiptRowsOfOrder,
  findShownDespatchLines,
  type OrderDelivery,
  type OrderReceipt,
  type OtherOrder,
  type ShownDespatchLine,
} from './deliveries.queries.ts';
import { type DespatchAdvice, type DespatchState, despatchAdviceLifecycle } from './despatch-advice.ts';
import { findDespatch } from './despatches.service.ts';
import { getAppointment, type ShownAppointment } from './docks/docks-page.service.ts';
import type { ReceiptLine } from './goods-receipt.store.ts';
import { type GoodsReceipt, isShort } from './goods-receipt.ts';
import { type PackingPapers, splitDocuments } from './packing/packing-documents.service.ts';
import { getShownUnits, type ShownUnit } from './packing/packing-page.service.ts';
import { type ShownInspection, shownInspections } from './quality/inspections.service.ts';
import { findNonconformancesOfReceipt } from './quality/nonconformances.queries.ts';
import { findReceipt, findReceiptLines } from './receipts.service.ts';

/** The form a supplier announces a delivery with, filled with all that is not announced yet. */
export type AnnouncementForm = {
  readonly order: PurchaseOrder;
  readonly plant: Plant;
  /** All lines of the order that are goods, so that a row keeps its place when the form is shown again. */
  readonly lines: readonly (OrderLine & { readonly announceable: DecimalString })[];
  readonly hasOpenLines: boolean;
  /** What else can go to the same plant on the same truck; its rows stand after the order's own. */
  readonly others: readonly (OtherOrder & {
    readonly lines: readonly (OrderLine & { readonly announceable: DecimalString })[];
  })[];
  /** Where the supplier's goods may leave from. */
  readonly sites: readonly SupplierSite[];
  readonly idempotencyKey: string;
  readonly despatchedOn: Day;
  readonly expectedOn: Day;
};

/** @param of.timeZone where the supplier is: what its calendar calls today
 * @throws AppError `purchase_order.not-found` */
export async function getAnnouncementForm(
  ctx: Ctx,
  of: { orderId: string; timeZone: string },
): Promise<AnnouncementForm> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const isGoods = (line: OrderLine): boolean => !isService(line, ctx.policies.services.units);
  const lines = (await findOrderLines(ctx, order.id)).filter(isGoods).map((line) => ({
    ...line,
    announceable: trimDecimal(announceableQuantity(line)),
  }));
  const others = await findOtherOrders(ctx, {
    supplierId: order.supplierId,
    plantCode: order.plantCode,
    orderId: order.id,
  });
  const otherLines = await findLinesOfOrders(
    ctx,
    others.map((other) => other.id),
  );
  const today = dayIn(ctx.now, of.timeZone);
  const due = order.nextDueOn;
  return {
    order,
    plant: found('plant', await findPlant(ctx, order.plantCode)),
    lines,
    hasOpenLines: lines.some((line) => isPositive(line.announceable)),
    others: others
      .map((other) => ({
        ...other,
        lines: otherLines
          .filter((line) => line.orderId === other.id && isGoods(line))
          .filter((line) => isPositive(announceableQuantity(line)))
          .map((line) => ({ ...line, announceable: trimDecimal(announceableQuantity(line)) })),
      }))
      .filter((other) => other.lines.length > 0),
    sites: await listSites(ctx, order.supplierId),
    idempotencyKey: newId(),
    despatchedOn: today,
    expectedOn: due !== null && due > today ? due : today,
  };
}

export const despatchSteps = ['announced', 'expected', 'arrived', 'received'] as const;

/** Which of them is under way. */
const STEP_OF: Readonly<Record<DespatchState, number>> = {
  draft: 0,
  submitted: 0,
  in_transit: 1,
  arrived: 2,
  received: 3,
  part_received: 3,
  rejected: 2,
  cancelled: 0,
};

export type DespatchPage = {
  readonly despatch: DespatchAdvice;
  readonly names: DeliveryNames;
  readonly lines: readonly (ShownDespatchLine & { readonly isShort: boolean })[];
  readonly documents: readonly Document[];
  readonly units: readonly ShownUnit[];
  readonly papers: PackingPapers;
  readonly mayBePacked: boolean;
  readonly appointment: ShownAppointment | null;
  readonly mayBookDock: boolean;
  readonly mayDepart: boolean;
  readonly mayArrive: boolean;
  /** Where it stands among {@link despatchSteps}. */
  readonly step: number;
  readonly plantToday: Day;
  readonly mayBeCancelled: boolean;
  readonly mayBeRejected: boolean;
  readonly mayBeReceived: boolean;
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `despatch_advice.not-found` */
export async function getDespatchPage(ctx: Ctx, despatchId: string): Promise<DespatchPage> {
  const despatch = found('despatch_advice', await findDespatch(ctx, despatchId));
  const names = found('despatch_advice', await findDespatchNames(ctx, despatchId));
  const lines = await findShownDespatchLines(ctx, despatchId);
  return {
    despatch,
    names,
    lines: lines.map((line) => ({
      ...line,
      isShort: line.quantity !== null && isShort({ ...line, quantity: line.quantity }),
    })),
    ...(await splitDocuments(ctx, despatch)),
    units: await getShownUnits(ctx, despatchId),
    mayBePacked: despatchAdviceLifecycle.may(despatch.state, 'pack'),
    step: STEP_OF[despatch.state],
    appointment: await getAppointment(ctx, despatch),
    mayBookDock: despatchAdviceLifecycle.may(despatch.state, 'book-dock'),
    mayDepart: despatchAdviceLifecycle.may(despatch.state, 'depart'),
    mayArrive: despatchAdviceLifecycle.may(despatch.state, 'arrive'),
    plantToday: dayIn(ctx.now, names.plantTimeZone),
    mayBeCancelled: despatchAdviceLifecycle.may(despatch.state, 'cancel'),
    mayBeRejected: despatchAdviceLifecycle.may(despatch.state, 'reject'),
    mayBeReceived: despatchAdviceLifecycle.may(despatch.state, 'receive'),
    timeline: await timelineOf(
      ctx,
      despatchId,
      ...(names.counterpartId === null ? [] : [names.counterpartId]),
    ),
  };
}

export type ReceiptPage = {
  readonly receipt: GoodsReceipt;
  readonly names: DeliveryNames;
  readonly lines: readonly (ReceiptLine & {
    readonly isShort: boolean;
    /** What the order still has open now. */
    readonly openQuantity: DecimalString;
  })[];
  /** True while something of this receipt's lines can be invoiced. */
  readonly mayBeInvoiced: boolean;
  readonly nonconformances: Awaited<ReturnType<typeof findNonconformancesOfReceipt>>;
  readonly inspections: readonly ShownInspection[];
  readonly mayInspect: boolean;
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `goods_receipt.not-found` */
export async function getReceiptPage(ctx: Ctx, receiptId: string): Promise<ReceiptPage> {
  const receipt = found('goods_receipt', await findReceipt(ctx, receiptId));
  const names = found('goods_receipt', await findReceiptNames(ctx, receiptId));
  const orderLines = new Map((await findOrderLines(ctx, receipt.orderId)).map((line) => [line.id, line]));
  const lines = await findReceiptLines(ctx, receiptId);
  const order = found('purchase_order', await findOrder(ctx, receipt.orderId));
  const ofOrder = (line: ReceiptLine): OrderLine => found('po_line', orderLines.get(line.poLineId));
  return {
    receipt,
    names,
    lines: lines.map((line) => ({
      ...line,
      isShort: isShort(line),
      openQuantity: openQuantity(ofOrder(line)),
    })),
    mayBeInvoiced: lines.some((line) => {
      const { receivedQuantity, invoicedQuantity } = ofOrder(line);
      return isPositive(line.quantity) && compareDecimals(receivedQuantity, invoicedQuantity) > 0;
    }),
    nonconformances: await findNonconformancesOfReceipt(ctx, receiptId),
    ...(await shownInspections(ctx, { receipt, order, lines })),
    timeline: await timelineOf(
      ctx,
      receiptId,
      ...(names.counterpartId === null ? [] : [names.counterpartId]),
    ),
  };
}

export type OrderDeliveriesPage = {
  readonly order: PurchaseOrder;
  readonly lines: readonly (OrderLine & {
    readonly openQuantity: DecimalString;
    readonly underWayQuantity: DecimalString;
    readonly overQuantity: DecimalString;
    /** What the buyer can give up: open, and not announced. */
    readonly closableQuantity: DecimalString;
  })[];
  readonly isRunning: boolean;
  readonly hasWork: boolean;
  readonly hasGoods: boolean;
  readonly deliveries: readonly OrderDelivery[];
  readonly receipts: readonly OrderReceipt[];
};

/** What was announced and received of one order, and what is still open.
 * @throws AppError `purchase_order.not-found` */
export async function getOrderDeliveriesPage(ctx: Ctx, orderId: string): Promise<OrderDeliveriesPage> {
  const order = found('purchase_order', await findOrder(ctx, orderId));
  const lines = await findOrderLines(ctx, orderId);
  return {
    order,
    lines: lines.map((line) => ({
      ...line,
      openQuantity: openQuantity(line),
      underWayQuantity: underWayQuantity(line),
      overQuantity: overQuantity(line),
      closableQuantity: announceableQuantity(line),
    })),
    isRunning: isRunning(order),
    hasWork: lines.some((line) => isService(line, ctx.policies.services.units)),
    hasGoods: lines.some((line) => !isService(line, ctx.policies.services.units)),
    deliveries: await findDeliveriesOfOrder(ctx, orderId),
    receipts: await findReceiptRowsOfOrder(ctx, orderId),
  };
}

/** May the actor read a file of this delivery? Staff who see deliveries, and the supplier it is from. */
export const mayReadDocument = async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> =>
  mayUse(ctx, 'delivery.read') && (await findDespatch(ctx, document.subject.id)) !== undefined;
