import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type EventItem, findEvent, type SourcingEvent } from '../sourcing/index.ts';
import { type Choice, chooseLowest, chooseSupplier } from './allocation.ts';
import { findAwardById, findLatestAward, findLinesOf } from './award.store.ts';
import type { Award, Tells } from './award.ts';
import {
  type AwardBasis,
  type AwardBidder,
  assertInEvaluation,
  findAwardBasis,
} from './award-basis.service.ts';
import { rowsFor, type TypedRow } from './award-form.ts';
import { leastStandstill, usualStandstill } from './awards.service.ts';
import { findScenarioChoices } from './scenarios.service.ts';

export type AwardForm = {
  readonly event: SourcingEvent;
  readonly asked: readonly EventItem[];
  readonly bidders: readonly AwardBidder[];
  /** Criteria rank the bids, and not their prices alone. */
  readonly isWeighted: boolean;
  readonly rows: readonly TypedRow[];
  /** The award that came back and is to be done again, or that was prefilled after a withdrawal. */
  readonly returned: Award | null;
  readonly justification: string;
  readonly debrief: string;
  readonly withoutRate: AwardBasis['withoutRate'];
  readonly leastStandstill: number;
  readonly standstillDays: number;
  readonly tells: Tells;
  readonly start: string | null;
};

/**
 * The form as it starts: from the award that came back if there is one, else from the lowest of each line.
 * `start` asks for `lowest`, for `returned`, or for one supplier by its id; `scenarioId` for what was saved there.
 * @throws AppError `sourcing_event.not-found`, `award.event-not-in-evaluation`
 */
export async function getAwardForm(
  ctx: Ctx,
  of: { eventId: string; start: string | null; scenarioId?: string | null },
): Promise<AwardForm> {
  const event = await findEvent(ctx, of.eventId);
  assertInEvaluation(event);
  const { asked, bidders, withoutRate, isWeighted } = await findAwardBasis(ctx, event);
  const latest = await findLatestAward(ctx.tx, event.id);
  const isOurs = latest?.state === 'returned' || latest?.state === 'proposed';
  const returned = isOurs ? found('award', await findAwardById(ctx.tx, latest.id)) : null;
  const scenarioId = of.scenarioId ?? null;
  const planned =
    scenarioId === null ? null : await findScenarioChoices(ctx, { eventId: event.id, scenarioId });
  const choices = planned ?? (await firstChoices(ctx, { start: of.start, asked, bidders, returned }));
  return {
    event,
    asked,
    bidders,
    isWeighted,
    rows: rowsFor(asked, choices),
    returned,
    justification: returned?.justification ?? '',
    debrief: returned?.debrief ?? '',
    withoutRate,
    leastStandstill: leastStandstill(ctx, event),
    standstillDays: returned?.standstillDays ?? usualStandstill(ctx, event),
    tells: returned?.tells ?? ctx.policies.awards.debrief,
    start: of.start,
  };
}

async function firstChoices(
  ctx: Ctx,
  { start, asked, bidders, returned }: Pick<AwardForm, 'start' | 'asked' | 'bidders' | 'returned'>,
): Promise<readonly Choice[]> {
  const offers = bidders.flatMap((bidder) => bidder.offers);
  if (bidders.some((bidder) => bidder.supplierId === start))
    return chooseSupplier(asked, offers, start ?? '');
  if (returned !== null && start !== 'lowest') return findLinesOf(ctx.tx, returned.id);
  return chooseLowest(asked, offers);
}
