import type { Knex } from 'knex';

/**
 * A landed line says itself which line of the event it is for, and what was bid: the comparison of 40,000 prices then
 * reads one table and joins nothing. It is worked out anew with each change, so the copies cannot differ for long.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE landed_line
      ADD COLUMN event_item_id  uuid REFERENCES event_item,
      ADD COLUMN own_amount     numeric(20,4),
      ADD COLUMN lead_time_days integer;
    UPDATE landed_line
       SET event_item_id = bid_line.event_item_id, own_amount = bid_line.amount,
           lead_time_days = bid_line.lead_time_days
      FROM bid_line
     WHERE bid_line.id = landed_line.bid_line_id;
    ALTER TABLE landed_line
      ALTER COLUMN event_item_id SET NOT NULL,
      ALTER COLUMN own_amount SET NOT NULL;
    CREATE INDEX landed_line_by_item ON landed_line (event_item_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE landed_line
      DROP COLUMN event_item_id, DROP COLUMN own_amount, DROP COLUMN lead_time_days`);
