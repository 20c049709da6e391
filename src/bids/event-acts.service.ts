import { recordAll } from '../audit/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { reopenEvent, uninviteSupplier } from '../sourcing/index.ts';
import { lockBidsOf, saveStates } from './bid.store.ts';
import { type Bid, type BidAction, bidLifecycle } from './bid.ts';

/**
 * Takes bids again after closing: what was sealed is submitted again, and may be replaced or taken back.
 * @throws AppError as {@link reopenEvent}
 */
export async function reopenBidding(
  ctx: Ctx,
  to: { eventId: string; version: number; closesAt: Date; reason: string },
): Promise<void> {
  await reopenEvent(ctx, to);
  const sealed = await lockBidsOf(ctx.tx, to.eventId, ['sealed']);
  await moveBids(ctx, sealed, { action: 'unseal', act: 'bid.unsealed' });
}

/**
 * Takes an invitation back; a bid that is in counts no more and is never opened.
 * @throws AppError as {@link uninviteSupplier}
 */
export async function uninvite(
  ctx: Ctx,
  of: { eventId: string; supplierId: string; reason: string },
): Promise<void> {
  await uninviteSupplier(ctx, of);
  const submitted = await lockBidsOf(ctx.tx, of.eventId, ['submitted']);
  const own = submitted.filter((bid) => bid.supplierId === of.supplierId);
  await moveBids(ctx, own, { action: 'invalidate', act: 'bid.invalidated' });
}

/** Moves many bids by one action, and records each. */
export async function moveBids(
  ctx: Ctx,
  bids: readonly Bid[],
  by: { action: BidAction; act: string; changes?: Readonly<Record<string, unknown>> },
): Promise<void> {
  if (bids.length === 0) return;
  const moved = bids.map((bid) => ({ bid, state: bidLifecycle.next(bid.state, by.action) }));
  await saveStates(
    ctx.tx,
    moved.map(({ bid, state }) => ({ id: bid.id, state })),
  );
  await recordAll(
    ctx,
    moved.map(({ bid, state }) => ({
      action: by.act,
      subject: { type: 'bid', id: bid.id },
      supplierId: bid.supplierId,
      from: bid.state,
      to: state,
      changes: { version: bid.currentVersion, ...by.changes },
    })),
  );
}
