import { record } from '../audit/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './open-session.store.ts';

/** Where a user is signed in, and how it came in before. */
export const findSecurity = async (
  ctx: Ctx,
  userId: string,
): Promise<{ sessions: store.OpenSession[]; signIns: store.PastSignIn[] }> => ({
  sessions: await store.findSessions(ctx.tx, userId),
  signIns: await store.findSignIns(ctx.tx, userId),
});

/** Ends the user's sessions in all other browsers. */
export async function signOutElsewhere(ctx: Ctx, of: { userId: string; keepSid: string }): Promise<void> {
  const count = await store.deleteOtherSessions(ctx.tx, of);
  await record(ctx, {
    action: 'user.signed-out-elsewhere',
    subject: { type: 'user', id: of.userId },
    changes: { count },
  });
}
