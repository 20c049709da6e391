import { approveAward, proposeAward } from '../../src/awards/index.ts';
import {
  type DraftLine,
  findOpenedBids,
  getDraft,
  openBids,
  saveDraft,
  startBid,
  submitBid,
} from '../../src/bids/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { compareDecimals, type DecimalString } from '../../src/kernel/money.ts';
import { issueOrdersForAward } from '../../src/orders/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import {
  closeDueEvents,
  createEvent,
  findEventItems,
  inviteSuppliers,
  type NewEvent,
  noteViewed,
} from '../../src/sourcing/index.ts';
import type { Stage } from './step.ts';

/** Who approves and opens, always another person than the buyer. */
export const APPROVER = 'zhang.min';

/** Writes a purchase requirement and says who is to be invited. Gives the event's id. */
export async function prepareEvent(
  stage: Stage,
  of: { owner: string; event: NewEvent; suppliers: readonly string[] },
): Promise<string> {
  const ctx = stage.as(stage.staff(of.owner));
  const eventId = await createEvent(ctx, of.event);
  await inviteSuppliers(
    ctx,
    eventId,
    of.suppliers.map((name) => stage.fact(`supplier:${name}`)),
  );
  return eventId;
}

/** What a supplier writes: a price for each line in its order; an empty one leaves the line open. */
export type WrittenBid = { readonly unitPrices: readonly DecimalString[]; readonly note: string };

/** Looks at the invitation and saves a bid as a draft. */
export async function draftBid(ctx: Ctx, eventId: string, bid: WrittenBid): Promise<string> {
  await noteViewed(ctx, { eventId, supplierId: supplierOf(ctx.actor) });
  const bidId = await startBid(ctx, eventId);
  const { revision, items } = await getDraft(ctx, bidId);
  const lines = Object.fromEntries(
    items.map((item, index): [string, DraftLine] => [
      item.id,
      { unitPrice: bid.unitPrices[index] ?? '', leadTimeDays: '', note: '' },
    ]),
  );
  await saveDraft(ctx, { bidId, revision, lines, note: bid.note });
  return bidId;
}

/** Submits the bid as its draft stands. */
export async function sendBid(ctx: Ctx, bidId: string): Promise<void> {
  const { revision } = await getDraft(ctx, bidId);
  await submitBid(ctx, { bidId, revision, idempotencyKey: newId(), isFreeMeant: false });
}

const supplierOf = ({ supplierId, name }: Actor): string => {
  if (supplierId === null) throw new Error(`${name} is at no supplier`);
  return supplierId;
};

/** Lets the clock close what is due. */
export async function closeEvents(stage: Stage): Promise<void> {
  await closeDueEvents(stage.as(system('sourcing/every-five-seconds-close-due-events')));
}

/** Opens the bids of a closed event. */
export async function openEvent(stage: Stage, eventId: string): Promise<void> {
  await openBids(stage.as(stage.staff(APPROVER)), eventId);
}

/** Whole: all to the lowest total. Line by line: each line to its lowest price. */
export type Allocation = 'whole' | 'line-by-line';

/** Proposes an award by total or by line. Gives its id. */
export async function proposeByPrice(
  ctx: Ctx,
  of: { eventId: string; allocation: Allocation; justification: string },
): Promise<string> {
  const bids = await findOpenedBids(ctx, of.eventId);
  const [lowestTotal] = bids;
  const items = await findEventItems(ctx, of.eventId);
  const lines = items.map((item) => {
    const priced = bids.flatMap((bid) => {
      const unitPrice = bid.lines.get(item.id)?.unitPrice ?? null;
      return unitPrice === null ? [] : [{ supplierId: bid.supplierId, unitPrice }];
    });
    const lowest = priced.toSorted((a, b) => compareDecimals(a.unitPrice, b.unitPrice))[0];
    const winner = of.allocation === 'whole' ? lowestTotal : lowest;
    if (winner === undefined) throw new Error('Nobody priced the line');
    const reason = of.allocation === 'whole' ? 'Lowest total; the work is not divided.' : '';
    return { eventItemId: item.id, supplierId: winner.supplierId, quantity: item.quantity, reason };
  });
  return proposeAward(ctx, {
    eventId: of.eventId,
    lines,
    justification: of.justification,
    debrief: 'Another bid was lower. Thank you for taking part.',
  });
}

/** Approves the award and issues its orders. Gives their ids. */
export async function approveAndOrder(stage: Stage, awardId: string): Promise<readonly string[]> {
  await approveAward(stage.as(stage.staff(APPROVER)), awardId);
  // What the job would do a moment later; here the ids are needed, and then the job finds nothing to do.
  return issueOrdersForAward(stage.as(system('orders/on-award-approved')), awardId);
}
