import { findPlant, type Plant } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { compareDecimals, type DecimalString, isPositive, trimDecimal } from '../kernel/money.ts';
import { isService } from '../kernel/quantity.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import {
  findLinesOfOrders,
  findOrder,
  isRunning,
  type OrderLine,
  openQuantity,
  overPercentOf,
  type PurchaseOrder,
  receivableQuantity,
} from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findDespatchNames } from './deliveries.queries.ts';
import { type DespatchAdvice, despatchAdviceLifecycle } from './despatch-advice.ts';
import { findDespatch, findDespatchLines } from './despatches.service.ts';
import { contentsOf } from './packing/handling-unit.ts';
import { findNamedLines } from './packing/packing.queries.ts';
import { getShownUnits, type ShownUnit } from './packing/packing-page.service.ts';
import { type SamplingPlan, samplingPlan } from './quality/sampling.ts';

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

/** With the order it is of, where a delivery has several. */
type ShownRow = CountRow & { readonly orderReference: string | null };

export type ReceiptForm = {
  readonly order: PurchaseOrder;
  readonly plant: Plant;
  readonly despatch: DespatchAdvice | null;
  readonly supplierName: string | null;
  readonly rows: readonly ShownRow[];
  /** The pallets and parcels of the delivery, and whether the receiver says that they came. */
  readonly units: readonly (ShownUnit & { readonly isThere: boolean })[];
  /** Rows of the order that the delivery did not announce; they stand after the others. */
  readonly otherRows: readonly ShownRow[];
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
  const named = await findNamedLines(ctx, despatchId);
  const form = await receiptForm(ctx, {
    orderId: despatch.orderId,
    orders: new Map(named.map((line) => [line.orderId, line.orderReference])),
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
  const form = await receiptForm(ctx, { orderId, orders: new Map(), announced: new Map(), came: new Map() });
  return { ...form, rows: form.otherRows, otherRows: [] };
}

async function receiptForm(
  ctx: Ctx,
  of: {
    orderId: string;
    /** The orders of a delivery and what people call them; none for the one order alone. */
    orders: ReadonlyMap<string, string>;
    announced: ReadonlyMap<string, DecimalString>;
    came: ReadonlyMap<string, DecimalString>;
  },
): Promise<ReceiptForm> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const plant = found('plant', await findPlant(ctx, order.plantCode));
  const ids = of.orders.size === 0 ? [order.id] : [...of.orders.keys()];
  const lines = (await findLinesOfOrders(ctx, ids)).filter(
    (line) => !isService(line, ctx.policies.services.units) || of.announced.has(line.id),
  );
  // A supplier's orders may lie in several categories, each with a tolerance of its own.
  const overPercents = new Map<string, DecimalString>();
  for (const id of ids) overPercents.set(id, await overPercentOf(ctx, id));
  const rows = lines.map((line) => ({
    orderReference: ids.length > 1 ? (of.orders.get(line.orderId) ?? null) : null,
    ...countRow(line, {
      announced: of.announced.get(line.id) ?? null,
      came: of.came.get(line.id) ?? '0',
      overPercent: found('order', overPercents.get(line.orderId)),
    }),
  }));
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
