import { decideOn, startApproval, withdrawApproval } from '../approvals/index.ts';
import { findPersonsBehind } from '../identity/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import type { Award } from './award.ts';
import { findScorerIds } from './evaluation.queries.ts';

/**
 * Starts the chain of approvers that the house's rules ask for. Whoever runs the event, scored its bids or made any of
 * it for another is asked nothing.
 */
export async function askApprovers(ctx: Ctx, award: Award, event: SourcingEvent): Promise<void> {
  await startApproval(ctx, {
    ...chainOf(award.id),
    reference: award.reference,
    title: event.title,
    amount: award.totalAmount,
    currency: award.currency,
    places: [{ plantCode: event.plantCode, categoryCode: event.categoryCode }],
    requesterId: award.proposedBy,
    barredIds: [
      event.ownerId,
      ...(await findScorerIds(ctx.tx, event.id)),
      ...(await findPersonsBehind(ctx, [event.id])),
    ],
  });
}

/** Decides the actor's step of the chain; true once all who had to agree did. @throws AppError what `decideOn` throws */
export const agreeToAward = async (ctx: Ctx, of: { awardId: string; comment: string }): Promise<boolean> =>
  (await decideOn(ctx, { ...chainOf(of.awardId), decision: 'approve', comment: of.comment })).outcome ===
  'approved';

/** Ends the chain with the actor's no. @throws AppError what `decideOn` throws */
export const refuseAward = async (ctx: Ctx, of: { awardId: string; reason: string }): Promise<void> => {
  await decideOn(ctx, { ...chainOf(of.awardId), decision: 'return', comment: of.reason });
};

/** Nobody is asked any more. */
export const endChain = (ctx: Ctx, awardId: string): Promise<void> => withdrawApproval(ctx, chainOf(awardId));

export const chainOf = (awardId: string) => ({ documentType: 'award', documentId: awardId }) as const;
