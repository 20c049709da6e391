import { record } from '../audit/index.ts';
import { endAccess } from '../identity/index.ts';
import { hasRole, personsOf } from '../kernel/actor.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { closeAccount } from './people.service.ts';
import { findPeople } from './people.store.ts';
import type { Colleague } from './people.ts';
import { lockById as lockSupplier } from './supplier.store.ts';
import { assertNotEnded } from './supplier.ts';
import * as store from './supplier-recovery.store.ts';
import {
  assertObjectionInTime,
  assertSecondPerson,
  dueAt,
  isDue,
  objectionsUntil,
  type RecoveryDecision,
  type SupplierRecovery,
  supplierRecoveryLifecycle,
} from './supplier-recovery.ts';
import { isSameAddress, openContact } from './suppliers.service.ts';

export type { ShownRecovery } from './supplier-recovery.store.ts';

/** @throws AppError `supplier_recovery.not-found`, for a supplier also another's */
export const findRecovery = async (ctx: Ctx, id: string): Promise<store.ShownRecovery> =>
  found('supplier_recovery', await store.findShown(ctx.tx, { id, supplierId: ctx.actor.supplierId }));

/** The last recoveries, open ones first; a supplier's people see their own. */
export const listRecoveries = (ctx: Ctx, supplierId: string | null): Promise<store.ShownRecovery[]> =>
  store.findShownList(ctx.tx, ctx.actor.supplierId ?? supplierId);

export type RecoveryRequest = Pick<
  SupplierRecovery,
  'supplierId' | 'reason' | 'replacedContactId' | 'name' | 'email' | 'phone' | 'locale' | 'timeZone'
>;

/**
 * Asks for a new administrator of a supplier; somebody else decides. The supplier's people are told at once.
 * Gives its id.
 * @throws AppError `supplier.not-found`, `supplier.has-ended`, `supplier_contact.not-found`,
 * `supplier_contact.email-in-use`, `supplier_recovery.one-at-a-time`
 */
export async function requestRecovery(ctx: Ctx, request: RecoveryRequest): Promise<string> {
  const requestedBy = found('user', ctx.actor.userId);
  assertNotEnded(found('supplier', await lockSupplier(ctx.tx, request.supplierId)));
  const people = await findPeople(ctx.tx, request.supplierId);
  assertAddressIsFree(people, request);
  if (request.replacedContactId !== null) assertReplaceable(people, request.replacedContactId);
  const recovery: SupplierRecovery = {
    ...request,
    id: newId(),
    state: supplierRecoveryLifecycle.initial,
    requestedBy,
    requestedAt: ctx.now,
    objectionsUntil: objectionsUntil(ctx.now, { hasPeople: people.some((person) => person.isActive) }),
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
    objection: null,
    dueAt: null,
  };
  if (!(await store.insertRecovery(ctx.tx, recovery)))
    throw ruleBroken('supplier_recovery.one-at-a-time', 'There is a request for this supplier already');
  await recordMove(ctx, 'supplier_recovery.requested', recovery, { from: null, reason: request.reason });
  return recovery.id;
}

/** Whoever is replaced may have the same address: somebody who lost everything stays the same person. */
function assertAddressIsFree(
  people: readonly Colleague[],
  of: Pick<RecoveryRequest, 'email' | 'replacedContactId'>,
): void {
  const holder = people.find((person) => person.isActive && isSameAddress(person.email, of.email));
  if (holder !== undefined && holder.id !== of.replacedContactId)
    throw ruleBroken('supplier_contact.email-in-use', 'This supplier has a contact with this address', {
      email: of.email,
    });
}

const assertReplaceable = (people: readonly Colleague[], contactId: string): Colleague =>
  found(
    'supplier_contact',
    people.find((person) => person.id === contactId && person.isActive),
  );

/**
 * Decides on a request, as a second person. Approved, it is carried out when the time for objections is over, and
 * whoever is replaced is signed out now.
 * @throws AppError `supplier_recovery.not-found`, `supplier_recovery.needs-a-second-person`,
 * `supplier_recovery.cannot-approve`, `-overrule`, `-reject`, `supplier_recovery.needs-a-reason`
 */
export async function decideRecovery(
  ctx: Ctx,
  of: { recoveryId: string; decision: RecoveryDecision; reason: string },
): Promise<void> {
  const before = await lock(ctx, of.recoveryId);
  assertSecondPerson(before, ctx.actor);
  const state = supplierRecoveryLifecycle.next(before.state, of.decision);
  if (of.decision !== 'approve' && of.reason === '')
    throw ruleBroken('supplier_recovery.needs-a-reason', 'Say why');
  const after: SupplierRecovery = {
    ...before,
    state,
    decidedBy: found('user', ctx.actor.userId),
    decidedAt: ctx.now,
    decisionReason: of.reason === '' ? null : of.reason,
    dueAt: state === 'approved' ? dueAt(before, ctx.now) : null,
  };
  await store.saveDecision(ctx.tx, after);
  const act = { approve: 'approved', overrule: 'overruled', reject: 'rejected' }[of.decision];
  await recordMove(ctx, `supplier_recovery.${act}`, after, {
    from: before.state,
    reason: after.decisionReason,
  });
  if (state !== 'approved') return;
  const leaver = (await findPeople(ctx.tx, after.supplierId)).find(
    (person) => person.id === after.replacedContactId,
  );
  if (leaver !== undefined) await endAccess(ctx, leaver.userId);
  if (isDue(after, ctx.now)) await complete(ctx, after);
}

