import type { Ctx } from '../platform/db/context.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import { entryOf, type FindKey, openAfterwards } from './envelope-opening.service.ts';
import * as store from './opening.store.ts';

/**
 * Opens what stayed shut and can be opened now; the minutes are not written anew, they get a supplement. Gives how many.
 * The caller holds the event.
 */
export async function openLate(
  ctx: Ctx,
  of: {
    event: SourcingEvent;
    opening: store.Opening;
    sealed: readonly store.SealedBid[];
    findKey: FindKey;
  },
): Promise<number> {
  const openable: store.SealedBid[] = [];
  for (const bid of of.sealed) if (!('fault' in (await of.findKey(bid)))) openable.push(bid);
  if (openable.length === 0) return 0;
  const outcomes = await openAfterwards(ctx, { ...of, sealed: openable });
  await store.appendLater(
    ctx.tx,
    of.opening.id,
    outcomes.map((outcome) => ({
      ...entryOf(outcome),
      openedAt: ctx.now.toISOString(),
      openedBy: ctx.actor.name,
    })),
  );
  return openable.length;
}
