import type { Knex } from 'knex';

/** Possible awards of an event, saved to be compared. What they come to is priced from the bids, never kept. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE award_scenario (
      id                uuid          PRIMARY KEY,
      event_id          uuid          NOT NULL REFERENCES sourcing_event,
      -- Empty: it is called after how it was made, in the reader's language.
      name              text          NOT NULL DEFAULT '' CHECK (length(name) <= 100),
      method            text          NOT NULL CHECK (method IN ('cheapest', 'incumbents', 'one-supplier', 'fewest-suppliers',
                          'limits', 'by-hand')),
      supplier_id       uuid          REFERENCES supplier,
      max_suppliers     integer       CHECK (max_suppliers BETWEEN 1 AND 1000),
      max_share_percent numeric(7,4)  CHECK (max_share_percent > 0 AND max_share_percent < 100),
      state             text          NOT NULL CHECK (state IN ('queued', 'solving', 'solved', 'failed')),
      outcome           text          CHECK (outcome IN ('proved', 'not-proved', 'impossible', 'nothing-found')),
      -- What the search found, and what no allocation that keeps to the limits can be below.
      best_amount       numeric(20,4),
      bound_amount      numeric(20,4),
      created_by        uuid          NOT NULL REFERENCES user_account,
      created_at        timestamptz   NOT NULL,
      finished_at       timestamptz,
      CHECK ((method = 'one-supplier') = (supplier_id IS NOT NULL)),
      CHECK ((method = 'limits') = (max_suppliers IS NOT NULL OR max_share_percent IS NOT NULL))
    );
    CREATE INDEX award_scenario_by_event ON award_scenario (event_id, created_at, id);
    CREATE UNIQUE INDEX award_scenario_one_name ON award_scenario (event_id, lower(name)) WHERE name <> '';

    CREATE TABLE award_scenario_line (
      scenario_id   uuid          NOT NULL REFERENCES award_scenario ON DELETE CASCADE,
      event_item_id uuid          NOT NULL REFERENCES event_item,
      supplier_id   uuid          NOT NULL REFERENCES supplier,
      quantity      numeric(20,6) NOT NULL CHECK (quantity > 0),
      PRIMARY KEY (scenario_id, event_item_id, supplier_id)
    );
    -- The last price paid for an item, and to whom.
    CREATE INDEX po_line_by_item ON po_line (item_code, order_id) WHERE item_code IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP INDEX po_line_by_item; DROP TABLE award_scenario_line, award_scenario');
