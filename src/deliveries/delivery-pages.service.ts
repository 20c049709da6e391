import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { findPlant, type Plant } from '../catalog/index.ts';
import type { Document } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { compareDecimals, type DecimalString, isPositive, trimDecimal } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import {
  announceableQuantity,
  findOrder,
  findOrderLines,
  isRunning,
  type OrderLine,
  openQuantity,
  overQuantity,
  type PurchaseOrder,
  receivableQuantity,
  underWayQuantity,
} from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { listSites, type SupplierSite } from '../suppliers/index.ts';
import {
  type DeliveryNames,
  findDeliveriesOfOrder,
  findDespatchNames,
  findReceiptNames,
  findReceiptRowsOfOrder,
  findShownDespatchLines,
  type OrderDelivery,
  type OrderReceipt,
  type ShownDespatchLine,
} from './deliveries.queries.ts';
import { type DespatchAdvice, type DespatchState, despatchAdviceLifecycle } from './despatch-advice.ts';
import { findDespatch, findDespatchLines } from './despatches.service.ts';
import { getAppointment, type ShownAppointment } from './docks/docks-page.service.ts';
import type { ReceiptLine } from './goods-receipt.store.ts';
import { type GoodsReceipt, isShort } from './goods-receipt.ts';
import { contentsOf } from './packing/handling-unit.ts';
import { type PackingPapers, splitDocuments } from './packing/packing-documents.service.ts';
import { getShownUnits, type ShownUnit } from './packing/packing-page.service.ts';
import { findNonconformancesOfReceipt } from './quality/nonconformances.queries.ts';
import { type SamplingPlan, samplingPlan } from './quality/sampling.ts';
import { findReceipt, findReceiptLines } from './receipts.service.ts';

/** The form a supplier announces a delivery with, filled with all that is not announced yet. */
export type AnnouncementForm = {
  readonly order: PurchaseOrder;
  readonly plant: Plant;
  /** All lines of the order, so that a row keeps its place when the form is shown again. */
  readonly lines: readonly (OrderLine & { readonly announceable: DecimalString })[];
  readonly hasOpenLines: boolean;
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
  const lines = (await findOrderLines(ctx, order.id)).map((line) => ({
    ...line,
    announceable: trimDecimal(announceableQuantity(line)),
  }));
  const today = dayIn(ctx.now, of.timeZone);
  const due = order.nextDueOn;
  return {
    order,
    plant: found('plant', await findPlant(ctx, order.plantCode)),
    lines,
    hasOpenLines: lines.some((line) => isPositive(line.announceable)),
    sites: await listSites(ctx, order.supplierId),
    idempotencyKey: newId(),
    despatchedOn: today,
    expectedOn: due !== null && due > today ? due : today,
  };
}

/** A row of the form a receiver counts with. */
export type CountRow = {
  readonly poLineId: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly openQuantity: DecimalString;
  /** What the house takes at most. */
  readonly receivableQuantity: DecimalString;
  readonly announcedQuantity: DecimalString | null;
  /** What stands in the field at first. */
  readonly quantity: DecimalString | null;
  /** How many to look at, of what was announced or is open. */
  readonly sample: SamplingPlan | null;
};

export type ReceiptForm = {
  readonly order: PurchaseOrder;
  readonly plant: Plant;
  readonly despatch: DespatchAdvice | null;
  readonly supplierName: string | null;
  readonly rows: readonly CountRow[];
  /** The pallets and parcels of the delivery, and whether the receiver says that they came. */
  readonly units: readonly (ShownUnit & { readonly isThere: boolean })[];
  /** Rows of the order that the delivery did not announce; they stand after the others. */
  readonly otherRows: readonly CountRow[];
  readonly idempotencyKey: string;
  readonly receivedOn: Day;
  /** False when nothing can be received: the delivery is settled, or the order has nothing open. */
  readonly isOpen: boolean;
};

/**
 * The form for an announced delivery, filled with what was announced or, where the receiver says which pallets and
 * parcels came, with what is in those.
 * @throws AppError `despatch_advice.not-found`
 */
