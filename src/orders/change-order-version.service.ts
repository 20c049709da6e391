import { strict as assert } from 'node:assert';
import { record } from '../audit/index.ts';
import { findSupplierItems } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { compareDecimals } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './change-order.store.ts';
import { applyTo, type ChangeOrder, changeOrderLifecycle } from './change-order.ts';
import { withTerms } from './changed-terms.ts';
import { nextDueOn, type OrderLine } from './fulfilment.ts';
import { changedNetPrices, withAllCharges } from './order-charges.ts';
import { retraceOrder } from './order-sources.service.ts';
import { findOrderLines } from './orders.service.ts';
import { itemsOf, pricedContent } from './po-content.service.ts';
import type { PoContent } from './po-version.ts';
import { saveNetPrices, saveOrder } from './purchase-order.store.ts';
import { type PurchaseOrder, stateOf } from './purchase-order.ts';

/**
 * Makes agreed changes the order's next version: its content with its hash, its lines and deliveries. What was
 * shipped, received and invoiced is not altered by it. The order is locked by the caller.
 * @throws AppError what `applyTo` throws
 */
export async function issueNextVersion(
  ctx: Ctx,
  order: PurchaseOrder,
  changes: readonly ChangeOrder[],
): Promise<number> {
  const before = await findOrderLines(ctx, order.id);
  const lineChanges = changes.flatMap((change) => change.lines);
  const lines = applyTo(before, lineChanges, order.currency);
  const after = withTerms(order, { changes: changes.map((change) => change.terms), lines: before });
  const last = found(
    'po_version',
    await store.findContent(ctx.tx, { orderId: order.id, version: order.currentVersion }),
  );
  const content = await contentOf(ctx, last, { lines, order: after });
  const touched = new Set(lineChanges.map((change) => change.poLineId));
  const at = { orderId: order.id, version: content.version };
  await store.insertVersion(ctx.tx, {
    id: newId(),
    orderId: order.id,
    content,
    sha256: sha256Hex(canonicalJson(content)),
    at: ctx.now,
  });
  await store.saveChangedLines(
    ctx.tx,
    lines.filter((line) => touched.has(line.id)),
    newId,
  );
  assertNothingMoved(before, await findOrderLines(ctx, order.id));
  await store.saveCurrentVersion(ctx.tx, { ...at, totalAmount: content.totalAmount, terms: after });
  for (const change of changes)
    await store.saveChange(ctx.tx, {
      ...change,
      state: changeOrderLifecycle.next(change.state, 'apply'),
      appliedVersion: content.version,
    });
  await retraceOrder(ctx, {
    orderId: order.id,
    before: withAllCharges(before, order),
    after: withAllCharges(lines, after),
    called: lines,
  });
  await saveNetPrices(ctx.tx, changedNetPrices({ lines: before, order }, { lines, order: after }));
  await saveState(ctx, order, lines);
  await record(ctx, {
    action: 'purchase_order.version-issued',
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    changes: {
      reference: order.reference,
      version: content.version,
      changeNos: changes.map((change) => change.changeNo),
      isTolerated: changes.every((change) => change.isTolerated),
    },
  });
  return content.version;
}

async function saveState(ctx: Ctx, order: PurchaseOrder, lines: readonly OrderLine[]): Promise<void> {
  const state = stateOf(order, lines);
  await saveOrder(ctx.tx, { ...order, state, nextDueOn: nextDueOn(lines) });
  if (state === order.state) return;
  await record(ctx, {
    action: state === 'cancelled' ? 'purchase_order.cancelled' : 'purchase_order.progressed',
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    from: order.state,
    to: state,
    changes: { reference: order.reference },
  });
}

/** The next version's sums follow its lines, its charges and its rate of tax. */
const contentOf = async (
  ctx: Ctx,
  last: PoContent,
  { lines, order }: { lines: readonly OrderLine[]; order: PurchaseOrder },
): Promise<PoContent> => {
  const { totals: _before, paymentPlan: _planned, ...rest } = last;
  return {
    ...rest,
    version: last.version + 1,
    issuedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    ...pricedContent(lines, order, await findSupplierItems(ctx, itemsOf(order, lines))),
  };
};

/** A version that altered what moved would be a fault of this program, and must not be written. */
function assertNothingMoved(before: readonly OrderLine[], after: readonly OrderLine[]): void {
  for (const [index, line] of before.entries())
    for (const kept of ['shippedQuantity', 'receivedQuantity', 'invoicedQuantity'] as const)
      assert.equal(
        compareDecimals(line[kept], after[index]?.[kept] ?? '-1'),
        0,
        `${kept} of line ${line.lineNo}`,
      );
}
