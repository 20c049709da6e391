import { documentsOf, documentsOfAll } from '../documents/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type Amendment, closingWithNotice, hasGrown, needsApprovalAgain } from './amendment.ts';
import {
  changesCriteria,
  type Difference,
  differenceOf,
  type Present,
  proposalOf,
} from './amendment-difference.ts';
import { findPlan } from './evaluation-plan.service.ts';
import { estimatedValueOf, type NewEventItem } from './event-item.ts';
import { findStructure } from './event-lines.service.ts';
import { asksForChain } from './publication.service.ts';
import type { SourcingEvent } from './sourcing-event.ts';

/** The files that suppliers have of an event, its lots and its lines. */
export async function presentFiles(ctx: Ctx, eventId: string): Promise<Present['files']> {
  const { lots, items } = await findStructure(ctx, eventId);
  const idsOf = (all: readonly { id?: string | undefined }[]): string[] =>
    all.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const files = [
    ...(await documentsOf(ctx, 'sourcing_event', eventId)),
    ...(await documentsOfAll(ctx, 'lot', idsOf(lots))),
    ...(await documentsOfAll(ctx, 'event_item', idsOf(items))),
  ];
  // What the house made itself (minutes, a report) is no part of what was published.
  return files
    .filter((file) => file.uploadedBy !== null)
    .map(({ id, fileName, subject }) => ({ id, fileName, subjectId: subject.id }));
}

/** What an amendment would do if it were published now. */
export type Prospect = {
  readonly difference: Difference;
  readonly closesAt: Date | null;
  /** Closing is moved on by the house rule, beyond what was proposed. */
  readonly isExtendedByRule: boolean;
  readonly mustBeApproved: boolean;
};

/** For reading, and for deciding under the event's lock. */
export async function prospectOf(
  ctx: Ctx,
  of: { event: SourcingEvent; amendment: Amendment; now: Date },
): Promise<Prospect> {
  const { event, amendment, now } = of;
  const { proposal } = amendment;
  const { lots, items } = await findStructure(ctx, event.id);
  const present = { lots, plan: await findPlan(ctx, event.id), files: await presentFiles(ctx, event.id) };
  const proposed = proposal.terms.closesAt ?? event.closesAt;
  const closesAt =
    proposed === null
      ? null
      : closingWithNotice(proposed, {
          now,
          noticeWorkingDays: ctx.policies.amendments.noticeWorkingDays,
          timeZone: event.timeZone,
          calendar: event.calendar,
        });
  const before = proposalOf(event, items);
  const after = { ...proposal, terms: { ...proposal.terms, closesAt } };
  const difference = differenceOf(before, after, present);
  return {
    difference,
    closesAt,
    isExtendedByRule: closesAt?.getTime() !== proposed?.getTime(),
    mustBeApproved:
      needsApprovalAgain(
        { event, items },
        { event, items: proposal.items },
        ctx.policies.eventApprovalFrom,
      ) ||
      (event.approvedBy !== null && changesCriteria(difference)) ||
      (await chainAsksAgain(ctx, event, { before: items, after: proposal.items })),
  };
}

/** The chain that approved the event is asked again where its rules ask for more than they did, or for a larger value. */
async function chainAsksAgain(
  ctx: Ctx,
  event: SourcingEvent,
  of: { before: readonly NewEventItem[]; after: readonly NewEventItem[] },
): Promise<boolean> {
  const [was, is] = [of.before, of.after].map((items) => estimatedValueOf(items, event.currency));
  if (!(await asksForChain(ctx, { ...event, estimatedValue: is ?? null }))) return false;
  return (
    hasGrown(was ?? null, is ?? null) || !(await asksForChain(ctx, { ...event, estimatedValue: was ?? null }))
  );
}
