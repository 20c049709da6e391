import { assertAgreed } from '../agreements/index.ts';
import { record } from '../audit/index.ts';
import { calendarAt } from '../catalog/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './change-order.store.ts';
import { applyTo, type ChangeOrder, decideChange, type Side, withdrawChange } from './change-order.ts';
import { issueNextVersion } from './change-order-version.service.ts';
import { withTerms } from './changed-terms.ts';
import type { OrderLine } from './fulfilment.ts';
import { withAllCharges } from './order-charges.ts';
import type { AnswerTimes } from './order-response.ts';
import { assertChangeFunded } from './order-sources.service.ts';
import { findOrderLines, lockOrder } from './orders.service.ts';
import { saveOrder } from './purchase-order.store.ts';
import { assertRunning, type PurchaseOrder } from './purchase-order.ts';

/** The side the actor speaks for. */
export const sideOf = ({ actor }: Pick<Ctx, 'actor'>): Side =>
  actor.kind === 'supplier' ? 'supplier' : 'buyer';
export const personIn = ({ actor }: Pick<Ctx, 'actor'>): string => found('user', actor.userId);
export const answerTimes = async (ctx: Ctx): Promise<AnswerTimes> => ({
  calendar: await calendarAt(ctx, null),
  answerWorkingDays: ctx.policies.orderResponse.answerWorkingDays,
  timeZone: ctx.policies.company.timeZone,
});

/**
 * The order, held, as it was in front of the one who acts.
 * @throws AppError `purchase_order.not-found`, `change_order.order-changed-meanwhile`
 */
export async function lockAsSeen(ctx: Ctx, of: { orderId: string; version: number }): Promise<PurchaseOrder> {
  const order = await lockOrder(ctx, of.orderId);
  if (order.version !== of.version)
    throw conflict('change_order.order-changed-meanwhile', 'Somebody acted on the order meanwhile', {
      reference: order.reference,
    });
  return order;
}

export const isOpen = (change: Pick<ChangeOrder, 'state'>): boolean =>
  change.state === 'sent' || change.state === 'accepted';

/** Is a change open about the order as a whole? */
export const areTermsDiscussed = (changes: readonly ChangeOrder[]): boolean =>
  changes.some((change) => isOpen(change) && change.terms !== null);

/** The lines that a change is open about. */
export const discussedLines = (changes: readonly ChangeOrder[]): Set<string> =>
  new Set(changes.filter(isOpen).flatMap((change) => change.lines.map((line) => line.poLineId)));

/** A new change of the order, waiting for the other side. */
export const newChange = (
  ctx: Ctx,
  order: PurchaseOrder,
  of: Pick<ChangeOrder, 'changeNo' | 'kind' | 'lines' | 'terms' | 'reason' | 'isTolerated' | 'dueAt'>,
): ChangeOrder => ({
  ...of,
  id: newId(),
  orderId: order.id,
  supplierId: order.supplierId,
  proposedSide: sideOf(ctx),
  state: 'sent',
  baseVersion: order.currentVersion,
  proposedBy: personIn(ctx),
  proposedAt: ctx.now,
  decidedBy: null,
  decidedAt: null,
  decisionReason: '',
  appliedVersion: null,
  remindedAt: null,
  escalatedAt: null,
  countersId: null,
  version: 1,
});

/** One at a time: a second one would not say what it takes the place of. @throws AppError `change_order.terms-under-discussion` */
export function assertTermsFree(earlier: readonly ChangeOrder[]): void {
  if (areTermsDiscussed(earlier))
    throw ruleBroken('change_order.terms-under-discussion', 'An earlier change of the charges is open');
}

/** What changes make of an order: its lines and its terms. @throws AppError what `applyTo` and `withTerms` throw */
const changed = (
  order: PurchaseOrder,
  of: { lines: readonly OrderLine[]; changes: readonly Pick<ChangeOrder, 'lines' | 'terms'>[] },
) => ({
  lines: applyTo(
    of.lines,
    of.changes.flatMap((change) => change.lines),
    order.currency,
  ),
  order: withTerms(order, { lines: of.lines, changes: of.changes.map((change) => change.terms) }),
});

/** Would the order with these changes fit its budgets? @throws AppError `budget.exceeded`, what `applyTo` and `withTerms` throw */
export async function assertFunded(
  ctx: Ctx,
  order: PurchaseOrder,
  changes: readonly Pick<ChangeOrder, 'lines' | 'terms'>[],
): Promise<void> {
  const before = await findOrderLines(ctx, order.id);
  const after = changed(order, { lines: before, changes });
  await assertChangeFunded(ctx, {
    orderId: order.id,
    before: withAllCharges(before, order),
    after: withAllCharges(after.lines, after.order),
    called: after.lines,
  });
}

/**
 * Does what a supplier wants keep within the agreement that the order was called off of?
 * @throws AppError what `assertAgreed` throws
 */
export async function assertWithinAgreement(
  ctx: Ctx,
  order: PurchaseOrder,
  changes: readonly Pick<ChangeOrder, 'lines' | 'terms'>[],
): Promise<void> {
  if (changes.length === 0) return;
  const before = await findOrderLines(ctx, order.id);
  const after = changed(order, { lines: before, changes });
  const amounts = new Map(withAllCharges(after.lines, after.order).map(({ id, amount }) => [id, amount]));
  await assertAgreed(
    ctx,
    after.lines.map(({ id, lineNo, quantity, unitPrice, priceBaseQuantity }) => ({
      poLineId: id,
      lineNo,
      quantity,
      amount: amounts.get(id) ?? '0',
      unitPrice,
      priceBaseQuantity,
      priceBefore: before.find((line) => line.id === id)?.unitPrice ?? null,
    })),
  );
}

