import { record } from '../audit/index.ts';
import type { SupplierRole } from '../kernel/actor.ts';
import { found, notFound } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { forgetProofs } from './second-factor.store.ts';
import { revokeLinks } from './sign-in-link.store.ts';
import { revokeSignedLinks } from './signed-link/signed-link.service.ts';
import { deleteSessions, findById, replaceRoles, saveDeactivated, saveReactivated } from './user.store.ts';

type OfSupplier = { readonly id: string; readonly supplierId: string };

/**
 * Closes the account of somebody at a supplier: out at once, and no password or link lets it in again.
 * @throws AppError `user.not-found`, also for another supplier's and for one that is closed
 */
export async function deactivateSupplierUser(
  ctx: Ctx,
  user: OfSupplier & { reason?: string },
): Promise<void> {
  if (!(await saveDeactivated(ctx.tx, user))) throw notFound('user');
  await endAccess(ctx, user.id);
  await record(ctx, {
    action: 'user.deactivated',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
    reason: user.reason ?? null,
  });
}

/**
 * Opens a closed account again, for an invitation: what it signed in with before is gone.
 * @throws AppError `user.not-found`, also for another supplier's and for one that is open
 */
export async function reactivateSupplierUser(ctx: Ctx, user: OfSupplier): Promise<void> {
  if (!(await saveReactivated(ctx.tx, user))) throw notFound('user');
  await forgetProofs(ctx.tx, user.id);
  await endAccess(ctx, user.id);
  await record(ctx, {
    action: 'user.reactivated',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
  });
}

/** Ends whatever is open for a user now: its sessions in all browsers, and the links that wait in its mailbox. */
export async function endAccess(ctx: Ctx, userId: string): Promise<void> {
  await deleteSessions(ctx.tx, userId);
  await revokeLinks(ctx.tx, userId, ctx.now);
  await revokeSignedLinks(ctx, { userId }, 'deactivated');
}

/** Takes back the links that wait in a user's mailbox. */
export const revokeSignInLinks = (ctx: Ctx, userId: string): Promise<void> =>
  revokeLinks(ctx.tx, userId, ctx.now);

/**
 * Gives somebody at a supplier exactly these rights, from its next request on.
 * @throws AppError `user.not-found`, also for another supplier's
 */
export async function changeSupplierUserRoles(
  ctx: Ctx,
  user: OfSupplier & { roles: readonly SupplierRole[] },
): Promise<void> {
  const before = found('user', await findById(ctx.tx, user.id));
  if (before.supplierId !== user.supplierId) throw notFound('user');
  await replaceRoles(ctx.tx, user.id, { roles: user.roles, source: 'granted', at: ctx.now });
  await record(ctx, {
    action: 'user.roles-changed',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
    changes: { from: before.roles, to: user.roles },
  });
}
