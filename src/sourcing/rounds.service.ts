import { recordAll } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { saveMove } from './publication.service.ts';
import * as store from './round.store.ts';
import { type Feedback, nextRound, type Round } from './round.ts';
import { changedMeanwhile, lockEvent } from './sourcing.service.ts';

/**
 * Begins the next round: the chosen bidders are told, with their own feedback; the others stay where they are, and see
 * nothing of it. `version` is the one the buyer saw. The caller has checked that the chosen have a bid.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.changed-meanwhile`, and what {@link nextRound} throws
 */
export async function startRound(
  ctx: Ctx,
  to: Pick<Round, 'eventId' | 'reason' | 'feedback' | 'feedbackOn' | 'itemIds' | 'closesAt'> & {
    version: number;
    participants: readonly { supplierId: string; feedback: Feedback | null }[];
  },
): Promise<void> {
  const before = await lockEvent(ctx, to.eventId);
  if (before.version !== to.version) throw changedMeanwhile(before);
  const supplierIds = to.participants.map(({ supplierId }) => supplierId);
  const clock = await ctx.readClock(ctx.tx);
  const after = nextRound(before, { supplierIds, closesAt: to.closesAt, clock, reason: to.reason });
  const closesAtBefore = found('sourcing_event', before.closesAt);
  const { version: _, participants, ...said } = to;
  const round = {
    ...said,
    id: newId(),
    number: after.round,
    closesAtBefore,
    startedBy: found('user', ctx.actor.userId),
    startedAt: clock,
  };
  await store.insertRound(ctx.tx, round);
  await store.insertParticipants(ctx.tx, round.id, participants);
  const field = await store.saveField(ctx.tx, {
    eventId: before.id,
    round: after.round,
    supplierIds,
    endedAt: closesAtBefore,
  });
  await saveMove(ctx, {
    before,
    after,
    act: 'round-started',
    reason: to.reason,
    changes: {
      round: after.round,
      closesAt: after.closesAt,
      timeZone: after.timeZone,
      lineCount: to.itemIds?.length ?? null,
    },
  });
  await recordAll(
    ctx,
    field
      .filter(({ isChosen }) => isChosen)
      .map(({ id, supplierId }) => ({
        action: 'invitation.asked-again',
        subject: { type: 'invitation', id },
        supplierId,
        to: 'responding',
        changes: { eventId: before.id, round: after.round },
      })),
  );
}

/** The newest round a supplier was asked in, with what it alone is told; null before the second. */
export const findRoundFor = async (
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<store.RoundTold | null> => (await store.findRoundTold(ctx.tx, of)) ?? null;

/** Every round after the first, for the buyer. */
export const listRounds = (ctx: Ctx, eventId: string): Promise<store.RoundRow[]> =>
  store.findRounds(ctx.tx, eventId);
