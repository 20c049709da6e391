import { record } from '../audit/index.ts';
import { notFound } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { revokeSignedLinks } from './signed-link/signed-link.service.ts';
import { deleteSessions, saveDeactivated } from './user.store.ts';

/**
 * Closes the account of somebody at a supplier: out at once, and no password or link lets it in again.
 * @throws AppError `user.not-found`, also for another supplier's and for one that is closed
 */
export async function deactivateSupplierUser(
  ctx: Ctx,
  user: { id: string; supplierId: string },
): Promise<void> {
  if (!(await saveDeactivated(ctx.tx, user))) throw notFound('user');
  await deleteSessions(ctx.tx, user.id);
  await revokeSignedLinks(ctx, { userId: user.id }, 'deactivated');
  await record(ctx, {
    action: 'user.deactivated',
    subject: { type: 'user', id: user.id },
    supplierId: user.supplierId,
  });
}
