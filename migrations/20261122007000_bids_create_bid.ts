import type { Knex } from 'knex';

/**
 * Bids are ciphertext until their opening: bid_line gets rows only then, so there is no price to read before.
 * What people name their files is part of the offer, so receipts and files are sealed as well.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE event_key (
      event_id        uuid        PRIMARY KEY REFERENCES sourcing_event,
      recipient       text        NOT NULL,
      sealed_identity bytea       NOT NULL,
      created_at      timestamptz NOT NULL,
      released_at     timestamptz
    );

    CREATE TABLE bid (
      id              uuid          PRIMARY KEY,
      reference       text          NOT NULL UNIQUE,
      event_id        uuid          NOT NULL REFERENCES sourcing_event,
      supplier_id     uuid          NOT NULL REFERENCES supplier,
      state           text          NOT NULL CHECK (state IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed', 'opened',
                        'valid', 'disqualified', 'abnormally_low', 'shortlisted', 'awarded', 'part_awarded', 'unsuccessful')),
      current_version integer       NOT NULL DEFAULT 0,
      submitted_at    timestamptz,
      withdrawn_at    timestamptz,
      total_amount    numeric(20,4),
      created_at      timestamptz   NOT NULL,
      CHECK (total_amount IS NULL OR state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed'))
    );
    -- After a withdrawal a new bid may follow; two that stand may not.
    CREATE UNIQUE INDEX bid_one_that_stands ON bid (event_id, supplier_id) WHERE state <> 'withdrawn';
    CREATE INDEX bid_by_event ON bid (event_id);
    CREATE INDEX bid_by_supplier ON bid (supplier_id, created_at DESC);

    CREATE TABLE bid_draft (
      bid_id             uuid        PRIMARY KEY REFERENCES bid,
      sealed             bytea       NOT NULL,
      revision           integer     NOT NULL,
      -- The revision that became the current version; a later one is not submitted.
      submitted_revision integer,
      saved_at           timestamptz NOT NULL
    );

    CREATE TABLE bid_file (
      id           uuid        PRIMARY KEY,
      bid_id       uuid        NOT NULL REFERENCES bid,
      sealed_facts bytea       NOT NULL,
      storage_key  text        NOT NULL,
      uploaded_by  uuid        NOT NULL REFERENCES user_account,
      uploaded_at  timestamptz NOT NULL
    );
    CREATE INDEX bid_file_by_bid ON bid_file (bid_id);

    CREATE TABLE bid_version (
      id                uuid        PRIMARY KEY,
      bid_id            uuid        NOT NULL REFERENCES bid,
      version           integer     NOT NULL CHECK (version > 0),
      sealed            bytea       NOT NULL,
      sealed_sha256     text        NOT NULL,
      content_sha256    text        NOT NULL,
      -- The supplier's own copy, for itself alone; the opening does not use it.
      supplier_copy     bytea       NOT NULL,
      received_at       timestamptz NOT NULL,
      receipt           bytea       NOT NULL,
      receipt_signature text        NOT NULL,
      submitted_by      uuid        NOT NULL REFERENCES user_account,
      idempotency_key   uuid        NOT NULL,
      UNIQUE (bid_id, version),
      UNIQUE (bid_id, idempotency_key)
    );
    CREATE TRIGGER bid_version_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON bid_version
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    CREATE TABLE opening (
      id        uuid        PRIMARY KEY,
      event_id  uuid        NOT NULL UNIQUE REFERENCES sourcing_event,
      opened_by uuid        NOT NULL REFERENCES user_account,
      opened_at timestamptz NOT NULL,
      minutes   jsonb       NOT NULL
    );

    CREATE TABLE bid_line (
      id                  uuid          PRIMARY KEY,
      bid_id              uuid          NOT NULL REFERENCES bid,
      event_item_id       uuid          NOT NULL REFERENCES event_item,
      unit_price          numeric(20,6) CHECK (unit_price >= 0),
      price_base_quantity numeric(20,6) NOT NULL DEFAULT 1 CHECK (price_base_quantity > 0),
      amount              numeric(20,4),
      lead_time_days      integer       CHECK (lead_time_days BETWEEN 0 AND 3650),
      note                text          NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
      UNIQUE (bid_id, event_item_id),
      CHECK ((unit_price IS NULL) = (amount IS NULL))
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE bid_line, opening, bid_version, bid_file, bid_draft, bid, event_key');
