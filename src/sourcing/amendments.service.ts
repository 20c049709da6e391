import { record, recordAll } from '../audit/index.ts';
import { attachUploads, documentsOf, removeAttachment } from '../documents/index.ts';
import { assertMay, findPersonsBehind, type Resource } from '../identity/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import * as store from './amendment.store.ts';
import {
  type AmendableTerms,
  type Amendment,
  amendmentLifecycle,
  assertAmendable,
  assertMadeFrom,
  assertPublishable,
  closingWithNotice,
  type Difference,
  differenceOf,
  needsApprovalAgain,
  type Proposal,
  proposalOf,
  toldOf,
} from './amendment.ts';
import { assertLineCount, estimatedValueOf, type NewEventItem } from './event-item.ts';
import { findStructure, saveStructure } from './event-lines.service.ts';
import { keepSources } from './event-sources.service.ts';
import { fundEvent } from './funding.service.ts';
import { findEvent, findEventItems, lockEvent } from './sourcing.service.ts';
import * as eventStore from './sourcing-event.store.ts';
import { type SourcingEvent, sourcingEventLifecycle } from './sourcing-event.ts';

type Of = { readonly eventId: string; readonly id: string };
type Seen = Of & { readonly version: number };

/**
 * Begins an amendment, or gives the one that is in the making: while it is drafted the event goes on, and nobody
 * outside knows. Gives its id.
 * @throws AppError `sourcing_event.not-found`, `amendment.event-not-open`
 */
export async function draftAmendment(ctx: Ctx, eventId: string): Promise<string> {
  const event = await lockEvent(ctx, eventId);
  const present = await store.findInTheMaking(ctx.tx, eventId);
  if (present !== undefined) return present;
  assertAmendable(event, await ctx.readClock(ctx.tx));
  const { items } = await findStructure(ctx, eventId);
  const amendment: Amendment = {
    id: newId(),
    eventId,
    number: null,
    state: amendmentLifecycle.initial,
    round: event.round,
    eventVersion: event.version,
    proposal: proposalOf(event, items),
    touchesAll: false,
    reason: '',
    changes: null,
    closesAtBefore: null,
    closesAt: null,
    draftedBy: found('user', ctx.actor.userId),
    createdAt: ctx.now,
    approvalRequestedBy: null,
    approvedBy: null,
    publishedBy: null,
    publishedAt: null,
    settledAt: null,
    version: 1,
  };
  await store.insertAmendment(ctx.tx, amendment);
  await recordAmendment(ctx, { before: null, after: amendment, act: 'drafted' });
  return amendment.id;
}

/**
 * Changes a draft; an approval it had is gone. `version` is the one the editor saw.
 * @throws AppError `amendment.not-found`, `amendment.is-no-draft`, `amendment.changed-meanwhile`
 */
export async function reviseAmendment(
  ctx: Ctx,
  to: Seen & {
    terms: AmendableTerms;
    /** Null leaves the lines as they were proposed. */
    items: readonly NewEventItem[] | null;
    touchesAll: boolean;
    reason: string;
  },
): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, to);
  assertSeen(amendment, to.version);
  assertIsDraft(amendment);
  const { terms, touchesAll, reason } = to;
  const known = new Map((await findStructure(ctx, event.id)).items.map((item) => [item.id, item]));
  const items = (to.items ?? amendment.proposal.items).map((item): NewEventItem => {
    const there = item.id === undefined ? undefined : known.get(item.id);
    return there === undefined ? { ...item, id: undefined } : { ...there, ...item };
  });
  assertLineCount(items.length, ctx.policies.limits.eventLines);
  const proposal = { terms, items };
  const after = { ...amendment, proposal, touchesAll, reason, eventVersion: event.version };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'revised' });
}

/** Gives up an amendment that was not published; nobody outside knew of it.
 * @throws AppError `amendment.not-found`, `amendment.cannot-withdraw` */
export async function withdrawAmendment(ctx: Ctx, of: Of): Promise<void> {
  const { amendment } = await lockBoth(ctx, of);
  const after = { ...amendment, state: amendmentLifecycle.next(amendment.state, 'withdraw') };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'withdrawn' });
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
  const { items } = await findStructure(ctx, event.id);
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
  return {
    difference: differenceOf(proposalOf(event, items), {
      ...proposal,
      terms: { ...proposal.terms, closesAt },
    }),
    closesAt,
    isExtendedByRule: closesAt?.getTime() !== proposed?.getTime(),
    mustBeApproved: needsApprovalAgain(
      { event, items },
      { event, items: proposal.items },
      ctx.policies.eventApprovalFrom,
    ),
  };
}

/**
 * Asks an approver, where the value has come to the threshold or above what was approved.
 * @throws AppError `amendment.not-found`, `amendment.cannot-request-approval`, and what {@link assertPublishable} throws
 */
export async function requestAmendmentApproval(ctx: Ctx, of: Seen): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, of);
  assertSeen(amendment, of.version);
  const state = amendmentLifecycle.next(amendment.state, 'request-approval');
  await assertReady(ctx, event, amendment);
  const after = { ...amendment, state, approvalRequestedBy: ctx.actor.userId };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'approval-requested' });
}

