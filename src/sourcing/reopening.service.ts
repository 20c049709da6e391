import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as invitationStore from './invitation.store.ts';
import { invitationActs, invitationLifecycle } from './invitation.ts';
import { assertReason, saveMove } from './publication.service.ts';
import { changedMeanwhile, lockEvent } from './sourcing.service.ts';
import { isOpenAt, reopenBidding, sourcingEventLifecycle } from './sourcing-event.ts';

/**
 * Takes bids again after closing, while nothing is opened; everybody invited is told why and until when. Bids that were
 * sealed are the caller's, in the same transaction. `version` is the one the buyer saw.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.changed-meanwhile`, `sourcing_event.needs-a-reason`, and
 * what the rule {@link reopenBidding} throws
 */
export async function reopenEvent(
  ctx: Ctx,
  to: { eventId: string; version: number; closesAt: Date; reason: string },
): Promise<void> {
  const before = await lockEvent(ctx, to.eventId);
  if (before.version !== to.version) throw changedMeanwhile(before);
  // Read after the lock: who reopens and who opens take turns.
  const after = reopenBidding(before, { closesAt: to.closesAt, clock: await ctx.readClock(ctx.tx) });
  assertReason(to.reason);
  await saveMove(ctx, {
    before,
    after,
    act: 'reopened',
    reason: to.reason,
    changes: { closedAtBefore: before.closesAt, closesAt: after.closesAt, timeZone: after.timeZone },
  });
}

/**
 * Everything that was awarded is under way or done: nothing waits for this event any more.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-complete`
 */
export async function completeEvent(ctx: Ctx, eventId: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'complete');
  await saveMove(ctx, { before, after: { ...before, state }, act: 'completed' });
}

/**
 * Takes an invitation back before bidding ends, with the reason that the supplier is told. Whether it had bid makes no
 * difference here, or the buyer could find out by trying; its bid is the caller's, in the same transaction.
 * @throws AppError `sourcing_event.not-found`, `invitation.not-found`, `invitation.cannot-uninvite`,
 * `invitation.bidding-is-over`, `sourcing_event.needs-a-reason`
 */
export async function uninviteSupplier(
  ctx: Ctx,
  of: { eventId: string; supplierId: string; reason: string },
): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  const before = found('invitation', await invitationStore.lockOne(ctx.tx, of));
  if (event.state !== 'paused' && !isOpenAt(event, await ctx.readClock(ctx.tx)))
    throw ruleBroken('invitation.bidding-is-over', 'Only before bidding ends');
  const state = invitationLifecycle.next(before.state, 'uninvite');
  assertReason(of.reason);
  await invitationStore.saveUninvited(ctx.tx, { ...before, state }, of.reason);
  await record(ctx, {
    action: invitationActs.uninvite,
    subject: { type: 'invitation', id: before.id },
    supplierId: of.supplierId,
    // Not where it stood: that would tell whether it had bid.
    to: state,
    reason: of.reason,
    changes: { eventId: of.eventId, reason: of.reason },
  });
}
