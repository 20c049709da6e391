import type { Knex } from 'knex';

/**
 * How an event's bids are sealed and who opens them: the level, the envelopes in the order they are opened, the openers
 * with the key each had when it was appointed, and how many of them it takes. An event without openers is opened by a
 * second person of the house.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE sourcing_event
      ADD COLUMN sealing_level             text    NOT NULL DEFAULT 'on_arrival'
                                           CHECK (sealing_level IN ('on_arrival', 'in_browser')),
      -- Whether who cannot seal in the browser may let the server do it.
      ADD COLUMN allows_sealing_on_arrival boolean NOT NULL DEFAULT true,
      ADD COLUMN envelopes                 text[]  NOT NULL DEFAULT '{commercial}'
                                           CHECK (cardinality(envelopes) BETWEEN 1 AND 3
                                                  AND envelopes <@ ARRAY['qualification', 'technical', 'commercial']),
      ADD COLUMN opener_threshold          integer CHECK (opener_threshold BETWEEN 2 AND 10);

    -- The identity, wrapped by a passphrase in the opener's browser: nobody here can unwrap it.
    CREATE TABLE opener_key (
      id         uuid        PRIMARY KEY,
      user_id    uuid        NOT NULL REFERENCES user_account,
      recipient  text        NOT NULL UNIQUE CHECK (recipient ~ '^age1[0-9a-z]{58}$'),
      wrapped    bytea       NOT NULL CHECK (octet_length(wrapped) <= 4096),
      created_at timestamptz NOT NULL
    );
    CREATE INDEX opener_key_by_user ON opener_key (user_id, created_at DESC);
    CREATE TRIGGER opener_key_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON opener_key
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    CREATE TABLE event_opener (
      event_id      uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      user_id       uuid        NOT NULL REFERENCES user_account,
      opener_key_id uuid        NOT NULL REFERENCES opener_key,
      appointed_by  uuid        NOT NULL REFERENCES user_account,
      appointed_at  timestamptz NOT NULL,
      PRIMARY KEY (event_id, user_id)
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE event_opener, opener_key;
    ALTER TABLE sourcing_event
      DROP COLUMN sealing_level, DROP COLUMN allows_sealing_on_arrival, DROP COLUMN envelopes,
      DROP COLUMN opener_threshold;`);
