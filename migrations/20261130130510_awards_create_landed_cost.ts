import type { Knex } from 'knex';

/**
 * What bids cost us delivered. The rates of an event are fixed once, at its opening; what a bid's own terms leave to us
 * is entered with a reason, and nothing entered is changed: it is taken back, and entered anew. `landed_line` is worked
 * out from these in the same transaction, with its arithmetic; a bid that needs none of it has no rows there.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE event_rate (
      event_id      uuid           NOT NULL REFERENCES sourcing_event,
      from_currency text           NOT NULL CHECK (from_currency ~ '^[A-Z]{3}$'),
      to_currency   text           NOT NULL CHECK (to_currency ~ '^[A-Z]{3}$'),
      rate          numeric(24,12) NOT NULL CHECK (rate > 0),
      valid_on      date           NOT NULL,
      source        text           NOT NULL,
      fixed_at      timestamptz    NOT NULL,
      fixed_by      uuid           REFERENCES user_account,
      PRIMARY KEY (event_id, from_currency)
    );
    CREATE TRIGGER event_rate_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON event_rate
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    CREATE TABLE bid_terms (
      bid_id         uuid        PRIMARY KEY REFERENCES bid,
      event_id       uuid        NOT NULL REFERENCES sourcing_event,
      incoterm       text        NOT NULL CHECK (incoterm ~ '^[A-Z]{3}$'),
      incoterm_place text        NOT NULL DEFAULT '' CHECK (length(incoterm_place) <= 200),
      payment_days   integer     NOT NULL CHECK (payment_days BETWEEN 0 AND 365),
      reason         text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      entered_by     uuid        NOT NULL REFERENCES user_account,
      entered_at     timestamptz NOT NULL
    );
    CREATE INDEX bid_terms_by_event ON bid_terms (event_id);

    CREATE TABLE cost_adjustment (
      id            uuid          PRIMARY KEY,
      event_id      uuid          NOT NULL REFERENCES sourcing_event,
      bid_id        uuid          NOT NULL REFERENCES bid,
      lot_id        uuid,
      event_item_id uuid          REFERENCES event_item,
      kind          text          NOT NULL CHECK (kind IN ('freight', 'insurance', 'duty', 'handling', 'tooling',
                                    'discount', 'other')),
      percent       numeric(9,4)  CHECK (percent BETWEEN 0 AND 1000),
      amount        numeric(20,4) CHECK (amount >= 0),
      currency      text          CHECK (currency ~ '^[A-Z]{3}$'),
      reason        text          NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      entered_by    uuid          NOT NULL REFERENCES user_account,
      entered_at    timestamptz   NOT NULL,
      removed_by    uuid          REFERENCES user_account,
      removed_at    timestamptz,
      CHECK ((percent IS NULL) <> (amount IS NULL)),
      CHECK ((amount IS NULL) = (currency IS NULL)),
      CHECK (lot_id IS NULL OR event_item_id IS NULL),
      CHECK ((removed_by IS NULL) = (removed_at IS NULL))
    );
    -- One of a kind for each bid, lot and line: the nearest to a line counts.
    CREATE UNIQUE INDEX cost_adjustment_one_of_a_kind
        ON cost_adjustment (bid_id, kind, lot_id, event_item_id) NULLS NOT DISTINCT WHERE removed_at IS NULL;
    CREATE INDEX cost_adjustment_by_event ON cost_adjustment (event_id);

    CREATE TABLE landed_line (
      bid_line_id   uuid           PRIMARY KEY REFERENCES bid_line ON DELETE CASCADE,
      bid_id        uuid           NOT NULL REFERENCES bid,
      -- NULL where it cannot be said: a rate is missing.
      landed_amount numeric(20,4),
      landed_unit   numeric(24,12),
      -- Which costs were entered for this line, and the arithmetic, step by step.
      kinds         text[]         NOT NULL,
      steps         jsonb          NOT NULL,
      CHECK ((landed_amount IS NULL) = (landed_unit IS NULL))
    );
    CREATE INDEX landed_line_by_bid ON landed_line (bid_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE landed_line, cost_adjustment, bid_terms, event_rate');