/** An amendment as the table of rights asks about its approval. */
export const amendmentToApprove = async (
  ctx: Ctx,
  event: SourcingEvent,
  amendment: Amendment,
): Promise<Resource> => ({
  state: amendment.state,
  ties: { owner: event.ownerId, requester: amendment.approvalRequestedBy },
  behind: await findPersonsBehind(ctx, [event.id, amendment.id]),
});

/** @throws AppError `amendment.not-found`, `amendment.cannot-approve`, `amendment.approver-is-owner` */
export async function approveAmendment(ctx: Ctx, of: Seen): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, of);
  assertSeen(amendment, of.version);
  assertMay(ctx, 'amendment.approve', await amendmentToApprove(ctx, event, amendment));
  const state = amendmentLifecycle.next(amendment.state, 'approve');
  const after = { ...amendment, state, approvedBy: ctx.actor.userId };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'approved' });
}

/** Gives it back to be changed, with a reason. @throws AppError `amendment.cannot-return`, `amendment.needs-a-reason` */
export async function returnAmendment(ctx: Ctx, of: Of & { reason: string }): Promise<void> {
  const { amendment } = await lockBoth(ctx, of);
  const state = amendmentLifecycle.next(amendment.state, 'return');
  if (of.reason.trim() === '') throw ruleBroken('amendment.needs-a-reason', 'Say why');
  const after = { ...amendment, state, approvalRequestedBy: null, approvedBy: null };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'returned', reason: of.reason });
}

/**
 * Publishes it: the event is what was proposed from this instant on, everybody invited is told what changed, and bids it
 * touches are given back to be submitted again (`jobs/bids`). The event's lock is the one a submission shares, so every
 * bid came before it or knows of it. A paused event takes bids again.
 * @throws AppError `amendment.not-found`, `amendment.cannot-publish`, `amendment.needs-approval`,
 * `amendment.event-changed`, `amendment.changed-meanwhile`, `amendment.event-not-open`, and what
 * {@link assertPublishable} throws
 */
export async function publishAmendment(ctx: Ctx, of: Seen): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, of);
  const publishedAt = await ctx.readClock(ctx.tx);
  assertSeen(amendment, of.version);
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
  const { lots } = await findStructure(ctx, event.id);
  await keepSources(ctx, event.id, () => saveStructure(ctx, event.id, { lots, items: to.items }));
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

async function assertReady(
  ctx: Ctx,
  event: SourcingEvent,
  amendment: Amendment,
): Promise<{ told: Difference; prospect: Prospect }> {
  assertMadeFrom(event, amendment);
  const prospect = await prospectOf(ctx, { event, amendment, now: await ctx.readClock(ctx.tx) });
  const told = toldOf(prospect.difference);
  const { proposal, touchesAll, reason } = amendment;
  const proposed = toldOf(
    differenceOf(proposalOf(event, (await findStructure(ctx, event.id)).items), proposal),
  );
  const fileCount = (await documentsOf(ctx, 'amendment', amendment.id)).length;
  assertPublishable(event, { proposal, told: proposed, touchesAll, fileCount, reason });
  return { told, prospect };
}

/** @throws AppError `amendment.not-found` */
export async function findAmendment(
  ctx: Ctx,
  of: Of,
): Promise<{ event: SourcingEvent; amendment: Amendment }> {
  const event = await findEvent(ctx, of.eventId);
  return { event, amendment: found('amendment', await store.findAmendment(ctx.tx, of)) };
}

async function lockBoth(ctx: Ctx, of: Of): Promise<{ event: SourcingEvent; amendment: Amendment }> {
  const event = await lockEvent(ctx, of.eventId);
  return { event, amendment: found('amendment', await store.lockAmendment(ctx.tx, of)) };
}

function assertSeen(amendment: Amendment, version: number): void {
  if (amendment.version !== version)
    throw conflict('amendment.changed-meanwhile', 'Somebody else changed the amendment meanwhile');
}

async function recordAmendment(
  ctx: Ctx,
  of: { before: Amendment | null; after: Amendment; act: string; reason?: string },
): Promise<void> {
  await record(ctx, {
    action: `amendment.${of.act}`,
    subject: { type: 'amendment', id: of.after.id },
    from: of.before?.state ?? null,
    to: of.after.state,
    reason: of.reason ?? null,
    changes: { eventId: of.after.eventId },
  });
}

const filesOf = (id: string) => ({ type: 'amendment', id });

/** Adds files that go out with the amendment. @throws AppError `amendment.is-no-draft`, and what `attachUploads` throws */
export async function addAmendmentFiles(ctx: Ctx, of: Of, files: readonly UploadedFile[]): Promise<void> {
  assertIsDraft((await lockBoth(ctx, of)).amendment);
  await attachUploads(ctx, { subject: filesOf(of.id), visibility: 'participants', files });
}

/** @throws AppError `amendment.is-no-draft`, `document.not-found` */
export async function removeAmendmentFile(ctx: Ctx, of: Of & { documentId: string }): Promise<void> {
  assertIsDraft((await lockBoth(ctx, of)).amendment);
  await removeAttachment(ctx, filesOf(of.id), of.documentId);
}

function assertIsDraft(amendment: Amendment): void {
  if (amendment.state !== 'draft')
    throw ruleBroken('amendment.is-no-draft', 'Only a draft can be changed', { state: amendment.state });
}
