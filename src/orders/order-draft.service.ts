import { record } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { conflict, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import {
  findTakenLines,
  freeLines,
  giveBackOfLines,
  lockLinesToSource,
  markSourcing,
  spread,
  takeOfLines,
  type WaitingLine,
} from '../requisitions/index.ts';
import { findSupplier, isInvitable } from '../suppliers/index.ts';
import { newOrder, numberOf } from './issue-orders.service.ts';
import { withShares } from './order-charges.ts';
import { insertOrder, type NewOrder, replaceDraft } from './order-draft.store.ts';
import { assertFits, assertMayBeMade, type OrderDraft, takingsOf } from './order-draft.ts';
import { type LineSource, saveLineSources } from './order-source.store.ts';
import { findSourcesOf } from './order-sources.service.ts';
import { findAgreementReference, findParties } from './orders.queries.ts';
import { lockOrder } from './orders.service.ts';
import { assertEditable, type PurchaseOrder } from './purchase-order.ts';

/**
 * Makes a draft without an event: of approved requisition lines, of which it takes as much as it orders, or by hand with a reason. Gives
 * its id.
 * @throws AppError what {@link assertMayBeMade}, {@link assertFits} and `newOrder` throw, `requisition_line.is-taken`,
 * `purchase_order.supplier-not-active`, `order_party.not-found`
 */
export async function createOrderDraft(ctx: Ctx, draft: OrderDraft): Promise<string> {
  const waiting = await lockLinesToSource(
    ctx,
    draft.lines.flatMap((line) => line.requisitionLineIds),
  );
  await assertMakeable(ctx, draft, waiting);
  const takings = takingsOf(draft, waiting);
  const ordered = waiting.filter((line) => takings.some(({ lineId }) => lineId === line.id));
  const needed = await takeOfLines(ctx, ordered, takings);
  const lineIds = new Map(ordered.map((line, index) => [line.id, found('part', needed[index]).id]));
  const id = newId();
  const buyerId = found('user', ctx.actor.onBehalfOf?.userId ?? ctx.actor.userId);
  const order = newOrder(ctx, ofDraft(draft, buyerId), { id, reference: await numberOf(ctx, draft) });
  found('order_party', await findParties(ctx, order));
  await insertOrder(ctx.tx, order);
  await saveLineSources(ctx.tx, sourcesOf(draft, order, { needed, lineIds }));
  await markSourcing(
    ctx,
    needed.map((line) => line.id),
  );
  await recordDraft(ctx, order, { act: 'drafted', draft, needed });
  return id;
}

/**
 * Puts other words into a draft, as it was in front of the one who acts.  Requisition lines that are left out wait again, and so
 * does what it orders less of them.
 * @throws AppError what {@link createOrderDraft} and {@link assertEditable} throw, `purchase_order.draft-changed-meanwhile`,
 * `purchase_order.is-called-off`,
 * `purchase_order.requisition-not-of-draft`
 */
export async function reviseOrderDraft(
  ctx: Ctx,
  of: OrderDraft & { orderId: string; version: number },
): Promise<void> {
  const before = await lockOrder(ctx, of.orderId);
  assertEditable(before);
  if ((await findAgreementReference(ctx, before.id)) !== null)
    throw ruleBroken(
      'purchase_order.is-called-off',
      'What an agreement says is not changed in an order of it',
    );
  if (before.version !== of.version)
    throw conflict('purchase_order.draft-changed-meanwhile', 'Somebody else changed it meanwhile', {
      reference: before.reference,
    });
  const held = await findSourcesOf(ctx, before.id);
  const kept = new Set(of.lines.flatMap((line) => line.requisitionLineIds));
  if ([...kept].some((id) => !held.includes(id)))
    throw ruleBroken('purchase_order.requisition-not-of-draft', 'The draft was not made of it');
  const taken = await findTakenLines(ctx, [...kept]);
  await assertMakeable(ctx, of, taken);
  const takings = takingsOf(of, taken);
  const ordered = taken.filter((line) => takings.some(({ lineId }) => lineId === line.id));
  const needed = await giveBackOfLines(ctx, ordered, takings);
  const lineIds = new Map(needed.map(({ id }) => [id, id]));
  const order = newOrder(ctx, ofDraft(of, before.buyerId), before);
  await replaceDraft(ctx.tx, order);
  await saveLineSources(ctx.tx, sourcesOf(of, order, { needed, lineIds }));
  await freeLines(
    ctx,
    held.filter((id) => !lineIds.has(id)),
  );
  await recordDraft(ctx, order, { act: 'revised', draft: of, needed });
}

async function assertMakeable(ctx: Ctx, draft: OrderDraft, needed: readonly WaitingLine[]): Promise<void> {
  await assertKnownPlace(ctx, draft);
  assertMayBeMade(draft, ctx.policies.orders);
  assertFits(draft, needed);
  const supplier = found('supplier', await findSupplier(ctx, draft.supplierId));
  if (!isInvitable(supplier))
    throw ruleBroken('purchase_order.supplier-not-active', 'The supplier is not active', {
      supplier: supplier.name,
    });
}

/** A code that nothing bears, or that lies outside of the actor's scope, is refused at its field. @throws AppError `form.invalid` */
async function assertKnownPlace(ctx: Ctx, of: Pick<OrderDraft, 'plantCode' | 'categoryCode'>): Promise<void> {
  const within = placesOf(ctx.actor);
  const isKnown = (known: readonly { code: string }[], code: string, scope: readonly string[] | null) =>
    known.some((one) => one.code === code) && scope?.includes(code) !== false;
  const wrong = [
    ...(isKnown(await listPlants(ctx), of.plantCode, within.plants) ? [] : ['plantCode']),
    ...(isKnown(await listCategories(ctx), of.categoryCode, within.categories) ? [] : ['categoryCode']),
  ].map((path) => ({ path, code: 'form.invalid-choice', message: 'Choose one of the listed values.' }));
  if (wrong.length > 0) throw invalid('form.invalid', 'The form has errors', wrong);
}

const ofDraft = (draft: OrderDraft, buyerId: string) => ({
  ...draft,
  awardId: null,
  eventId: null,
  buyerId,
  lines: draft.lines.map((line) => ({ ...line, eventItemId: null })),
});

/**
 * Whose need each line is, at what it costs with its share of the order's charges. What is taken of a requisition line
 * may bear another id than the line it was taken of.
 */
function sourcesOf(
  draft: OrderDraft,
  order: NewOrder,
  of: { needed: readonly WaitingLine[]; lineIds: ReadonlyMap<string, string> },
): LineSource[] {
  const { currency } = order;
  const amounts = withShares(order.lines, order);
  const byId = new Map(of.needed.map((line) => [line.id, line]));
  return order.lines.flatMap((line, index) => {
    const own = (draft.lines[index]?.requisitionLineIds ?? []).flatMap((named) => {
      const needed = byId.get(of.lineIds.get(named) ?? '');
      return needed === undefined ? [] : [{ requisitionLineId: needed.id, quantity: needed.quantity }];
    });
    if (own.length === 0) return [];
    const whole = { quantity: line.quantity, amount: amounts[index] ?? line.amount, currency };
    return spread(whole, own).map((share) => ({ ...share, poLineId: line.id, currency }));
  });
}

/** Nobody outside knows of a draft. */
const recordDraft = (
  ctx: Ctx,
  order: Pick<PurchaseOrder, 'id' | 'reference' | 'lineCount'>,
  of: { act: 'drafted' | 'revised'; draft: OrderDraft; needed: readonly WaitingLine[] },
): Promise<string> =>
  record(ctx, {
    action: `purchase_order.${of.act}`,
    subject: { type: 'purchase_order', id: order.id },
    ...(of.act === 'drafted' ? { to: 'draft' } : {}),
    reason: of.draft.reason || null,
    changes: {
      reference: order.reference,
      lineCount: order.lineCount,
      requisitions: [...new Set(of.needed.map((line) => line.reference))],
    },
  });
