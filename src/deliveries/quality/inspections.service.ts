import { record } from '../../audit/index.ts';
import { assertMay, may } from '../../identity/index.ts';
import { found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { isPositive } from '../../kernel/money.ts';
import { matchKindFor } from '../../kernel/scoped-policy.ts';
import { findPlaceOf, lockOrder, type PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findLinesOfReceipt, findReceiptById, type ReceiptLine } from '../goods-receipt.store.ts';
import type { GoodsReceipt } from '../goods-receipt.ts';
import { findInspectionsOfReceipt, insertInspection } from './inspection.store.ts';
import { type Inspection, type InspectionState, inspect, inspectionState } from './inspection.ts';
import { type SamplingPlan, samplingPlan } from './sampling.ts';

/**
 * Says what the sample of a posted line was like; the lot is accepted or not by the sampling plan. Invoices that wait for it
 * go on by a job.
 * @throws AppError `goods_receipt.not-found`, `po_line.not-found`, what `inspect` and {@link assertMay} throw
 */
export async function inspectLine(
  ctx: Ctx,
  of: { receiptId: string; poLineId: string; defectCount: number; note: string },
): Promise<void> {
  const scope = { id: of.receiptId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const receipt = found('goods_receipt', await findReceiptById(ctx.tx, scope));
  // Whoever receives, invoices or inspects the same order waits here for the other.
  const order = await lockOrder(ctx, receipt.orderId);
  assertMay(ctx, 'goods_receipt.inspect', toInspect(receipt, order));
  const lines = await findLinesOfReceipt(ctx.tx, receipt.id);
  const line = found(
    'po_line',
    lines.find((one) => one.poLineId === of.poLineId),
  );
  const earlier = await findInspectionsOfReceipt(ctx.tx, receipt.id);
  const later = earlier.find((one) => one.poLineId === of.poLineId);
  const { result, ...plan } = inspect(line, { ...of, later });
  await insertInspection(ctx.tx, {
    ...plan,
    id: newId(),
    receiptId: receipt.id,
    poLineId: line.poLineId,
    supplierId: receipt.supplierId,
    result,
    defectCount: of.defectCount,
    note: of.note,
    inspectedBy: found('user', ctx.actor.userId),
    inspectedAt: ctx.now,
  });
  await record(ctx, {
    action: `goods_receipt.inspection-${result}`,
    subject: { type: 'goods_receipt', id: receipt.id },
    supplierId: receipt.supplierId,
    reason: of.note === '' ? null : of.note,
    changes: {
      reference: receipt.reference,
      line: line.lineNo,
      defects: of.defectCount,
      sample: plan.sampleSize,
    },
  });
}

const toInspect = (receipt: Pick<GoodsReceipt, 'state'>, order: Pick<PurchaseOrder, 'buyerId'>) => ({
  state: receipt.state,
  ties: { buyer: order.buyerId },
});

/** What the page of a receipt shows of a line's inspection. */
export type ShownInspection = {
  readonly poLineId: string;
  readonly lineNo: number;
  readonly description: string;
  readonly state: InspectionState;
  readonly plan: SamplingPlan;
  readonly later: (Inspection & { readonly inspectorName: string }) | null;
};

/** The inspections of a receipt, where its invoices wait for them or somebody looked; and may this reader look? */
export async function shownInspections(
  ctx: Ctx,
  of: { receipt: GoodsReceipt; order: PurchaseOrder; lines: readonly ReceiptLine[] },
): Promise<{ inspections: readonly ShownInspection[]; mayInspect: boolean }> {
  const { receipt, lines } = of;
  const later = new Map(
    (await findInspectionsOfReceipt(ctx.tx, receipt.id)).map((one) => [one.poLineId, one]),
  );
  const place = found('purchase_order', await findPlaceOf(ctx, receipt.orderId));
  const isAsked = matchKindFor(ctx.policies.matching, place) === 'four_way';
  return {
    mayInspect: may(ctx, 'goods_receipt.inspect', toInspect(receipt, of.order)),
    inspections: lines
      .filter((line) => isPositive(line.quantity) && (isAsked || later.has(line.poLineId)))
      .map((line) => ({
        poLineId: line.poLineId,
        lineNo: line.lineNo,
        description: line.description,
        state: inspectionState(line, later.get(line.poLineId)),
        plan: samplingPlan(line.quantity),
        later: later.get(line.poLineId) ?? null,
      })),
  };
}
