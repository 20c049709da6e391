import {
  decideOn,
  hasChain,
  isUnderApproval,
  startApproval,
  type ToBeApproved,
  withdrawApproval,
} from '../approvals/index.ts';
import { assertMay, findPersonsBehind, mayUse, type Resource } from '../identity/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './amendment.store.ts';
import { type Amendment, amendmentLifecycle } from './amendment.ts';
import { assertReady } from './amendment-publication.service.ts';
import {
  type AmendmentId,
  type AmendmentSeen,
  assertAmendmentSeen,
  lockBoth,
  recordAmendment,
} from './amendments.service.ts';
import { estimatedValueOf } from './event-item.ts';
import type { SourcingEvent } from './sourcing-event.ts';

/**
 * Asks whom the rules for events name, or else an approver, where the value has come to the threshold or above what was
 * approved, or what decides between bids is changed.
 * @throws AppError `amendment.not-found`, `amendment.cannot-request-approval`, and what `assertPublishable` throws
 */
export async function requestAmendmentApproval(ctx: Ctx, of: AmendmentSeen): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, of);
  assertAmendmentSeen(amendment, of.version);
  const state = amendmentLifecycle.next(amendment.state, 'request-approval');
  await assertReady(ctx, event, amendment);
  const after = { ...amendment, state, approvalRequestedBy: ctx.actor.userId };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'approval-requested' });
  const asked = toBeApproved(event, after);
  if (await hasChain(ctx, asked)) await startApproval(ctx, asked);
}

const toBeApproved = (event: SourcingEvent, amendment: Amendment): ToBeApproved => ({
  ...chainOf(amendment.id),
  reference: event.reference,
  title: event.title,
  amount: estimatedValueOf(amendment.proposal.items, event.currency),
  currency: event.currency,
  places: [{ plantCode: event.plantCode, categoryCode: event.categoryCode }],
  requesterId: event.ownerId,
  barredIds: [amendment.draftedBy, amendment.approvalRequestedBy].filter((id) => id !== null),
});

const chainOf = (amendmentId: string) => ({ documentType: 'amendment', documentId: amendmentId }) as const;

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

/**
 * @throws AppError `amendment.not-found`, `amendment.cannot-approve`, `amendment.approver-is-owner`, and what `decideOn`
 * throws
 */
export async function approveAmendment(ctx: Ctx, of: AmendmentSeen): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, of);
  assertAmendmentSeen(amendment, of.version);
  assertMay(ctx, 'amendment.approve', await amendmentToApprove(ctx, event, amendment));
  const state = amendmentLifecycle.next(amendment.state, 'approve');
  if (await isUnderApproval(ctx, chainOf(amendment.id))) {
    const decision = { ...chainOf(amendment.id), decision: 'approve', comment: '' } as const;
    if ((await decideOn(ctx, decision)).outcome === 'pending') return;
  }
  const after = { ...amendment, state, approvedBy: ctx.actor.userId };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'approved' });
}

/**
 * Gives it back to be changed, with a reason: whoever runs events takes it back, who is asked says no.
 * @throws AppError `amendment.cannot-return`, `amendment.needs-a-reason`, and what `decideOn` throws
 */
export async function returnAmendment(ctx: Ctx, of: AmendmentId & { reason: string }): Promise<void> {
  const { amendment } = await lockBoth(ctx, of);
  const state = amendmentLifecycle.next(amendment.state, 'return');
  if (of.reason.trim() === '') throw ruleBroken('amendment.needs-a-reason', 'Say why');
  if (await isUnderApproval(ctx, chainOf(amendment.id))) {
    if (mayUse(ctx, 'sourcing_event.manage')) await withdrawApproval(ctx, chainOf(amendment.id));
    else await decideOn(ctx, { ...chainOf(amendment.id), decision: 'return', comment: of.reason });
  }
  const after = { ...amendment, state, approvalRequestedBy: null, approvedBy: null };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'returned', reason: of.reason });
}