/** Takes a request back before it is carried out.
 * @throws AppError `supplier_recovery.not-found`, `supplier_recovery.cannot-withdraw` */
export async function withdrawRecovery(ctx: Ctx, of: { recoveryId: string; reason: string }): Promise<void> {
  const before = await lock(ctx, of.recoveryId);
  const state = supplierRecoveryLifecycle.next(before.state, 'withdraw');
  await store.saveDecision(ctx.tx, { ...before, state, dueAt: null });
  await recordMove(
    ctx,
    'supplier_recovery.withdrawn',
    { ...before, state },
    { from: before.state, reason: of.reason },
  );
}

/**
 * Somebody at the supplier says that this must not be. It is not carried out before a second person has looked.
 * @throws AppError `supplier_recovery.not-found`, also for another supplier's, `supplier_recovery.cannot-object`,
 * `supplier_recovery.objection-too-late`
 */
export async function objectToRecovery(ctx: Ctx, of: { recoveryId: string; reason: string }): Promise<void> {
  const before = await lock(ctx, of.recoveryId);
  const state = supplierRecoveryLifecycle.next(before.state, 'object');
  assertObjectionInTime(before, await ctx.readClock(ctx.tx));
  await store.saveObjection(ctx.tx, {
    id: before.id,
    state,
    objection: of.reason,
    by: ctx.actor.userId,
    at: ctx.now,
  });
  await recordMove(
    ctx,
    'supplier_recovery.objected',
    { ...before, state },
    { from: before.state, reason: of.reason },
  );
}

/** Carries out one approved recovery whose time is over; false when there is none. */
export async function completeNextDueRecovery(ctx: Ctx): Promise<boolean> {
  const due = await store.lockNextDue(ctx.tx, ctx.now);
  if (due === undefined) return false;
  await complete(ctx, due);
  return true;
}

/** The new administrator gets an account and an invitation; whoever it replaces is closed out, and succeeded by it. */
async function complete(ctx: Ctx, recovery: SupplierRecovery): Promise<void> {
  const { supplierId, replacedContactId } = recovery;
  await lockSupplier(ctx.tx, supplierId);
  const before = await findPeople(ctx.tx, supplierId);
  const leaver = before.find((person) => person.id === replacedContactId && person.isActive);
  const roles = [...new Set([...(leaver?.roles ?? []), 'supplier_administrator' as const])];
  const isPrimary =
    leaver?.isPrimary === true || !before.some((person) => person.isActive && person.isPrimary);
  const { name, email, phone, locale, timeZone } = recovery;
  const added = await openContact(ctx, supplierId, {
    name,
    email,
    phone,
    locale,
    timeZone,
    roles,
    isPrimary,
  });
  if (leaver !== undefined)
    await closeAccount(ctx, {
      supplierId,
      contactId: leaver.id,
      reason: recovery.reason,
      successorId: added.contactId,
      person: { ...leaver, isPrimary: false },
      people: await findPeople(ctx.tx, supplierId),
    });
  const state = supplierRecoveryLifecycle.next(recovery.state, 'complete');
  await store.saveCompleted(ctx.tx, { id: recovery.id, state, contactId: added.contactId, at: ctx.now });
  await recordMove(
    ctx,
    'supplier_recovery.completed',
    { ...recovery, state },
    { from: recovery.state, reason: null },
  );
  await record(ctx, {
    action: 'supplier.contact-invited',
    subject: { type: 'supplier', id: supplierId },
    supplierId,
    changes: added,
  });
}

const lock = async (ctx: Ctx, id: string): Promise<SupplierRecovery> =>
  found('supplier_recovery', await store.lockById(ctx.tx, { id, supplierId: ctx.actor.supplierId }));

const recordMove = (
  ctx: Ctx,
  action: string,
  recovery: SupplierRecovery,
  of: { from: string | null; reason: string | null },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'supplier_recovery', id: recovery.id },
    supplierId: recovery.supplierId,
    from: of.from,
    to: recovery.state,
    reason: of.reason === '' ? null : of.reason,
    changes: { replacedContactId: recovery.replacedContactId },
  });

/**
 * Requests that wait for this member of staff, who did not make them; and for a supplier's people, what is asked
 * about their company.
 */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  const isOurs = hasRole(actor, 'buyer', 'administrator');
  if (!isOurs && actor.kind !== 'supplier') return [];
  const rows = isOurs
    ? await store.findToDecide(ctx.tx, personsOf(actor))
    : (await store.findShownList(ctx.tx, actor.supplierId)).filter(
        (row) => row.state === 'requested' || row.state === 'approved',
      );
  if (rows.length === 0) return [];
  return [
    {
      key: isOurs ? 'waiting.suppliers.recoveries' : 'waiting.suppliers.recovery-of-us',
      count: rows.length,
      href: isOurs ? '/recoveries' : '/company',
      urgent: true,
      items: rows.slice(0, 5).map((row) => ({
        label: isOurs ? row.supplierName : row.name,
        href: isOurs ? `/recoveries/${row.id}` : '/company',
        dueAt: row.objectionsUntil,
      })),
    },
  ];
}