export async function getDespatchReceiptForm(
  ctx: Ctx,
  of: { despatchId: string; cameUnits: readonly number[] | null },
): Promise<ReceiptForm> {
  const { despatchId, cameUnits } = of;
  const despatch = found('despatch_advice', await findDespatch(ctx, despatchId));
  const names = found('despatch_advice', await findDespatchNames(ctx, despatchId));
  const announced = new Map(
    (await findDespatchLines(ctx, despatchId)).map((line) => [line.poLineId, line.quantity]),
  );
  const units = await getShownUnits(ctx, despatchId);
  const came = cameUnits === null ? null : units.filter((unit) => cameUnits.includes(unit.unitNo));
  const form = await receiptForm(ctx, {
    orderId: despatch.orderId,
    announced,
    came: came === null ? announced : contentsOf(came),
  });
  const isOpen = form.isOpen && despatchAdviceLifecycle.may(despatch.state, 'receive');
  return {
    ...form,
    isOpen,
    despatch,
    supplierName: names.supplierName,
    units: units.map((unit) => ({ ...unit, isThere: came === null || came.includes(unit) })),
  };
}

/** The form for goods that nobody announced, empty: the receiver counts.
 * @throws AppError `purchase_order.not-found` */
export async function getOrderReceiptForm(ctx: Ctx, orderId: string): Promise<ReceiptForm> {
  const form = await receiptForm(ctx, { orderId, announced: new Map(), came: new Map() });
  return { ...form, rows: form.otherRows, otherRows: [] };
}

async function receiptForm(
  ctx: Ctx,
  of: {
    orderId: string;
    announced: ReadonlyMap<string, DecimalString>;
    came: ReadonlyMap<string, DecimalString>;
  },
): Promise<ReceiptForm> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const plant = found('plant', await findPlant(ctx, order.plantCode));
  const rows = (await findOrderLines(ctx, order.id)).map((line) =>
    countRow(line, {
      announced: of.announced.get(line.id) ?? null,
      came: of.came.get(line.id) ?? '0',
      overPercent: ctx.policies.receiving.overDeliveryPercent,
    }),
  );
  return {
    order,
    plant,
    despatch: null,
    supplierName: null,
    units: [],
    rows: rows.filter((row) => row.announcedQuantity !== null),
    otherRows: rows.filter((row) => row.announcedQuantity === null),
    idempotencyKey: newId(),
    receivedOn: dayIn(ctx.now, plant.timeZone),
    isOpen: isRunning(order) && rows.some((row) => isPositive(row.openQuantity)),
  };
}

const countRow = (
  line: OrderLine,
  {
    announced,
    came,
    overPercent,
  }: { announced: DecimalString | null; came: DecimalString; overPercent: string },
): CountRow => {
  const open = openQuantity(line);
  const receivable = receivableQuantity(line, overPercent);
  const first = announced === null ? null : compareDecimals(came, open) > 0 ? open : came;
  return {
    poLineId: line.id,
    lineNo: line.lineNo,
    itemCode: line.itemCode,
    description: line.description,
    unit: line.unit,
    openQuantity: trimDecimal(open),
    receivableQuantity: trimDecimal(receivable),
    announcedQuantity: announced === null ? null : trimDecimal(announced),
    quantity: first === null ? null : trimDecimal(first),
    sample: isPositive(first ?? open) ? samplingPlan(first ?? open) : null,
  };
};

export const despatchSteps = ['announced', 'expected', 'arrived', 'received'] as const;

/** Which of them is under way. */
const STEP_OF: Readonly<Record<DespatchState, number>> = {
  draft: 0,
  submitted: 0,
  in_transit: 1,
  arrived: 2,
  received: 3,
  part_received: 3,
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
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `goods_receipt.not-found` */
export async function getReceiptPage(ctx: Ctx, receiptId: string): Promise<ReceiptPage> {
  const receipt = found('goods_receipt', await findReceipt(ctx, receiptId));
  const names = found('goods_receipt', await findReceiptNames(ctx, receiptId));
  const orderLines = new Map((await findOrderLines(ctx, receipt.orderId)).map((line) => [line.id, line]));
  const lines = await findReceiptLines(ctx, receiptId);
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
    deliveries: await findDeliveriesOfOrder(ctx, orderId),
    receipts: await findReceiptRowsOfOrder(ctx, orderId),
  };
}

/** May the actor read a file of this delivery? Staff who see deliveries, and the supplier it is from. */
export const mayReadDocument = async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> =>
  mayUse(ctx, 'delivery.read') && (await findDespatch(ctx, document.subject.id)) !== undefined;
