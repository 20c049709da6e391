import type { Knex } from 'knex';

/**
 * What an opened bid says beyond a price a line: its currency, how long it holds, the capacity behind a line, prices at
 * the quantities asked for, and alternate offers. Like bid_line, the tables get rows only at the opening.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid
      ADD COLUMN currency       text CHECK (currency ~ '^[A-Z]{3}$'),
      ADD COLUMN valid_until_on date,
      ADD CHECK ((currency IS NULL AND valid_until_on IS NULL)
                 OR state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed'));
    UPDATE bid
       SET currency = event.currency
      FROM sourcing_event AS event
     WHERE event.id = bid.event_id
       AND bid.total_amount IS NOT NULL;

    ALTER TABLE bid_line ADD COLUMN capacity numeric(20,6) CHECK (capacity >= 0);

    CREATE TABLE bid_line_tier (
      bid_line_id uuid          NOT NULL REFERENCES bid_line,
      quantity    numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit_price  numeric(20,6) NOT NULL CHECK (unit_price >= 0),
      PRIMARY KEY (bid_line_id, quantity)
    );

    CREATE TABLE bid_alternate (
      id             uuid          PRIMARY KEY,
      bid_id         uuid          NOT NULL REFERENCES bid,
      event_item_id  uuid          NOT NULL REFERENCES event_item,
      alternate_no   integer       NOT NULL CHECK (alternate_no > 0),
      description    text          NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
      unit_price     numeric(20,6) NOT NULL CHECK (unit_price >= 0),
      amount         numeric(20,4) NOT NULL,
      lead_time_days integer       CHECK (lead_time_days BETWEEN 0 AND 3650),
      UNIQUE (bid_id, event_item_id, alternate_no)
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE bid_alternate, bid_line_tier;
    ALTER TABLE bid_line DROP COLUMN capacity;
    ALTER TABLE bid DROP COLUMN currency, DROP COLUMN valid_until_on;`);
