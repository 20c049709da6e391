import { saveDraft, startBid, submitBid } from '../../../src/bids/index.ts';
import type { Actor } from '../../../src/kernel/actor.ts';
import { newId } from '../../../src/kernel/id.ts';
import type { EventItem } from '../../../src/sourcing/index.ts';
import type { World } from '../world.ts';

/** Prices by line, as they are typed; an empty one is no bid on that line. */
export const typedLines = (
  items: readonly EventItem[],
  prices: readonly string[],
  over: { leadTimeDays?: string; note?: string } = {},
): Record<string, { unitPrice: string; leadTimeDays: string; note: string }> =>
  Object.fromEntries(
    items.map((item, index) => [
      item.id,
      { unitPrice: prices[index] ?? '', leadTimeDays: '', note: '', ...over },
    ]),
  );

/** A draft of the supplier's with these prices in it. */
export const draftBid = (
  world: Pick<World, 'runInTx'>,
  of: {
    supplier: { actor: Actor };
    eventId: string;
    items: readonly EventItem[];
    prices: readonly string[];
    note?: string;
  },
): Promise<{ bidId: string; revision: number }> =>
  world.runInTx(of.supplier.actor, async (ctx) => {
    const bidId = await startBid(ctx, of.eventId);
    const lines = typedLines(of.items, of.prices);
    const { revision } = await saveDraft(ctx, { bidId, revision: 1, lines, note: of.note ?? '' });
    return { bidId, revision };
  });

/** A bid that was submitted as version 1. */
export async function submittedBid(
  world: Pick<World, 'runInTx'>,
  of: Parameters<typeof draftBid>[1],
): Promise<{ bidId: string; revision: number }> {
  const draft = await draftBid(world, of);
  await world.runInTx(of.supplier.actor, (ctx) =>
    submitBid(ctx, { ...draft, idempotencyKey: newId(), isFreeMeant: false }),
  );
  return draft;
}
