import type { Knex } from 'knex';

/**
 * A bid that offers something else for a line without pricing the line itself has a line without a price from its
 * opening on: that is what an award of the alternate hangs on. Those that were opened before get theirs here.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    INSERT INTO bid_line (id, bid_id, event_item_id, unit_price, amount)
    SELECT gen_random_uuid(), lone.bid_id, lone.event_item_id, NULL, NULL
      FROM (SELECT DISTINCT alternate.bid_id, alternate.event_item_id
              FROM bid_alternate AS alternate
             WHERE NOT EXISTS (SELECT FROM bid_line AS line
                                WHERE line.bid_id = alternate.bid_id
                                  AND line.event_item_id = alternate.event_item_id)) AS lone;`);

/** A line without a price says nothing to the code before this. */
export const down = (): Promise<void> => Promise.resolve();
