import type { Actor } from '../../../src/kernel/actor.ts';
import { system } from '../../../src/kernel/actor.ts';
import { newId } from '../../../src/kernel/id.ts';
import { addDecimals, lineAmount } from '../../../src/kernel/money.ts';
import {
  type EventItem,
  type EventTerms,
  type NewEventItem,
  startEvaluation,
  startOpening,
} from '../../../src/sourcing/index.ts';
import type { World } from '../world.ts';
import { closeEvent, publishedEvent } from './sourcing.ts';
import { makeSupplier } from './suppliers.ts';

/** A bid as it was opened: a price for each line, null where there is none. */
export type WantedBid = {
  readonly name: string;
  readonly prices: readonly (string | null)[];
  readonly priceBaseQuantity?: string;
  readonly leadTimeDays?: number;
  /** The event's, unless it says otherwise. */
  readonly currency?: string;
};
export type Bidder = Awaited<ReturnType<typeof makeSupplier>> & { readonly bidId: string };
export type EvaluatedEvent = {
  readonly eventId: string;
  readonly buyer: Actor;
  readonly items: readonly EventItem[];
  readonly bidders: readonly Bidder[];
};

/** Three lines: 12,000 estimated at 38.40, 8,500 at 41.75, and 6,000 without an estimate. */
export const threeLines: readonly NewEventItem[] = [
  { itemCode: 'BR-A', description: 'Bracket A, 6061-T6', quantity: '12000', estimatedPrice: '38.4' },
  { itemCode: 'BR-B', description: 'Bracket B, 6061-T6', quantity: '8500', estimatedPrice: '41.75' },
  { itemCode: null, description: 'Mount plate, anodised', quantity: '6000', estimatedPrice: null },
].map((item) => ({ ...item, unit: 'C62', originalUnit: null, needByOn: '2026-04-30' }));

/** Huaqiang has the best complete total, Müller the lowest of line 2 and nothing on line 3, Delta is dear. */
export const threeBids: readonly WantedBid[] = [
  { name: 'Huaqiang Precision', prices: ['35.10', '38.60', '44.85'], leadTimeDays: 28 },
  { name: 'Müller Metall', prices: ['36.80', '37.90', null], leadTimeDays: 35 },
  { name: 'Delta Parts', prices: ['37.20', '40.10', '47.75'] },
];

/** An event in evaluation with opened bids. They are written to the tables: sealing has tests of its own. */
export async function evaluatedEvent(
  world: World,
  over: {
    items?: readonly NewEventItem[];
    bids?: readonly WantedBid[];
    silent?: number;
    title?: string;
    terms?: Partial<EventTerms>;
  } = {},
): Promise<EvaluatedEvent> {
  const bids = over.bids ?? threeBids;
  const suppliers: Awaited<ReturnType<typeof makeSupplier>>[] = [];
  for (const bid of bids) suppliers.push(await makeSupplier(world, { name: bid.name }));
  const silent = Array.from({ length: over.silent ?? 0 }, () => makeSupplier(world));
  const approver = await world.staff('approver');
  const { event, items, buyer } = await publishedEvent(world, {
    suppliers: [...suppliers, ...(await Promise.all(silent))],
    items: [...(over.items ?? threeLines)],
    closesAt: new Date(world.now().getTime() + 7 * 86_400_000).toISOString(),
    approver,
    terms: { ...over.terms, ...(over.title === undefined ? {} : { title: over.title }) },
  });
  await closeEvent(world, event);
  await world.runInTx(system('test'), (ctx) => startOpening(ctx, event.id));
  const bidders: Bidder[] = [];
  for (const [index, supplier] of suppliers.entries())
    bidders.push({
      ...supplier,
      bidId: await insertBid(world, {
        eventId: event.id,
        supplierId: supplier.supplierId,
        items,
        bid: bids[index] as WantedBid,
      }),
    });
  await world.runInTx(system('test'), (ctx) => startEvaluation(ctx, event.id));
  return { eventId: event.id, buyer, items, bidders };
}

async function insertBid(
  world: World,
  of: { eventId: string; supplierId: string; items: readonly EventItem[]; bid: WantedBid },
): Promise<string> {
  const bidId = newId();
  const { prices, priceBaseQuantity = '1', leadTimeDays = null, currency = 'USD' } = of.bid;
  const lines = of.items.flatMap((item, index) => {
    const unitPrice = prices[index] ?? null;
    if (unitPrice === null) return [];
    const amount = lineAmount({ quantity: item.quantity, unitPrice, priceBaseQuantity, currency });
    return [{ id: newId(), event_item_id: item.id, unit_price: unitPrice, amount }];
  });
  await world.db('bid').insert({
    id: bidId,
    reference: `BID-TEST-${bidId.slice(-12)}`,
    event_id: of.eventId,
    supplier_id: of.supplierId,
    state: 'valid',
    currency,
    current_version: 1,
    submitted_at: world.now(),
    total_amount: addDecimals(lines.map((line) => line.amount)),
    created_at: world.now(),
  });
  const about = {
    bid_id: bidId,
    price_base_quantity: priceBaseQuantity,
    lead_time_days: leadTimeDays,
    note: '',
  };
  if (lines.length > 0)
    await world.db.batchInsert(
      'bid_line',
      lines.map((line) => ({ ...line, ...about })),
      500,
    );
  return bidId;
}
