import type { Ctx } from '../platform/db/context.ts';
import { lockEvent } from '../sourcing/index.ts';
import * as store from './award.store.ts';
import { awardLifecycle } from './award.ts';
import { endChain } from './award-chain.service.ts';
import { recordDecision } from './awards.service.ts';

/**
 * Ends what was proposed for an event that is cancelled, decided or not: its approvers are asked no more. Nothing where
 * nothing is proposed; safe to repeat.
 */
export async function cancelProposal(ctx: Ctx, eventId: string): Promise<void> {
  const event = await lockEvent(ctx, eventId);
  const latest = await store.findLatestAward(ctx.tx, eventId);
  const award = latest === undefined ? undefined : await store.lockAwardById(ctx.tx, latest.id);
  const isOpen = award?.state === 'proposed' || award?.state === 'pending_approval';
  if (event.state !== 'cancelled' || award === undefined || !isOpen) return;
  await endChain(ctx, award.id);
  const after = { ...award, state: awardLifecycle.next(award.state, 'cancel') };
  await store.saveDecision(ctx.tx, after);
  await recordDecision(ctx, 'award.cancelled', { before: award, after, reason: null });
}
