import type { Ctx } from '../platform/db/context.ts';
import { assertReason, saveMove } from './publication.service.ts';
import { changedMeanwhile, lockEvent } from './sourcing.service.ts';
import { pauseBidding, resumeBidding } from './sourcing-event.ts';

/**
 * Takes no bids for a while; bids that are in stay in, and everybody who was invited is told why.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.needs-a-reason`, and what the rule {@link pauseBidding}
 * throws
 */
export async function pauseEvent(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const before = await lockEvent(ctx, of.eventId);
  // Read after the lock: who pauses and who closes at the same instant take turns.
  const after = pauseBidding(before, await ctx.readClock(ctx.tx));
  assertReason(of.reason);
  await saveMove(ctx, { before, after, act: 'paused', reason: of.reason });
}

/**
 * Takes bids again, until the same or a later closing time. `version` is the one the buyer saw.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.changed-meanwhile`, `sourcing_event.needs-a-reason`, and
 * what the rule {@link resumeBidding} throws
 */
export async function resumeEvent(
  ctx: Ctx,
  to: { eventId: string; version: number; closesAt: Date; reason: string },
): Promise<void> {
  const before = await lockEvent(ctx, to.eventId);
  if (before.version !== to.version) throw changedMeanwhile(before);
  const after = resumeBidding(before, { closesAt: to.closesAt, clock: await ctx.readClock(ctx.tx) });
  assertReason(to.reason);
  await saveMove(ctx, {
    before,
    after,
    act: 'resumed',
    reason: to.reason,
    changes: { closedAtBefore: before.closesAt, closesAt: after.closesAt, timeZone: after.timeZone },
  });
}
