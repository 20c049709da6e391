import { recordAll } from '../audit/index.ts';
import { documentsOf, findDocument, removeAttachment } from '../documents/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './amendment.store.ts';
import {
  type Amendment,
  amendmentLifecycle,
  assertAmendable,
  assertMadeFrom,
  assertPlanAmendable,
  assertPublishable,
} from './amendment.ts';
import { type Difference, type Proposal, toldOf } from './amendment-difference.ts';
import { type Prospect, prospectOf } from './amendment-prospect.service.ts';
import { type AmendmentSeen, assertAmendmentSeen, lockBoth } from './amendments.service.ts';
import { assertPlanComplete, findPlan, replacePlan } from './evaluation-plan.service.ts';
import { assertLotsOfPlan } from './evaluation-plan.ts';
import { estimatedValueOf } from './event-item.ts';
import { addDraftedLots, findStructure, saveStructure } from './event-lines.service.ts';
import { keepSources } from './event-sources.service.ts';
import { fundEvent } from './funding.service.ts';
import { findEventItems } from './sourcing.service.ts';
import * as eventStore from './sourcing-event.store.ts';
import { type SourcingEvent, sourcingEventLifecycle } from './sourcing-event.ts';

/**
 * Publishes it: the event is what was proposed from this instant on, everybody invited is told what changed, and bids it
 * touches are given back to be submitted again (`jobs/bids`). The event's lock is the one a submission shares, so every
 * bid came before it or knows of it. A paused event takes bids again.
 * @throws AppError `amendment.not-found`, `amendment.cannot-publish`, `amendment.needs-approval`,
 * `amendment.event-changed`, `amendment.changed-meanwhile`, `amendment.event-not-open`, and what
 * {@link assertPublishable} throws
 */
export async function publishAmendment(ctx: Ctx, of: AmendmentSeen): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, of);
  const publishedAt = await ctx.readClock(ctx.tx);
  assertAmendmentSeen(amendment, of.version);
  const state = amendmentLifecycle.next(amendment.state, 'publish');
  assertAmendable(event, publishedAt);
  const { told, prospect } = await assertReady(ctx, event, amendment);
  if (prospect.mustBeApproved && amendment.state !== 'approved')
    throw ruleBroken('amendment.needs-approval', 'An approver has to agree first');
  const number = (await store.lastNumber(ctx.tx, event.id)) + 1;
  await store.saveAmendment(ctx.tx, {
    ...amendment,
    state,
    number,
    changes: told,
    closesAtBefore: event.closesAt,
    closesAt: prospect.closesAt,
    publishedBy: ctx.actor.userId,
    publishedAt,
  });
  await applyTo(ctx, event, { ...amendment.proposal, closesAt: prospect.closesAt });
  await recordPublication(ctx, { event, amendment, number, closesAt: prospect.closesAt });
}

async function applyTo(
  ctx: Ctx,
  event: SourcingEvent,
  to: Proposal & { closesAt: Date | null },
): Promise<void> {
  const present = await findStructure(ctx, event.id);
  const structure = { lots: to.lots ?? present.lots, items: to.items };
  // Questions of a lot that goes are gone before it.
  const { plan } = to;
  if (plan !== null) {
    // And those of a new lot come after it.
    await addDraftedLots(ctx, event.id, structure.lots);
    await replacePlan(ctx, event, plan);
  }
  await keepSources(ctx, event.id, () => saveStructure(ctx, event.id, structure));
  for (const id of to.removedFileIds) {
    const { subject } = await findDocument(ctx, id);
    await removeAttachment(ctx, subject, id);
  }
  const amending = {
    ...event,
    ...to.terms,
    closesAt: to.closesAt,
    state: event.state === 'open' ? sourcingEventLifecycle.next(event.state, 'amend') : event.state,
    estimatedValue: estimatedValueOf(to.items, event.currency),
  };
  const state = sourcingEventLifecycle.next(amending.state, event.state === 'open' ? 'republish' : 'resume');
  await fundEvent(ctx, amending, await findEventItems(ctx, event.id));
  await eventStore.saveTerms(ctx.tx, amending);
  await eventStore.saveState(ctx.tx, { ...amending, state });
}

async function recordPublication(
  ctx: Ctx,
  of: { event: SourcingEvent; amendment: Amendment; number: number; closesAt: Date | null },
): Promise<void> {
  const { event, amendment, number, closesAt } = of;
  const { reason } = amendment;
  const about = { type: 'sourcing_event', id: event.id };
  const changes = {
    reference: event.reference,
    amendmentId: amendment.id,
    number,
    reason,
    closedAtBefore: event.closesAt,
    closesAt,
    timeZone: event.timeZone,
  };
  const isOpen = event.state === 'open';
  await recordAll(ctx, [
    {
      action: 'amendment.published',
      subject: { type: 'amendment', id: amendment.id },
      from: amendment.state,
      to: 'published',
      reason,
      changes: { eventId: event.id, number },
    },
    {
      action: 'sourcing_event.amended',
      subject: about,
      from: event.state,
      to: isOpen ? 'amending' : event.state,
      reason,
      changes,
    },
    {
      action: 'sourcing_event.republished',
      subject: about,
      from: isOpen ? 'amending' : event.state,
      to: 'open',
      changes: { reference: event.reference, number },
    },
  ]);
}

/** What would go out now, complete and looked at; the caller holds the event. @throws AppError as {@link publishAmendment} */
export async function assertReady(
  ctx: Ctx,
  event: SourcingEvent,
  amendment: Amendment,
): Promise<{ told: Difference; prospect: Prospect }> {
  assertMadeFrom(event, amendment);
  const prospect = await prospectOf(ctx, { event, amendment, now: await ctx.readClock(ctx.tx) });
  const told = toldOf(prospect.difference);
  const { proposal, touchesAll, reason } = amendment;
  // Where the house's rule alone moves the closing, nobody has proposed anything.
  const isByRule =
    prospect.isExtendedByRule && proposal.terms.closesAt?.getTime() === event.closesAt?.getTime();
  const proposed = isByRule
    ? { ...told, terms: told.terms.filter((change) => change.field !== 'closesAt') }
    : told;
  const fileCount = (await documentsOf(ctx, 'amendment', amendment.id)).length;
  assertPublishable(event, { proposal, told: proposed, touchesAll, fileCount, reason });
  await assertStructureFits(ctx, event, proposal);
  return { told, prospect };
}

/** Questions, criteria, lots and the way bids are sealed fit each other, as at the first publication. */
async function assertStructureFits(ctx: Ctx, event: SourcingEvent, proposal: Proposal): Promise<void> {
  const lots = proposal.lots ?? (await findStructure(ctx, event.id)).lots;
  const plan = proposal.plan ?? (await findPlan(ctx, event.id));
  if (proposal.plan !== null) assertPlanAmendable(event);
  assertLotsOfPlan(plan, lots);
  assertPlanComplete(plan, lots);
}
