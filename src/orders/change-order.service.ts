import { record } from '../audit/index.ts';
import { calendarAt } from '../catalog/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './change-order.store.ts';
import {
  applyTo,
  type ChangeOrder,
  cancellationOf,
  changeOf,
  decideChange,
  isSameTerms,
  type LineChange,
  movedDeliveries,
  type Side,
  termsOf,
  withdrawChange,
} from './change-order.ts';
import { issueNextVersion } from './change-order-version.service.ts';
import type { Delivery } from './fulfilment.ts';
import { withAllCharges } from './order-charges.ts';
import { type AnswerTimes, answerDueFrom } from './order-response.ts';
import { assertChangeFunded } from './order-sources.service.ts';
import { findOrderLines, lockOrder } from './orders.service.ts';
import { saveOrder } from './purchase-order.store.ts';
import { assertAnswered, assertRunning, type PurchaseOrder } from './purchase-order.ts';

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

/** The lines that a change is open about. */
export const discussedLines = (changes: readonly ChangeOrder[]): Set<string> =>
  new Set(changes.filter(isOpen).flatMap((change) => change.lines.map((line) => line.poLineId)));

/** A new change of the order, waiting for the other side. */
export const newChange = (
  ctx: Ctx,
  order: PurchaseOrder,
  of: Pick<ChangeOrder, 'changeNo' | 'kind' | 'lines' | 'reason' | 'isTolerated' | 'dueAt'>,
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

/** A line as the buyer wants it from now on. */
export type WantedLine = {
  readonly poLineId: string;
  readonly unitPrice: DecimalString | null;
  readonly deliveries: readonly Delivery[];
};

/**
 * The buyer proposes to change an order that its supplier has answered; lines that are as they were count for nothing.
 * @throws AppError what {@link lockAsSeen} and `changeOf` throw, `purchase_order.not-acknowledged`,
 * `change_order.nothing-changed`, `change_order.line-under-discussion`
 */
export async function proposeChange(
  ctx: Ctx,
  of: { orderId: string; version: number; reason: string; lines: readonly WantedLine[] },
): Promise<void> {
  const order = await lockAsSeen(ctx, of);
  const byId = new Map((await findOrderLines(ctx, order.id)).map((line) => [line.id, line]));
  const lines = of.lines.flatMap((wanted) => {
    const line = found('po_line', byId.get(wanted.poLineId));
    return isSameTerms(termsOf(line), termsOf({ ...line, ...wanted })) ? [] : [changeOf(line, wanted)];
  });
  await sendChange(ctx, order, { kind: 'change', reason: of.reason, lines });
}

/**
 * The buyer proposes to cancel what has not moved of the order.
 * @throws AppError what {@link lockAsSeen} throws, `change_order.nothing-changed`, `purchase_order.not-acknowledged`
 */
export async function proposeCancellation(
  ctx: Ctx,
  of: { orderId: string; version: number; reason: string },
): Promise<void> {
  const order = await lockAsSeen(ctx, of);
  const lines = (await findOrderLines(ctx, order.id))
    .filter((line) => !isSameTerms(termsOf(line), { ...termsOf(line), deliveries: movedDeliveries(line) }))
    .map(cancellationOf);
  await sendChange(ctx, order, { kind: 'cancellation', reason: of.reason, lines });
}

async function sendChange(
  ctx: Ctx,
  order: PurchaseOrder,
  of: { kind: ChangeOrder['kind']; reason: string; lines: readonly LineChange[] },
): Promise<void> {
  assertRunning(order);
  assertAnswered(order);
  if (of.lines.length === 0) throw ruleBroken('change_order.nothing-changed', 'Nothing is changed');
  const earlier = await store.findChanges(ctx.tx, order.id);
  const discussed = discussedLines(earlier);
  const busy = of.lines.find((line) => discussed.has(line.poLineId));
  if (busy !== undefined)
    throw ruleBroken('change_order.line-under-discussion', 'An earlier change is open', {
      line: busy.lineNo,
    });
  await assertFunded(ctx, order, of.lines);
  const change = newChange(ctx, order, {
    ...of,
    changeNo: nextNo(earlier),
    isTolerated: false,
    dueAt: answerDueFrom(ctx.now, await answerTimes(ctx)),
  });
  await store.insertChanges(ctx.tx, [change]);
  await saveOrder(ctx.tx, order);
  await recordChange(ctx, order, { action: 'change-proposed', change, reason: of.reason });
}

/** Would the order with these changes fit its budgets? @throws AppError `budget.exceeded`, what `applyTo` throws */
export async function assertFunded(
  ctx: Ctx,
  order: PurchaseOrder,
  lines: readonly LineChange[],
): Promise<void> {
  const before = await findOrderLines(ctx, order.id);
  const after = applyTo(before, lines, order.currency);
  await assertChangeFunded(ctx, {
    before: withAllCharges(before, order),
    after: withAllCharges(after, order),
  });
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
  applyTo(await findOrderLines(ctx, order.id), change.lines, order.currency);
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
    },
  });
