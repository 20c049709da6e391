import type { Knex } from 'knex';

/**
 * What an event may say beyond lines and a closing time: lots, and for each line a specification, the quantities prices
 * are asked at, deliveries by day, and the prices the buyer hopes for, which no supplier reads (migrations/access).
 * Numbers of lines are unique at the end of a statement, so that lines keep their ids when they are put in another order.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE sourcing_event
      ADD COLUMN calendar_code       text        REFERENCES calendar,
      ADD COLUMN opening_not_before  timestamptz,
      ADD COLUMN decision_by_on      date,
      ADD COLUMN bid_currencies      text[]      NOT NULL DEFAULT '{}' CHECK (cardinality(bid_currencies) <= 10),
      ADD COLUMN takes_partial_bids  boolean     NOT NULL DEFAULT true,
      ADD COLUMN bid_valid_days      integer     CHECK (bid_valid_days BETWEEN 1 AND 730);

    CREATE TABLE lot (
      id          uuid    PRIMARY KEY,
      event_id    uuid    NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      lot_no      integer NOT NULL CHECK (lot_no > 0),
      title       text    NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      description text    NOT NULL DEFAULT '' CHECK (length(description) <= 5000),
      UNIQUE (event_id, lot_no) DEFERRABLE,
      UNIQUE (event_id, id)
    );

    ALTER TABLE event_item
      ADD COLUMN lot_id           uuid,
      ADD COLUMN specification    text          NOT NULL DEFAULT '' CHECK (length(specification) <= 10000),
      ADD COLUMN target_price     numeric(20,6) CHECK (target_price >= 0),
      ADD COLUMN reserve_price    numeric(20,6) CHECK (reserve_price >= 0),
      ADD COLUMN takes_alternates boolean       NOT NULL DEFAULT false,
      ADD COLUMN asks_capacity    boolean       NOT NULL DEFAULT false,
      ADD COLUMN incoterm         text,
      ADD COLUMN incoterm_place   text          NOT NULL DEFAULT '' CHECK (length(incoterm_place) <= 200),
      ADD FOREIGN KEY (event_id, lot_id) REFERENCES lot (event_id, id),
      DROP CONSTRAINT event_item_event_id_line_no_key,
      ADD CONSTRAINT event_item_one_line_no UNIQUE (event_id, line_no) DEFERRABLE;
    CREATE INDEX event_item_by_lot ON event_item (lot_id) WHERE lot_id IS NOT NULL;

    CREATE TABLE event_item_tier (
      event_item_id uuid          NOT NULL REFERENCES event_item ON DELETE CASCADE,
      quantity      numeric(20,6) NOT NULL CHECK (quantity > 0),
      PRIMARY KEY (event_item_id, quantity)
    );

    CREATE TABLE event_item_schedule (
      event_item_id uuid          NOT NULL REFERENCES event_item ON DELETE CASCADE,
      deliver_on    date          NOT NULL,
      quantity      numeric(20,6) NOT NULL CHECK (quantity > 0),
      PRIMARY KEY (event_item_id, deliver_on)
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE event_item_schedule, event_item_tier;
    ALTER TABLE event_item
      DROP COLUMN lot_id, DROP COLUMN specification, DROP COLUMN target_price, DROP COLUMN reserve_price,
      DROP COLUMN takes_alternates, DROP COLUMN asks_capacity, DROP COLUMN incoterm, DROP COLUMN incoterm_place,
      DROP CONSTRAINT event_item_one_line_no,
      ADD CONSTRAINT event_item_event_id_line_no_key UNIQUE (event_id, line_no);
    DROP TABLE lot;
    ALTER TABLE sourcing_event
      DROP COLUMN calendar_code, DROP COLUMN opening_not_before, DROP COLUMN decision_by_on,
      DROP COLUMN bid_currencies, DROP COLUMN takes_partial_bids, DROP COLUMN bid_valid_days;`);
