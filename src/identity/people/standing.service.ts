import { record } from '../../audit/index.ts';
import { found, ruleBroken } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { replaceScope } from '../scope/scope.service.ts';
import type { ScopeCodes } from '../scope/scope.ts';
import { assertAdministratorRemains, lockAsSeen } from './person.service.ts';
import * as store from './person.store.ts';
import { isHandOf } from './role-request.ts';

/** A change of somebody's account, as it was seen by whoever makes it. */
export type StandingChange = { readonly userId: string; readonly reason: string; readonly version: number };

/**
 * Closes an account: out at the next request, and no sign-in, password or mailed link lets it in again.
 * @throws AppError `user.not-found`, `person.changed-meanwhile`, `person.is-deactivated`,
 * `person.deactivated-by-oneself`, `role.last-administrator`
 */
export async function deactivatePerson(ctx: Ctx, change: StandingChange): Promise<void> {
  const person = await lockAsSeen(ctx, change);
  if (!person.isActive) throw ruleBroken('person.is-deactivated', 'This account is deactivated already');
  if (isHandOf(ctx.actor, person.id))
    throw ruleBroken('person.deactivated-by-oneself', 'Nobody deactivates their own account');
  if (person.roles.includes('administrator')) await assertAdministratorRemains(ctx, person.id);
  await store.saveActive(ctx.tx, person.id, false);
  await store.endSessions(ctx.tx, person.id);
  await store.useUpLinks(ctx.tx, person.id, ctx.now);
  await record(ctx, {
    action: 'user.deactivated',
    subject: { type: 'user', id: person.id },
    supplierId: person.supplierId,
    reason: change.reason,
  });
}

/**
 * Opens a closed account again, with the roles it has; whoever it is signs in anew.
 * @throws AppError `user.not-found`, `person.changed-meanwhile`, `person.is-active`
 */
export async function reactivatePerson(ctx: Ctx, change: StandingChange): Promise<void> {
  const person = await lockAsSeen(ctx, change);
  if (person.isActive) throw ruleBroken('person.is-active', 'This account is active');
  await store.saveActive(ctx.tx, person.id, true);
  await record(ctx, {
    action: 'user.reactivated',
    subject: { type: 'user', id: person.id },
    supplierId: person.supplierId,
    reason: change.reason,
  });
}

/** Ends every session of somebody, in all browsers.
 * @throws AppError `user.not-found` */
export async function signOutEverywhere(ctx: Ctx, userId: string): Promise<void> {
  const person = found('user', await store.lockPerson(ctx.tx, userId));
  const count = await store.endSessions(ctx.tx, person.id);
  await record(ctx, {
    action: 'user.signed-out-everywhere',
    subject: { type: 'user', id: person.id },
    supplierId: person.supplierId,
    changes: { count },
  });
}

/**
 * Limits a staff member's roles to these plants and categories.
 * @throws AppError `user.not-found`, `person.changed-meanwhile`, `person.limits-oneself`, `role.supplier-decides`
 */
export async function limitPerson(
  ctx: Ctx,
  { userId, version, ...scope }: ScopeCodes & { userId: string; version: number },
): Promise<void> {
  const person = await lockAsSeen(ctx, { userId, version });
  if (person.kind !== 'staff')
    throw ruleBroken('role.supplier-decides', 'What a supplier’s people may do, the supplier decides');
  if (isHandOf(ctx.actor, person.id))
    throw ruleBroken('person.limits-oneself', 'Nobody changes where their own roles hold');
  await replaceScope(ctx, userId, scope);
  await store.saveChanged(ctx.tx, userId);
}
