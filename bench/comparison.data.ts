import { landOpenedBids } from '../src/awards/index.ts';
import { enterExchangeRate } from '../src/catalog/index.ts';
import { system } from '../src/kernel/actor.ts';
import { fillOrders } from './data.ts';
import type { Stage } from './stage.ts';

export const SUPPLIERS = 40;
export const LINES = 1_000;

/**
 * One opened event of 1,000 lines with a bid of each of 40 suppliers: every fourth in another currency, each with
 * freight by amount and duty by percent, so that every price has an arithmetic of its own.
 */
export const fillComparison = (stage: Stage): Promise<void> => fill(stage, LINES);

/** The same with twice the lines: what is written while it is read needs no more memory for them. */
export const fillTwice = (stage: Stage): Promise<void> => fill(stage, 2 * LINES);

async function fill(stage: Stage, lines: number): Promise<void> {
  await fillOrders(stage.db, 1_000);
  await stage.house.runInTx({ actor: system('bench') }, (ctx) =>
    enterExchangeRate(
      ctx,
      { fromCurrency: 'CNY', toCurrency: 'USD', rate: '0.1391', validOn: '2026-01-01', source: 'Bench' },
      { isUnusualMeant: true },
    ),
  );
  await stage.db.raw(EVENT, { lines });
  await stage.db.raw(BIDS);
  await stage.db.raw(COSTS);
  const { id } = await stage.db('sourcing_event').first('id');
  await stage.house.runInTx({ actor: system('bench') }, (ctx) => landOpenedBids(ctx, id));
  await stage.db.raw('VACUUM ANALYZE');
}

const EVENT = `
  WITH event AS (
    INSERT INTO sourcing_event (id, reference, event_type, title, category_code, plant_code, incoterm, currency,
                                payment_terms_days, closes_at, time_zone, state, owner_id, published_at, closed_at,
                                opened_at, created_at)
    SELECT uuidv7(), 'RFQ-BENCH', 'rfq', 'A thousand parts', 'MACH', 'QD01', 'FCA', 'USD', 30, now(),
           'Asia/Shanghai', 'evaluation', id, now(), now(), now() + interval '1 hour', now()
      FROM user_account ORDER BY id LIMIT 1
    RETURNING id
  )
  INSERT INTO event_item (id, event_id, line_no, item_code, description, quantity, unit, estimated_price)
  SELECT uuidv7(), event.id, n, 'BENCH-' || n, 'Machined part ' || n || ', 6061-T6', 100 + n, 'C62', 20 + n % 7
    FROM event CROSS JOIN generate_series(1, :lines) AS n`;

const BIDS = `
  INSERT INTO bid (id, reference, event_id, supplier_id, state, currency, current_version, submitted_at, created_at)
  SELECT uuidv7(), 'BID-BENCH-' || row_number() OVER (ORDER BY supplier.id), event.id, supplier.id, 'valid',
         CASE WHEN row_number() OVER (ORDER BY supplier.id) % 4 = 0 THEN 'CNY' ELSE 'USD' END, 1, now(), now()
    FROM sourcing_event AS event CROSS JOIN supplier;
  INSERT INTO bid_line (id, bid_id, event_item_id, unit_price, amount, lead_time_days)
  SELECT uuidv7(), bid.id, item.id, price.unit, round(price.unit * item.quantity, 2), 20 + item.line_no % 30
    FROM bid
    JOIN event_item AS item ON item.event_id = bid.event_id
   CROSS JOIN LATERAL (SELECT round((18 + (hashtext(bid.reference || item.line_no) & 1023) / 100.0)
                                    * CASE WHEN bid.currency = 'CNY' THEN 7.2 ELSE 1 END, 4) AS unit) AS price
   -- Some lines are left out by some.
   WHERE (hashtext(item.line_no || bid.reference) & 63) > 0`;

const COSTS = `
  INSERT INTO cost_adjustment (id, event_id, bid_id, kind, percent, amount, currency, reason, entered_by, entered_at)
  SELECT uuidv7(), bid.event_id, bid.id, cost.kind, cost.percent, cost.amount, cost.currency, 'Bench', buyer.id, now()
    FROM bid
   CROSS JOIN (VALUES ('freight', NULL::numeric, 25000::numeric, 'USD'), ('insurance', 0.3, NULL, NULL),
                      ('duty', 4.5, NULL, NULL)) AS cost (kind, percent, amount, currency)
   CROSS JOIN (SELECT id FROM user_account ORDER BY id LIMIT 1) AS buyer`;
