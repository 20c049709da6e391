import type { Knex } from 'knex';

/** Who gets what, at which price and why; one live award an event. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE award (
      id            uuid          PRIMARY KEY,
      reference     text          NOT NULL UNIQUE,
      event_id      uuid          NOT NULL REFERENCES sourcing_event,
      state         text          NOT NULL CHECK (state IN ('proposed', 'pending_approval', 'active', 'returned', 'notified',
                      'standstill', 'final', 'cancelled')),
      currency      text          NOT NULL,
      total_amount  numeric(20,4) NOT NULL,
      lowest_amount numeric(20,4) NOT NULL,
      proposed_by   uuid          NOT NULL REFERENCES user_account,
      proposed_at   timestamptz   NOT NULL,
      justification text          NOT NULL DEFAULT '' CHECK (length(justification) <= 4000),
      decided_by    uuid          REFERENCES user_account,
      decided_at    timestamptz,
      debrief       text          NOT NULL DEFAULT '' CHECK (length(debrief) <= 4000),
      return_reason text          CHECK (length(return_reason) <= 4000),
      version       integer       NOT NULL DEFAULT 1
    );
    CREATE UNIQUE INDEX award_one_live ON award (event_id) WHERE state NOT IN ('returned', 'cancelled');

    CREATE TABLE award_line (
      id            uuid          PRIMARY KEY,
      award_id      uuid          NOT NULL REFERENCES award ON DELETE CASCADE,
      event_item_id uuid          NOT NULL REFERENCES event_item,
      supplier_id   uuid          NOT NULL REFERENCES supplier,
      bid_line_id   uuid          NOT NULL REFERENCES bid_line,
      quantity      numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit_price    numeric(20,6) NOT NULL,
      price_base_quantity numeric(20,6) NOT NULL DEFAULT 1,
      amount        numeric(20,4) NOT NULL,
      is_lowest     boolean       NOT NULL,
      reason        text          NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      UNIQUE (award_id, event_item_id, supplier_id),
      CHECK (is_lowest OR reason <> '')
    );
    CREATE INDEX award_line_by_supplier ON award_line (supplier_id, award_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE award_line, award');
