import type { Knex } from 'knex';

/**
 * Who judges the bids of an event, and how. What one member wrote is read by nobody else while scoring is open:
 * the policies of `score` say so in the database as well.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE evaluation (
      event_id     uuid        PRIMARY KEY REFERENCES sourcing_event,
      state        text        NOT NULL CHECK (state IN ('preparing', 'scoring', 'consensus', 'fixed')),
      started_at   timestamptz,
      due_at       timestamptz,
      closed_by    uuid        REFERENCES user_account,
      closed_at    timestamptz,
      -- Why scoring was closed before every sheet was in.
      close_reason text        CHECK (length(close_reason) BETWEEN 1 AND 1000),
      fixed_by     uuid        REFERENCES user_account,
      fixed_at     timestamptz,
      CHECK ((state = 'fixed') = (fixed_at IS NOT NULL))
    );

    CREATE TABLE committee_member (
      id             uuid        PRIMARY KEY,
      event_id       uuid        NOT NULL REFERENCES sourcing_event,
      user_id        uuid        NOT NULL REFERENCES user_account,
      is_chair       boolean     NOT NULL,
      state          text        NOT NULL CHECK (state IN ('appointed', 'cleared', 'conflicted', 'removed')),
      appointed_by   uuid        NOT NULL REFERENCES user_account,
      appointed_at   timestamptz NOT NULL,
      declared_at    timestamptz,
      -- What the conflict is, or why somebody was taken off the committee.
      reason         text        CHECK (length(reason) BETWEEN 1 AND 1000),
      reminded_at    timestamptz,
      UNIQUE (event_id, user_id),
      CHECK (state NOT IN ('conflicted', 'removed') OR reason IS NOT NULL)
    );
    CREATE UNIQUE INDEX committee_member_one_chair ON committee_member (event_id)
      WHERE is_chair AND state IN ('appointed', 'cleared');
    CREATE INDEX committee_member_by_user ON committee_member (user_id) WHERE state IN ('appointed', 'cleared');

    CREATE TABLE score_sheet (
      id           uuid        PRIMARY KEY,
      event_id     uuid        NOT NULL REFERENCES sourcing_event,
      member_id    uuid        NOT NULL UNIQUE REFERENCES committee_member,
      user_id      uuid        NOT NULL REFERENCES user_account,
      state        text        NOT NULL CHECK (state IN ('draft', 'submitted')),
      version      integer     NOT NULL,
      submitted_at timestamptz,
      CHECK ((state = 'submitted') = (submitted_at IS NOT NULL))
    );
    CREATE INDEX score_sheet_by_event ON score_sheet (event_id);

    -- One member's points for one bid: by a judged criterion, or by an answer that is scored by hand.
    CREATE TABLE score (
      sheet_id   uuid         NOT NULL REFERENCES score_sheet,
      bid_id     uuid         NOT NULL REFERENCES bid,
      subject_id uuid         NOT NULL,
      points     numeric(5,2) CHECK (points >= 0),
      comment    text         NOT NULL DEFAULT '' CHECK (length(comment) <= 2000),
      PRIMARY KEY (sheet_id, bid_id, subject_id)
    );

    -- What the committee agreed on where its members were too far apart.
    CREATE TABLE consensus_score (
      event_id    uuid         NOT NULL REFERENCES sourcing_event,
      bid_id      uuid         NOT NULL REFERENCES bid,
      subject_id  uuid         NOT NULL,
      points      numeric(5,2) NOT NULL CHECK (points >= 0),
      reason      text         NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
      recorded_by uuid         NOT NULL REFERENCES user_account,
      recorded_at timestamptz  NOT NULL,
      PRIMARY KEY (bid_id, subject_id)
    );
    CREATE INDEX consensus_score_by_event ON consensus_score (event_id);

    -- The technical result, as it was fixed before any price was seen.
    CREATE TABLE criterion_score (
      bid_id       uuid         NOT NULL REFERENCES bid,
      criterion_id uuid         NOT NULL REFERENCES criterion,
      event_id     uuid         NOT NULL REFERENCES sourcing_event,
      score        numeric(5,2) NOT NULL CHECK (score >= 0 AND score <= 100),
      -- What it was made of, to be shown line by line.
      arithmetic   jsonb        NOT NULL,
      PRIMARY KEY (bid_id, criterion_id)
    );
    CREATE INDEX criterion_score_by_event ON criterion_score (event_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE criterion_score, consensus_score, score, score_sheet, committee_member, evaluation');
