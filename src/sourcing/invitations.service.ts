import { type Act, recordAll } from '../audit/index.ts';
import { notFound, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findSuppliers, isInvitable, type Supplier, standingsIn } from '../suppliers/index.ts';
import * as invitationStore from './invitation.store.ts';
import { invitationLifecycle } from './invitation.ts';
import { lockEvent } from './sourcing.service.ts';
import { assertIsDraft, type SourcingEvent } from './sourcing-event.ts';

const MOST_INVITED = 500;

/**
 * Invites suppliers. To a draft they are added in silence and told when it is published; to an open event
 * they are told at once. Those invited already stay as they are.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.takes-no-invitations`,
 * `sourcing_event.has-too-many-invitations`, `supplier.not-invitable`
 */
export async function inviteSuppliers(
  ctx: Ctx,
  eventId: string,
  supplierIds: readonly string[],
): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  if (event.state !== 'draft' && (event.state !== 'open' || event.round > 1))
    throw ruleBroken(
      'sourcing_event.takes-no-invitations',
      'Suppliers are invited to a draft or an open event',
    );
  const suppliers = await assertInvitable(ctx, supplierIds);
  await assertQualified(ctx, event, suppliers);
  const nameOf = namesOf(suppliers);
  const isOpen = event.state === 'open';
  const added = await invitationStore.insertInvitations(ctx.tx, {
    eventId,
    supplierIds,
    state: invitationLifecycle.initial,
    invitedAt: isOpen ? ctx.now : null,
  });
  await recordAll(
    ctx,
    added.map(({ id, supplierId }) =>
      isOpen
        ? invitationAct('invitation.issued', { id, supplierId, eventId })
        : planAct('invitation.planned', { id, eventId, supplierName: nameOf.get(supplierId) }),
    ),
  );
}

/**
 * Makes these suppliers the ones a draft invites: adds who is missing, forgets who is not named.
 * @throws AppError as {@link inviteSuppliers}, and `sourcing_event.is-no-draft`
 */
export async function chooseSuppliers(
  ctx: Ctx,
  eventId: string,
  supplierIds: readonly string[],
): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  assertIsDraft(event);
  const before = await invitationStore.findAll(ctx.tx, eventId);
  const dropped = before.map((one) => one.supplierId).filter((id) => !supplierIds.includes(id));
  const nameOf = namesOf(await findSuppliers(ctx, dropped));
  const removed = await invitationStore.deleteUntold(ctx.tx, { eventId, supplierIds: dropped });
  await recordAll(
    ctx,
    removed.map(({ id, supplierId }) =>
      planAct('invitation.dropped', { id, eventId, supplierName: nameOf.get(supplierId) }),
    ),
  );
  await inviteSuppliers(ctx, eventId, supplierIds);
}

const namesOf = (suppliers: readonly Supplier[]): ReadonlyMap<string, string> =>
  new Map(suppliers.map((supplier) => [supplier.id, supplier.name]));

/** A plan that never went out concerns no supplier: it is named, but its own timeline must not show it. */
const planAct = (
  action: string,
  { id, ...changes }: { id: string; eventId: string; supplierName: string | undefined },
): Act => ({ action, subject: { type: 'invitation', id }, supplierId: null, changes });

/** What was done about an invitation that its supplier knows of. */
export const invitationAct = (
  action: string,
  of: { id: string; supplierId: string; eventId: string },
): Act => ({
  action,
  subject: { type: 'invitation', id: of.id },
  supplierId: of.supplierId,
  changes: { eventId: of.eventId },
});

/** Where the house requires it, only who is qualified for the category and the plant is invited.
 * @throws AppError `supplier.not-qualified` */
async function assertQualified(
  ctx: Ctx,
  event: Pick<SourcingEvent, 'categoryCode' | 'plantCode'>,
  suppliers: readonly Supplier[],
): Promise<void> {
  if (ctx.policies.qualification.ofInvited !== 'required') return;
  const standings = await standingsIn(ctx, { ...event, supplierIds: suppliers.map(({ id }) => id) });
  const barred = suppliers.find(({ id }) => standings.get(id) === 'not_qualified');
  if (barred !== undefined)
    throw ruleBroken('supplier.not-qualified', 'Not qualified for this category and plant', {
      name: barred.name,
    });
}

/** Gives the suppliers, when all of them may be invited.
 * @throws AppError `supplier.not-invitable`, `supplier.not-found`, `sourcing_event.has-too-many-invitations` */
export async function assertInvitable(ctx: Ctx, supplierIds: readonly string[]): Promise<Supplier[]> {
  if (supplierIds.length > MOST_INVITED)
    throw ruleBroken('sourcing_event.has-too-many-invitations', `At most ${MOST_INVITED}`, {
      maximum: MOST_INVITED,
    });
  const suppliers = await findSuppliers(ctx, supplierIds);
  const barred = suppliers.find((supplier) => !isInvitable(supplier));
  if (barred !== undefined)
    throw ruleBroken('supplier.not-invitable', 'Only registered suppliers are invited', {
      name: barred.name,
    });
  if (suppliers.length < new Set(supplierIds).size) throw notFound('supplier');
  return suppliers;
}