/** Changes of an order are counted without a gap. */
export const nextNo = (earlier: readonly ChangeOrder[]): number => (earlier[0]?.changeNo ?? 0) + 1;

/** A change, and the state of it that was in front of the one who acts. */
export type NamedChange = { readonly orderId: string; readonly changeId: string; readonly version: number };

/** @throws AppError `purchase_order.not-found`, `change_order.not-found`, `change_order.changed-meanwhile` */
export async function lockChange(
  ctx: Ctx,
  of: NamedChange,
): Promise<{ order: PurchaseOrder; change: ChangeOrder }> {
  const order = await lockOrder(ctx, of.orderId);
  const change = found(
    'change_order',
    await store.lockChange(ctx.tx, { id: of.changeId, orderId: of.orderId }),
  );
  if (change.version !== of.version)
    throw conflict('change_order.changed-meanwhile', 'Somebody answered it meanwhile', {
      no: change.changeNo,
    });
  return { order, change };
}

/**
 * Takes the other side's proposal. The buyer's yes makes the next version at once; after a supplier's yes the
 * portal makes it.
 * @throws AppError what `lockChange`, `decideChange` and `issueNextVersion` throw
 */
export async function acceptChange(ctx: Ctx, of: NamedChange): Promise<void> {
  const { order, change } = await lockChange(ctx, of);
  assertRunning(order);
  const accepted = decideChange(change, { ...byActor(ctx), action: 'accept', reason: '' });
  // Says at once when it is too late, whoever makes the version.
  changed(order, { lines: await findOrderLines(ctx, order.id), changes: [change] });
  // An agreement may have been ordered from by others since this was proposed.
  if (sideOf(ctx) === 'buyer') await assertFunded(ctx, order, [accepted]);
  await store.saveChange(ctx.tx, accepted);
  await saveOrder(ctx.tx, order);
  await recordChange(ctx, order, { action: 'change-accepted', change: accepted, reason: null });
  if (sideOf(ctx) === 'buyer') await issueNextVersion(ctx, order, [accepted]);
}

/**
 * Takes all open proposals of the supplier into one version.
 * @throws AppError what {@link lockAsSeen} and `issueNextVersion` throw, `change_order.nothing-open`
 */
export async function acceptAllProposals(ctx: Ctx, of: { orderId: string; version: number }): Promise<void> {
  const order = await lockAsSeen(ctx, of);
  assertRunning(order);
  const open = (await store.findChanges(ctx.tx, order.id)).filter(
    (change) => change.state === 'sent' && change.proposedSide !== sideOf(ctx),
  );
  if (open.length === 0) throw ruleBroken('change_order.nothing-open', 'No proposal is open');
  const accepted = open.map((change) =>
    decideChange(change, { ...byActor(ctx), action: 'accept', reason: '' }),
  );
  await assertFunded(ctx, order, accepted);
  for (const change of accepted)
    await recordChange(ctx, order, { action: 'change-accepted', change, reason: null });
  await issueNextVersion(ctx, order, accepted);
}

/** Refuses the other side's proposal and says why: the order stays as it is. @throws AppError what `lockChange` throws */
export async function refuseChange(ctx: Ctx, of: NamedChange & { reason: string }): Promise<void> {
  const { order, change } = await lockChange(ctx, of);
  const refused = decideChange(change, { ...byActor(ctx), action: 'reject', reason: of.reason });
  await store.saveChange(ctx.tx, refused);
  await saveOrder(ctx.tx, order);
  if (change.proposedSide === 'supplier')
    await store.saveResponses(
      ctx.tx,
      change.lines.map(({ poLineId }) => ({ poLineId, response: 'refused' })),
    );
  await recordChange(ctx, order, { action: 'change-refused', change: refused, reason: of.reason });
}

/** Takes back one's own proposal. @throws AppError what `lockChange` and `withdrawChange` throw */
export async function takeBackChange(ctx: Ctx, of: NamedChange): Promise<void> {
  const { order, change } = await lockChange(ctx, of);
  const withdrawn = withdrawChange(change, { side: sideOf(ctx), userId: personIn(ctx), at: ctx.now });
  await store.saveChange(ctx.tx, withdrawn);
  await saveOrder(ctx.tx, order);
  await recordChange(ctx, order, { action: 'change-withdrawn', change: withdrawn, reason: null });
}

const byActor = (ctx: Ctx) => ({ side: sideOf(ctx), userId: personIn(ctx), at: ctx.now });

/** Changes are told of on their order's timeline. */
export const recordChange = (
  ctx: Ctx,
  order: PurchaseOrder,
  of: { action: string; change: ChangeOrder; reason: string | null },
): Promise<string> =>
  record(ctx, {
    action: `purchase_order.${of.action}`,
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    reason: of.reason || null,
    changes: {
      reference: order.reference,
      changeId: of.change.id,
      changeNo: of.change.changeNo,
      kind: of.change.kind,
      proposedSide: of.change.proposedSide,
      lines: of.change.lines.map((line) => line.lineNo),
      ...(of.change.terms === null ? {} : { terms: of.change.terms }),
    },
  });
