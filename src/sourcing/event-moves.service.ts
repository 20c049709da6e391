import { record } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { releaseEvent } from './funding.service.ts';
import * as invitationStore from './invitation.store.ts';
import { type Invitation, type InvitationAction, invitationActs, invitationLifecycle } from './invitation.ts';
import { saveMove } from './publication.service.ts';
import { lockEvent } from './sourcing.service.ts';
import { sourcingEventLifecycle } from './sourcing-event.ts';

/** The openers begin: from here no bid comes back unseen. @throws AppError `sourcing_event.cannot-start-opening` */
export async function startOpening(ctx: Ctx, eventId: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'start-opening');
  await saveMove(ctx, { before, after: { ...before, state, openedAt: ctx.now }, act: 'opening-started' });
}

/** Every bid is opened, and they can be compared. @throws AppError `sourcing_event.cannot-start-evaluation` */
export async function startEvaluation(ctx: Ctx, eventId: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'start-evaluation');
  await saveMove(ctx, { before, after: { ...before, state }, act: 'opened' });
}

/** An award is proposed and waits for its approver: two steps of the event in one act.
 * @throws AppError `sourcing_event.cannot-propose-award` */
export async function proposeAwardOn(ctx: Ctx, eventId: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const proposed = { ...before, state: sourcingEventLifecycle.next(before.state, 'propose-award') };
  await saveMove(ctx, { before, after: proposed, act: 'award-proposed' });
  const asked = { ...proposed, version: before.version + 1 };
  const state = sourcingEventLifecycle.next(asked.state, 'request-award-approval');
  await saveMove(ctx, { before: asked, after: { ...asked, state }, act: 'award-approval-requested' });
}

/** The approver sends the award back: the bids are compared again.
 * @throws AppError `sourcing_event.cannot-return-award` */
export async function returnAwardOn(ctx: Ctx, eventId: string, reason?: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'return-award');
  const why = reason === undefined ? {} : { reason };
  await saveMove(ctx, { before, after: { ...before, state }, act: 'award-returned', ...why });
}

/** The award is approved. @throws AppError `sourcing_event.cannot-award` */
export async function awardEventOn(ctx: Ctx, eventId: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'award');
  await saveMove(ctx, { before, after: { ...before, state }, act: 'awarded' });
}

/** What was awarded was withdrawn, or a part of it: the bids are compared again.
 * @throws AppError `sourcing_event.cannot-withdraw-award` */
export async function withdrawAwardOn(ctx: Ctx, eventId: string, reason: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'withdraw-award');
  await saveMove(ctx, { before, after: { ...before, state }, act: 'award-withdrawn', reason });
}

/**
 * An RFI has done what it was for: another event follows it, which its record names.
 * @throws AppError `sourcing_event.cannot-conclude`
 */
export async function concludeEvent(
  ctx: Ctx,
  of: { eventId: string; successorId: string; reason: string },
): Promise<void> {
  const before = await lockEvent(ctx, of.eventId);
  const state = sourcingEventLifecycle.next(before.state, 'conclude');
  await saveMove(ctx, {
    before,
    after: { ...before, state },
    act: 'concluded',
    reason: of.reason,
    changes: { successorId: of.successorId },
  });
}

/** Nobody bid, or nobody whose bid can be taken. @throws AppError `sourcing_event.cannot-declare-unsuccessful` */
export async function declareUnsuccessful(ctx: Ctx, eventId: string, reason?: string): Promise<void> {
  const before = await lockEvent(ctx, eventId);
  const state = sourcingEventLifecycle.next(before.state, 'declare-unsuccessful');
  await releaseEvent(ctx, eventId);
  const why = reason === undefined ? {} : { reason };
  await saveMove(ctx, { before, after: { ...before, state }, act: 'declared-unsuccessful', ...why });
}

/**
 * Moves a supplier's invitation as the supplier acts.
 * @throws AppError `invitation.not-found`, `invitation.cannot-<action>`
 */
export async function markInvitation(
  ctx: Ctx,
  of: { eventId: string; supplierId: string; action: InvitationAction; reason?: string },
): Promise<void> {
  const before = found('invitation', await invitationStore.lockOne(ctx.tx, of));
  const after = answered(before, of, ctx.now);
  await invitationStore.saveAnswer(ctx.tx, after);
  await record(ctx, {
    action: invitationActs[of.action],
    subject: { type: 'invitation', id: after.id },
    supplierId: of.supplierId,
    from: before.state,
    to: after.state,
    reason: of.reason ?? null,
    changes: { eventId: of.eventId },
  });
}

function answered(
  invitation: Invitation,
  of: { action: InvitationAction; reason?: string },
  now: Date,
): Invitation {
  const state = invitationLifecycle.next(invitation.state, of.action);
  const isAnswer = of.action === 'accept' || of.action === 'decline';
  return {
    ...invitation,
    state,
    viewedAt: invitation.viewedAt ?? now,
    respondedAt: isAnswer ? now : invitation.respondedAt,
    declineReason: of.action === 'decline' ? (of.reason ?? null) : invitation.declineReason,
  };
}

/** Notes that the supplier has looked at the event; only the first look is a move. Idempotent.
 * @throws AppError `invitation.not-found` */
export async function noteViewed(ctx: Ctx, of: { eventId: string; supplierId: string }): Promise<void> {
  const invitation = found('invitation', await invitationStore.findOne(ctx.tx, of));
  if (invitation.state === 'invited') await markInvitation(ctx, { ...of, action: 'view' });
}
