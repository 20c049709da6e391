import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { declareUnsuccessful, lockEvent } from '../sourcing/index.ts';
import { hasBidIn, lockBid, saveDisqualification } from './bid.store.ts';
import { disqualify, standingStates } from './bid.ts';
import { findOpenings } from './opening.store.ts';
import { assertMayOpen } from './openings.service.ts';

/**
 * Sets an opened bid aside, with the reason that its supplier is told. It is compared no more and cannot win.
 * @throws AppError `opening.not-an-opener`, `sourcing_event.not-found`, `bid.not-found`, `bid.needs-a-reason`,
 * and what {@link disqualify} throws
 */
export async function disqualifyBid(
  ctx: Ctx,
  of: { eventId: string; bidId: string; reason: string },
): Promise<void> {
  assertMayOpen(ctx.actor);
  const event = await lockEvent(ctx, of.eventId);
  const before = found('bid', await lockBid(ctx.tx, of.bidId));
  found('bid', before.eventId === event.id ? before : null);
  // The envelope that is open and being judged while the next one is sealed.
  const judged = (await findOpenings(ctx.tx, event.id)).find(
    (one) => one.openedAt !== null && one.concludedAt === null,
  );
  const after = disqualify(before, event, { isJudged: judged !== undefined });
  assertReason(of.reason);
  const envelope = judged?.envelope ?? null;
  await saveDisqualification(ctx.tx, after, { reason: of.reason, envelope });
  await record(ctx, {
    action: 'bid.disqualified',
    subject: { type: 'bid', id: after.id },
    supplierId: after.supplierId,
    from: before.state,
    to: after.state,
    reason: of.reason,
    changes: { eventId: event.id, ...(envelope === null ? {} : { envelope }) },
  });
}

/**
 * Ends an event that nobody bid for, or none of whose bids can be taken. The invited suppliers are told.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-declare-unsuccessful`,
 * `opening.bids-stand`, `bid.needs-a-reason`
 */
export async function endWithoutAward(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  if (await hasBidIn(ctx.tx, event.id, standingStates))
    throw ruleBroken('opening.bids-stand', 'There are bids to open, decide on or compare');
  assertReason(of.reason);
  await declareUnsuccessful(ctx, event.id, of.reason);
}

function assertReason(reason: string): void {
  if (reason.trim() === '') throw ruleBroken('bid.needs-a-reason', 'Say why');
}
