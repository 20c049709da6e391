import {
  decideOn,
  hasChain,
  isUnderApproval,
  startApproval,
  type ToBeApproved,
  withdrawApproval,
} from '../approvals/index.ts';
import { type Act, record, recordAll } from '../audit/index.ts';
import { assertMay, findPersonsBehind, mayUse, type Resource } from '../identity/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { assertPlanComplete, findPlan } from './evaluation-plan.service.ts';
import { fundEvent, releaseEvent } from './funding.service.ts';
import * as invitationStore from './invitation.store.ts';
import { assertInvitable, invitationAct } from './invitations.service.ts';
import {
  changedMeanwhile,
  findEventItems,
  findLots,
  listInvitations,
  lockEvent,
} from './sourcing.service.ts';
import * as store from './sourcing-event.store.ts';
import {
  assertComplete,
  extendClosing,
  needsApproval,
  type SourcingEvent,
  sourcingEventLifecycle,
} from './sourcing-event.ts';

/** Saves an event that has moved, and records the move. */
export async function saveMove(
  ctx: Ctx,
  of: { before: SourcingEvent; after: SourcingEvent; act: string; reason?: string; changes?: Act['changes'] },
): Promise<void> {
  await store.saveState(ctx.tx, of.after);
  await record(ctx, {
    action: `sourcing_event.${of.act}`,
    subject: { type: 'sourcing_event', id: of.after.id },
    from: of.before.state,
    to: of.after.state,
    reason: of.reason ?? null,
    // Jobs read what changed; the reason goes into their mails.
    changes: {
      reference: of.after.reference,
      ...(of.reason === undefined ? {} : { reason: of.reason }),
      ...of.changes,
    },
  });
}

/**
 * Asks an approver; the event must be complete, so that what is approved is what goes out.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-request-approval`, and what
 * {@link assertComplete} throws
 */
export async function submitForApproval(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(event.state, 'request-approval');
  await assertEventComplete(ctx, event);
  const after = { ...event, state, approvalRequestedBy: ctx.actor.userId };
  await saveMove(ctx, { before: event, after, act: 'approval-requested' });
  const asked = toBeApproved(event);
  if (await hasChain(ctx, asked)) await startApproval(ctx, asked);
}

const toBeApproved = (event: SourcingEvent): ToBeApproved => ({
  documentType: 'sourcing_event',
  documentId: event.id,
  reference: event.reference,
  title: event.title,
  amount: event.estimatedValue,
  currency: event.currency,
  places: [{ plantCode: event.plantCode, categoryCode: event.categoryCode }],
  requesterId: event.ownerId,
});
const chainOf = (eventId: string) => ({ documentType: 'sourcing_event', documentId: eventId }) as const;

/** Do the house's rules ask for a chain of approvers, whatever the threshold says? */
export const asksForChain = (ctx: Ctx, event: SourcingEvent): Promise<boolean> =>
  hasChain(ctx, toBeApproved(event));

/** The event as the table of rights asks about its approval. */
export const toApprove = async (ctx: Ctx, event: SourcingEvent): Promise<Resource> => ({
  state: event.state,
  ties: { owner: event.ownerId, requester: event.approvalRequestedBy },
  behind: await findPersonsBehind(ctx, [event.id]),
});

/** @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-approve`, `sourcing_event.approver-is-owner` */
export async function approveEvent(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  assertMay(ctx, 'sourcing_event.approve', await toApprove(ctx, event));
  if (await isUnderApproval(ctx, chainOf(eventId))) {
    const decision = { ...chainOf(eventId), decision: 'approve', comment: '' } as const;
    if ((await decideOn(ctx, decision)).outcome === 'pending') return;
  }
  const state = sourcingEventLifecycle.next(event.state, 'approve');
  await saveMove(ctx, {
    before: event,
    after: { ...event, state, approvedBy: ctx.actor.userId },
    act: 'approved',
  });
}

/**
 * Gives the event back to be changed: an approver who has something against it, or a buyer who has to
 * change what was approved. An approval does not survive it.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-return`, `sourcing_event.needs-a-reason`
 */
export async function returnEvent(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  const state = sourcingEventLifecycle.next(event.state, 'return');
  assertReason(of.reason);
  if (await isUnderApproval(ctx, chainOf(event.id))) await endChain(ctx, of);
  const after = { ...event, state, approvalRequestedBy: null, approvedBy: null };
  await saveMove(ctx, { before: event, after, act: 'returned', reason: of.reason });
}

