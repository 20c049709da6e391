import { releaseCallOff, settleCallOff } from '../agreements/index.ts';
import {
  type Decision,
  decideOn,
  hasChain,
  startApproval,
  type ToBeApproved,
  withdrawApproval,
} from '../approvals/index.ts';
import { record } from '../audit/index.ts';
import { freeReserved } from '../budgets/index.ts';
import { assertMay, findPersonsBehind, type Resource } from '../identity/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { freeLines } from '../requisitions/index.ts';
import { insertVersion } from './change-order.store.ts';
import { assertOrderFunded, findSourcesOf, traceOrder } from './order-sources.service.ts';
import { findPlaceOf, type OrderParties } from './orders.queries.ts';
import { findOrderLines, lockOrder } from './orders.service.ts';
import { firstContent } from './po-content.service.ts';
import { saveIssued, saveOrder } from './purchase-order.store.ts';
import { moveOrder, type PurchaseOrder } from './purchase-order.ts';

export const chainOf = (orderId: string) =>
  ({ documentType: 'purchase_order', documentId: orderId }) as const;

/** @throws AppError `purchase_order.not-found` */
async function toBeApproved(ctx: Ctx, order: PurchaseOrder): Promise<ToBeApproved> {
  const { categoryCode } = found('purchase_order', await findPlaceOf(ctx, order.id));
  return {
    ...chainOf(order.id),
    reference: order.reference,
    title: order.title,
    amount: order.totalAmount,
    currency: order.currency,
    places: [{ plantCode: order.plantCode, categoryCode: categoryCode ?? '' }],
    requesterId: order.buyerId,
    barredIds: personsOf(ctx.actor),
  };
}

/** Do the house's rules name approvers for an order of this amount, at this place? */
export const asksForApproval = async (ctx: Ctx, order: PurchaseOrder): Promise<boolean> =>
  hasChain(ctx, await toBeApproved(ctx, order));

/** What is recorded before an order is in force concerns nobody outside. */
const recordInternally = (
  ctx: Ctx,
  of: { before: PurchaseOrder; after: PurchaseOrder; act: string; reason?: string | null },
): Promise<string> =>
  record(ctx, {
    action: `purchase_order.${of.act}`,
    subject: { type: 'purchase_order', id: of.before.id },
    from: of.before.state,
    to: of.after.state,
    reason: of.reason || null,
    changes: { reference: of.before.reference, ...(of.reason ? { reason: of.reason } : {}) },
  });

/** The order waits for the approvers that the rules of today name. */
export async function askForApproval(ctx: Ctx, order: PurchaseOrder): Promise<void> {
  const after = moveOrder(order, 'submit');
  await saveOrder(ctx.tx, after);
  await recordInternally(ctx, { before: order, after, act: 'approval-requested' });
  await startApproval(ctx, await toBeApproved(ctx, order));
}

/**
 * The order is in force: its first version is written with its hash, and what its budgets had reserved is committed,
 * here and nowhere else.
 * @throws AppError `budget.exceeded`
 */
export async function putIntoForce(
  ctx: Ctx,
  order: PurchaseOrder,
  by: {
    action: 'approve' | 'waive-approval';
    reason: string | null;
    /** Where whoever acts has read them in this transaction. */
    parties?: OrderParties;
  },
): Promise<void> {
  const after = moveOrder(order, by.action);
  const lines = await findOrderLines(ctx, order.id);
  const content = await firstContent(ctx, order, { lines, parties: by.parties });
  await insertVersion(ctx.tx, {
    id: newId(),
    orderId: order.id,
    content,
    sha256: sha256Hex(canonicalJson(content)),
    at: ctx.now,
  });
  await saveIssued(ctx.tx, { ...after, issuedOn: content.issuedOn, totalAmount: content.totalAmount });
  await traceOrder(ctx, order, lines);
  await settleCallOff(ctx, order.id);
  await record(ctx, {
    action: 'purchase_order.issued',
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    ...(by.action === 'approve' ? { from: order.state } : {}),
    to: after.state,
    changes: {
      reference: order.reference,
      version: content.version,
      awardId: order.awardId,
      isApproved: by.action === 'approve',
    },
  });
}

/**
 * A draft is done: it goes to the approvers the rules name, or is in force at once where they name none.
 * @throws AppError `purchase_order.not-found`, `purchase_order.cannot-submit`, `purchase_order.changed-meanwhile`,
 * `budget.exceeded`
 */
export async function submitOrder(ctx: Ctx, orderId: string): Promise<void> {
  const order = await lockOrder(ctx, orderId);
  moveOrder(order, 'submit');
  const lines = await findOrderLines(ctx, order.id);
  await assertOrderFunded(ctx, order, lines);
  const isEnough = order.awardId !== null && ctx.policies.orders.isAwardEnough;
  if (!isEnough && (await asksForApproval(ctx, order))) return askForApproval(ctx, order);
  await putIntoForce(ctx, order, { action: 'waive-approval', reason: null });
}

/** The order as the table of rights asks about its approval: whoever buys or made it does not approve it. */
export const toDecide = async (ctx: Ctx, order: PurchaseOrder): Promise<Resource> => ({
  state: order.state,
  ties: { buyer: order.buyerId },
  behind: await findPersonsBehind(ctx, [order.id]),
});

/**
 * Decides the actor's step. The last yes puts the order into force, unless its budgets have not enough left any more; a
 * return makes it a draft again, a rejection ends it.
 * @throws AppError `purchase_order.not-found`, `purchase_order.approver-is-buyer`, `budget.exceeded`, what `decideOn` throws
 */
export async function decideOrder(
  ctx: Ctx,
  of: { orderId: string; decision: Decision; comment: string },
): Promise<void> {
  const order = await lockOrder(ctx, of.orderId);
  assertMay(ctx, `purchase_order.${of.decision}`, await toDecide(ctx, order));
  const { outcome } = await decideOn(ctx, {
    ...chainOf(order.id),
    decision: of.decision,
    comment: of.comment,
  });
  if (outcome === 'approved') return putIntoForce(ctx, order, { action: 'approve', reason: of.comment });
  if (outcome === 'pending') return;
  const after = moveOrder(order, outcome === 'returned' ? 'return' : 'reject');
  if (after.state === 'cancelled') await giveUp(ctx, order);
  await saveOrder(ctx.tx, { ...after, nextDueOn: after.state === 'cancelled' ? null : order.nextDueOn });
  await recordInternally(ctx, { before: order, after, act: outcome, reason: of.comment });
}

/**
 * A draft is not wanted any more. What it was to buy waits to be bought again.
 * @throws AppError `purchase_order.not-found`, `purchase_order.cannot-cancel`, `purchase_order.needs-a-reason`
 */
export async function discardOrder(ctx: Ctx, of: { orderId: string; reason: string }): Promise<void> {
  const order = await lockOrder(ctx, of.orderId);
  const after = moveOrder(order, 'cancel');
  if (of.reason.trim() === '') throw ruleBroken('purchase_order.needs-a-reason', 'Say why');
  await giveUp(ctx, order);
  await saveOrder(ctx.tx, { ...after, nextDueOn: null });
  await recordInternally(ctx, { before: order, after, act: 'discarded', reason: of.reason });
}

/** Nobody is asked about it any more; what it was for is open again, and what it took of an agreement is left. */
export async function giveUp(ctx: Ctx, order: PurchaseOrder): Promise<void> {
  await withdrawApproval(ctx, chainOf(order.id));
  await releaseCallOff(ctx, order.id);
  await freeReserved(ctx, [order.id]);
  if (order.awardId === null) await freeLines(ctx, await findSourcesOf(ctx, order.id));
}
