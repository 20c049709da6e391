import type { Knex } from 'knex';

/**
 * One opening an envelope, begun by the first part that an opener gives, done when the envelope is opened. What came out
 * of each bid stands beside it; the commercial envelope's lines become rows of bid_line as before.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE opening
      ADD COLUMN round         integer NOT NULL DEFAULT 1 CHECK (round > 0),
      ADD COLUMN envelope      text    NOT NULL DEFAULT 'commercial'
                               CHECK (envelope IN ('qualification', 'technical', 'commercial')),
      ADD COLUMN started_at    timestamptz,
      -- The people have decided on what came out, and the next envelope may be opened.
      ADD COLUMN concluded_at  timestamptz,
      ADD COLUMN concluded_by  uuid    REFERENCES user_account,
      -- Bidders were asked for their own keys.
      ADD COLUMN rescue_requested_at timestamptz,
      ADD COLUMN rescue_reason text    CHECK (length(rescue_reason) BETWEEN 1 AND 1000),
      -- Bids that were opened after the minutes were written.
      ADD COLUMN later         jsonb   NOT NULL DEFAULT '[]',
      ALTER COLUMN opened_by DROP NOT NULL,
      ALTER COLUMN opened_at DROP NOT NULL,
      ALTER COLUMN minutes   DROP NOT NULL,
      DROP CONSTRAINT opening_event_id_key;
    UPDATE opening SET started_at = opened_at, concluded_at = opened_at;
    ALTER TABLE opening
      ALTER COLUMN started_at SET NOT NULL,
      ADD CONSTRAINT opening_once UNIQUE (event_id, round, envelope),
      ADD CHECK ((opened_at IS NULL) = (minutes IS NULL)),
      ADD CHECK (concluded_at IS NULL OR opened_at IS NOT NULL);

    -- That an opener has given its part of this opening; a share that does not fit is named.
    CREATE TABLE opener_part (
      opening_id uuid        NOT NULL REFERENCES opening,
      opener_id  uuid        NOT NULL REFERENCES user_account,
      given_at   timestamptz NOT NULL,
      -- References of the bids whose share did not fit.
      wrong      text[]      NOT NULL DEFAULT '{}',
      PRIMARY KEY (opening_id, opener_id)
    );
    CREATE TABLE opener_share (
      opening_id  uuid  NOT NULL REFERENCES opening,
      envelope_id uuid  NOT NULL REFERENCES bid_envelope,
      opener_id   uuid  NOT NULL REFERENCES user_account,
      sealed      bytea NOT NULL,
      PRIMARY KEY (envelope_id, opener_id)
    );

    -- A bidder's own key, given because openers failed.
    CREATE TABLE bid_rescue (
      envelope_id uuid        PRIMARY KEY REFERENCES bid_envelope,
      bid_id      uuid        NOT NULL REFERENCES bid,
      sealed      bytea       NOT NULL,
      given_by    uuid        NOT NULL REFERENCES user_account,
      given_at    timestamptz NOT NULL
    );

    CREATE TABLE opened_envelope (
      envelope_id uuid        PRIMARY KEY REFERENCES bid_envelope,
      opening_id  uuid        NOT NULL REFERENCES opening,
      bid_id      uuid        NOT NULL REFERENCES bid,
      envelope    text        NOT NULL CHECK (envelope IN ('qualification', 'technical', 'commercial')),
      -- Null for one that was taken.
      fault       text        CHECK (length(fault) BETWEEN 1 AND 60),
      content     jsonb,
      opened_at   timestamptz NOT NULL,
      CHECK ((fault IS NULL) = (content IS NOT NULL))
    );
    CREATE INDEX opened_envelope_by_bid ON opened_envelope (bid_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE opened_envelope, bid_rescue, opener_share, opener_part;
    DELETE FROM opening WHERE round <> 1 OR envelope <> 'commercial' OR opened_at IS NULL;
    ALTER TABLE opening
      DROP COLUMN round, DROP COLUMN envelope, DROP COLUMN started_at, DROP COLUMN concluded_at,
      DROP COLUMN concluded_by, DROP COLUMN rescue_requested_at, DROP COLUMN rescue_reason, DROP COLUMN later,
      ALTER COLUMN opened_by SET NOT NULL, ALTER COLUMN opened_at SET NOT NULL, ALTER COLUMN minutes SET NOT NULL,
      ADD CONSTRAINT opening_event_id_key UNIQUE (event_id);`);