/** Whoever runs events takes it back; who is asked says no. @throws AppError what `decideOn` throws */
const endChain = async (ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> => {
  if (mayUse(ctx, 'sourcing_event.manage')) await withdrawApproval(ctx, chainOf(of.eventId));
  else await decideOn(ctx, { ...chainOf(of.eventId), decision: 'return', comment: of.reason });
};

/**
 * Sends the event out: every invited supplier is told and can bid until it closes. Below the threshold
 * nobody has to approve, and the record says that nobody did.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.needs-approval`,
 * `sourcing_event.cannot-publish`, `supplier.not-invitable`, and what {@link assertComplete} throws
 */
export async function publishEvent(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  const approved = event.state === 'draft' ? await waiveApproval(ctx, event) : event;
  const state = sourcingEventLifecycle.next(approved.state, 'publish');
  await assertEventComplete(ctx, approved);
  await assertStillInvitable(ctx, eventId);
  await fundEvent(ctx, event, await findEventItems(ctx, eventId));
  const invited = await invitationStore.saveInvited(ctx.tx, { eventId, invitedAt: ctx.now });
  await saveMove(ctx, {
    before: approved,
    after: { ...approved, state, publishedAt: ctx.now },
    act: 'published',
    changes: { closesAt: event.closesAt, timeZone: event.timeZone, invitationCount: invited.length },
  });
  await recordAll(
    ctx,
    invited.map(({ id, supplierId }) => invitationAct('invitation.issued', { id, supplierId, eventId })),
  );
}

/** Who was put on hold since it was chosen is not told of the event. */
async function assertStillInvitable(ctx: Ctx, eventId: string): Promise<void> {
  const planned = await listInvitations(ctx, eventId);
  await assertInvitable(
    ctx,
    planned.map((invitation) => invitation.supplierId),
  );
}

async function waiveApproval(ctx: Ctx, event: SourcingEvent): Promise<SourcingEvent> {
  const items = await findEventItems(ctx, event.id);
  const threshold = ctx.policies.eventApprovalFrom;
  if (needsApproval(event, items, threshold))
    throw ruleBroken('sourcing_event.needs-approval', 'An approver has to agree first', {
      amount: threshold.amount,
      currency: threshold.currency,
    });
  if (await asksForChain(ctx, event))
    throw ruleBroken('sourcing_event.needs-its-approvers', 'The house rules name approvers for it');
  const after = { ...event, state: sourcingEventLifecycle.next(event.state, 'waive-approval') };
  await saveMove(ctx, { before: event, after, act: 'approval-waived' });
  return { ...after, version: event.version + 1 };
}

async function assertEventComplete(ctx: Ctx, event: SourcingEvent): Promise<void> {
  const items = await findEventItems(ctx, event.id);
  const invitations = await listInvitations(ctx, event.id);
  assertComplete(event, { lineCount: items.length, invitationCount: invitations.length, now: ctx.now });
  assertPlanComplete(await findPlan(ctx, event.id), await findLots(ctx, event.id));
}

/**
 * Ends the event for good; those who were told of it are told this too.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.cannot-cancel`, `sourcing_event.needs-a-reason`
 */
export async function cancelEvent(ctx: Ctx, of: { eventId: string; reason: string }): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  const state = sourcingEventLifecycle.next(event.state, 'cancel');
  assertReason(of.reason);
  const wasPublished = event.publishedAt !== null;
  await withdrawApproval(ctx, chainOf(event.id));
  await releaseEvent(ctx, event.id);
  await saveMove(ctx, {
    before: event,
    after: { ...event, state },
    act: 'cancelled',
    reason: of.reason,
    changes: { wasPublished },
  });
}

/**
 * Gives suppliers more time. Bids that were submitted stay valid; everybody who was invited is told.
 * `version` is the one the buyer saw.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.changed-meanwhile`, `sourcing_event.needs-a-reason`,
 * and what the rule {@link extendClosing} throws
 */
export async function extendEventClosing(
  ctx: Ctx,
  to: { eventId: string; version: number; closesAt: Date; reason: string },
): Promise<void> {
  const before = await lockEvent(ctx, to.eventId);
  if (before.version !== to.version) throw changedMeanwhile(before);
  // Read after the lock: who extends and who closes at the same instant take turns.
  const after = extendClosing(before, { closesAt: to.closesAt, clock: await ctx.readClock(ctx.tx) });
  assertReason(to.reason);
  await saveMove(ctx, {
    before,
    after,
    act: 'closing-extended',
    reason: to.reason,
    changes: { closedAtBefore: before.closesAt, closesAt: after.closesAt, timeZone: after.timeZone },
  });
}

/** @throws AppError `sourcing_event.needs-a-reason` */
export function assertReason(reason: string): void {
  if (reason.trim() === '') throw ruleBroken('sourcing_event.needs-a-reason', 'Say why');
}

/**
 * Closes what is due by the database's clock; gives how many. An event to which a bid is being written at
 * this instant is taken in the next round, so the bid is either in or refused, never lost.
 * `beforeClosing` is what belongs to the closing itself: done under its locks, while the events are still open.
 */
export async function closeDueEvents(
  ctx: Ctx,
  beforeClosing: (ctx: Ctx, eventIds: readonly string[]) => Promise<void> = async () => {},
): Promise<number> {
  const clock = await ctx.readClock(ctx.tx);
  const due = await store.lockDue(ctx.tx, { clock, limit: 100 });
  if (due.length === 0) return 0;
  const dueIds = due.map((event) => event.id);
  await beforeClosing(ctx, dueIds);
  const to = sourcingEventLifecycle.next('open', 'close');
  await store.saveClosed(ctx.tx, dueIds, { state: to, closedAt: clock });
  await recordAll(
    ctx,
    due.map((event) => ({
      action: 'sourcing_event.closed',
      subject: { type: 'sourcing_event', id: event.id },
      from: 'open',
      to,
      changes: { reference: event.reference, closesAt: event.closesAt },
    })),
  );
  return due.length;
}
