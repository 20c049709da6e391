import { dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEventItems, type SourcingEvent } from '../sourcing/index.ts';
import { findLinesOf } from './award.store.ts';
import type { Award } from './award.ts';
import { findBudgetPrices, findLastPrices } from './last-price.queries.ts';
import { insertSavings, reverseSavings } from './savings.store.ts';
import { savingsOf } from './savings.ts';

/** Freezes what an award saves, in the act that approves it: baselines that change later change nothing here. */
export async function bookSavings(
  ctx: Ctx,
  { award, event }: { award: Award; event: SourcingEvent },
): Promise<void> {
  const [asked, lines, lastPrices, budgetPrices] = await Promise.all([
    findEventItems(ctx, event.id),
    findLinesOf(ctx.tx, award.id),
    findLastPrices(ctx.tx, { eventId: event.id, currency: award.currency }),
    findBudgetPrices(ctx.tx, { eventId: event.id, currency: award.currency }),
  ]);
  const booking = {
    awardId: award.id,
    eventId: event.id,
    categoryCode: event.categoryCode,
    plantCode: event.plantCode,
    buyerId: event.ownerId,
    bookedOn: dayIn(ctx.now, ctx.policies.company.timeZone),
    currency: award.currency,
  };
  await insertSavings(
    ctx.tx,
    booking,
    savingsOf({ asked, lines, lastPrices, budgetPrices, currency: award.currency }),
  );
}

/** Books back what these suppliers' parts of an award saved. */
export const bookBackSavings = (
  ctx: Ctx,
  of: { awardId: string; supplierIds: readonly string[] },
): Promise<void> =>
  reverseSavings(ctx.tx, { ...of, bookedOn: dayIn(ctx.now, ctx.policies.company.timeZone) });
