import { record } from '../../audit/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { lockById } from '../user.store.ts';
import * as store from './scope.store.ts';
import { isSameScope, type ScopeCodes } from './scope.ts';

/** The plants and categories that a staff member's roles are limited to. */
export const findScope = (ctx: Ctx, userId: string): Promise<ScopeCodes> => store.findCodes(ctx.tx, userId);

/**
 * Limits a staff member's roles to exactly these plants and categories, from its next request on.
 * @throws AppError `user.not-found`
 */
export async function replaceScope(ctx: Ctx, userId: string, to: ScopeCodes): Promise<void> {
  const user = found('user', await lockById(ctx.tx, userId));
  if (user.kind !== 'staff') throw new Error('Only the roles of staff have a scope');
  const from = await store.findCodes(ctx.tx, userId);
  if (isSameScope(from, to)) return;
  await store.replaceCodes(ctx.tx, userId, to, ctx.now);
  await record(ctx, {
    action: 'user.scope-changed',
    subject: { type: 'user', id: userId },
    changes: { from, to },
  });
}
