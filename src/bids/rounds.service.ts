import { conflict, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type Compared,
  type FeedbackKind,
  type FeedbackReach,
  feedbackFor,
  findEvent,
  findEventItems,
  linesAskedAgain,
  listRounds,
  lockEvent,
  type SourcingEvent,
  startEvaluation,
  startOpening,
  startRound,
} from '../sourcing/index.ts';
import { hasBidIn, lockSuperseded } from './bid.store.ts';
import { moveBids } from './event-acts.service.ts';
import * as store from './rounds.queries.ts';

export type RoundForm = {
  readonly eventId: string;
  readonly version: number;
  readonly supplierIds: readonly string[];
  /** The lines that are asked again; null for all. */
  readonly itemIds: readonly string[] | null;
  readonly closesAt: Date;
  readonly reason: string;
  readonly feedback: FeedbackKind;
  readonly feedbackOn: FeedbackReach;
};

/** Every round, who was asked in it, and what each bidder offered in it. */
export async function getRounds(ctx: Ctx, eventId: string) {
  const event = await findEvent(ctx, eventId);
  const prices = event.openedAt === null ? [] : await store.findRoundPrices(ctx, eventId);
  return {
    event,
    rounds: await listRounds(ctx, eventId),
    prices,
    items: await findEventItems(ctx, eventId),
    field: event.state === 'evaluation' ? await store.findField(ctx, eventId) : [],
    isWithoutBids: event.state === 'closed' && event.round > 1 && !(await hasNewBids(ctx, eventId)),
  };
}

/**
 * Asks the chosen bidders for better bids. Each may be told where it stands among the bids that are compared now; that is
 * worked out here, under the event's lock, and kept as it was told.
 * @throws AppError as {@link startRound}, `round.not-a-bidder`, `round.feedback-needs-one-currency`,
 * and what `linesAskedAgain` throws
 */
export async function startBidRound(ctx: Ctx, form: RoundForm): Promise<void> {
  const { supplierIds, itemIds: chosenItems, ...to } = form;
  await lockEvent(ctx, to.eventId);
  const itemIds = linesAskedAgain(chosenItems, {
    itemIds: (await findEventItems(ctx, to.eventId)).map(({ id }) => id),
  });
  const field = await store.findField(ctx, to.eventId);
  const chosen = [...new Set(supplierIds)];
  if (chosen.some((id) => !field.some(({ supplierId }) => supplierId === id)))
    throw conflict('round.not-a-bidder', 'One of them has no bid that is compared');
  if (to.feedback !== 'none' && new Set(field.map(({ currency }) => currency)).size > 1)
    throw ruleBroken('round.feedback-needs-one-currency', 'Bids in several currencies cannot be ranked');
  const compared: Compared[] = field.map(({ supplierId, total, prices }) => ({
    supplierId,
    total,
    lines: new Map(Object.entries(prices)),
  }));
  const said = { kind: to.feedback, reach: to.feedbackOn };
  const participants = chosen.map((supplierId) => ({
    supplierId,
    feedback: feedbackFor(supplierId, compared, said),
  }));
  await startRound(ctx, { ...to, itemIds, participants });
}

/** A bid of the newest round replaces its supplier's earlier ones; who did not bid again stays with what it said. */
export async function supersedeEarlier(ctx: Ctx, event: Pick<SourcingEvent, 'id' | 'round'>): Promise<void> {
  if (event.round === 1) return;
  const earlier = await lockSuperseded(ctx.tx, event.id, event.round);
  await moveBids(ctx, earlier, {
    action: 'supersede',
    act: 'bid.superseded',
    changes: { round: event.round },
  });
}

/**
 * Nobody bid in the new round: the earlier bids stand and are evaluated again.
 * @throws AppError `round.has-bids`, `sourcing_event.cannot-start-opening`
 */
export async function endRoundWithoutBids(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  if (event.round === 1 || (await hasNewBids(ctx, eventId)))
    throw ruleBroken('round.has-bids', 'There are bids to open');
  await startOpening(ctx, eventId);
  await startEvaluation(ctx, eventId);
}

const hasNewBids = (ctx: Ctx, eventId: string): Promise<boolean> =>
  hasBidIn(ctx.tx, eventId, ['submitted', 'sealed']);
