import type { Knex } from 'knex';

/**
 * What changes an event while it is open, and what asks for better bids after it. An amendment's proposal is ours until
 * it is published; `changes` is what everybody invited reads. A round keeps who was asked again; who was not, keeps the
 * closing time it knew (`invitation.bidding_ended_at`), so that its pages say nothing of the round.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE sourcing_event
      ADD COLUMN audience text NOT NULL DEFAULT 'invited' CHECK (audience IN ('invited', 'qualified')),
      ADD COLUMN round integer NOT NULL DEFAULT 1 CHECK (round > 0),
      ADD COLUMN completed_at timestamptz;

    ALTER TABLE invitation
      ADD COLUMN joined_at timestamptz,
      ADD COLUMN uninvite_reason text CHECK (length(uninvite_reason) <= 1000),
      ADD COLUMN last_round integer NOT NULL DEFAULT 1 CHECK (last_round > 0),
      ADD COLUMN bidding_ended_at timestamptz;

    ALTER TABLE bid ADD COLUMN round integer NOT NULL DEFAULT 1 CHECK (round > 0);
    DROP INDEX bid_one_that_stands;
    CREATE UNIQUE INDEX bid_one_that_stands ON bid (event_id, supplier_id, round) WHERE state <> 'withdrawn';

    CREATE TABLE amendment (
      id                    uuid        PRIMARY KEY,
      event_id              uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      -- Counted when it is published; drafts that came to nothing leave no gap.
      number                integer     CHECK (number > 0),
      state                 text        NOT NULL CHECK (state IN ('draft', 'pending_approval', 'approved', 'published', 'withdrawn')),
      round                 integer     NOT NULL,
      event_version         integer     NOT NULL,
      proposal              jsonb       NOT NULL,
      touches_all           boolean     NOT NULL DEFAULT false,
      reason                text        NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      changes               jsonb,
      closes_at_before      timestamptz,
      closes_at             timestamptz,
      drafted_by            uuid        NOT NULL REFERENCES user_account,
      created_at            timestamptz NOT NULL,
      approval_requested_by uuid        REFERENCES user_account,
      approved_by           uuid        REFERENCES user_account,
      published_by          uuid        REFERENCES user_account,
      published_at          timestamptz,
      -- When every bid it touches was given back; until then the event does not close.
      settled_at            timestamptz,
      version               integer     NOT NULL DEFAULT 1,
      UNIQUE (event_id, number),
      CHECK ((state = 'published') = (published_at IS NOT NULL)),
      CHECK ((state = 'published') = (number IS NOT NULL)),
      CHECK (state <> 'published' OR (changes IS NOT NULL AND reason <> ''))
    );
    CREATE UNIQUE INDEX amendment_one_in_the_making ON amendment (event_id)
      WHERE state IN ('draft', 'pending_approval', 'approved');
    CREATE INDEX amendment_unsettled ON amendment (event_id) WHERE state = 'published' AND settled_at IS NULL;

    CREATE TABLE amendment_acknowledgement (
      amendment_id    uuid        NOT NULL REFERENCES amendment ON DELETE CASCADE,
      supplier_id     uuid        NOT NULL REFERENCES supplier,
      seen_at         timestamptz NOT NULL,
      acknowledged_at timestamptz,
      acknowledged_by uuid        REFERENCES user_account,
      PRIMARY KEY (amendment_id, supplier_id)
    );

    -- Which lines the newest submission speaks of, sealed: so that an amendment finds the bids it touches.
    CREATE TABLE bid_reach (
      bid_id      uuid        PRIMARY KEY REFERENCES bid,
      sealed      bytea       NOT NULL,
      received_at timestamptz NOT NULL
    );

    CREATE TABLE round (
      id               uuid        PRIMARY KEY,
      event_id         uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      number           integer     NOT NULL CHECK (number > 1),
      reason           text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      feedback         text        NOT NULL CHECK (feedback IN ('none', 'rank', 'gap')),
      feedback_on      text        NOT NULL CHECK (feedback_on IN ('total', 'line')),
      -- The lines that are asked again; null for all.
      item_ids         uuid[]      CHECK (cardinality(item_ids) > 0),
      closes_at_before timestamptz NOT NULL,
      closes_at        timestamptz NOT NULL,
      started_by       uuid        NOT NULL REFERENCES user_account,
      started_at       timestamptz NOT NULL,
      UNIQUE (event_id, number)
    );

    CREATE TABLE round_participant (
      round_id    uuid  NOT NULL REFERENCES round ON DELETE CASCADE,
      supplier_id uuid  NOT NULL REFERENCES supplier,
      feedback    jsonb,
      PRIMARY KEY (round_id, supplier_id)
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE round_participant, round, bid_reach, amendment_acknowledgement, amendment;
    DROP INDEX bid_one_that_stands;
    CREATE UNIQUE INDEX bid_one_that_stands ON bid (event_id, supplier_id) WHERE state <> 'withdrawn';
    ALTER TABLE bid DROP COLUMN round;
    ALTER TABLE invitation DROP COLUMN joined_at, DROP COLUMN uninvite_reason, DROP COLUMN last_round, DROP COLUMN bidding_ended_at;
    ALTER TABLE sourcing_event DROP COLUMN audience, DROP COLUMN round, DROP COLUMN completed_at;`);
