import type { Knex } from 'knex';

/**
 * Between the letters and the orders there may be a standstill, in which bidders may object. What was awarded may be
 * withdrawn, as a whole or one supplier's part; what comes back is decided by another award, which names the withdrawal.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE award_withdrawal (
      id            uuid        PRIMARY KEY,
      award_id      uuid        NOT NULL REFERENCES award,
      -- Whose part; null for all of the award that stands.
      supplier_id   uuid        REFERENCES supplier,
      reason        text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
      -- Whoever loses its part cannot get the same lines again.
      excludes      boolean     NOT NULL,
      state         text        NOT NULL CHECK (state IN ('requested', 'confirmed', 'refused')),
      requested_by  uuid        NOT NULL REFERENCES user_account,
      requested_at  timestamptz NOT NULL,
      decided_by    uuid        REFERENCES user_account,
      decided_at    timestamptz,
      decision_note text        NOT NULL DEFAULT '' CHECK (length(decision_note) <= 4000),
      CHECK (decided_by IS NULL OR decided_by <> requested_by)
    );
    CREATE UNIQUE INDEX award_withdrawal_one_open ON award_withdrawal (award_id) WHERE state = 'requested';

    ALTER TABLE award
      ADD COLUMN standstill_days  integer     NOT NULL DEFAULT 0 CHECK (standstill_days BETWEEN 0 AND 60),
      ADD COLUMN standstill_until timestamptz,
      ADD COLUMN tells_rank       boolean     NOT NULL DEFAULT false,
      ADD COLUMN tells_distance   boolean     NOT NULL DEFAULT false,
      ADD COLUMN tells_winners    boolean     NOT NULL DEFAULT false,
      ADD COLUMN withdrawal_id    uuid        REFERENCES award_withdrawal,
      -- The lines it decides on, where it follows a withdrawal; null: all.
      ADD COLUMN event_item_ids   uuid[];
    CREATE INDEX award_in_standstill ON award (standstill_until) WHERE state = 'standstill';
    DROP INDEX award_one_live;
    CREATE UNIQUE INDEX award_one_live ON award (event_id, withdrawal_id) NULLS NOT DISTINCT
      WHERE state NOT IN ('returned', 'cancelled');
    CREATE UNIQUE INDEX award_one_undecided ON award (event_id) WHERE state IN ('proposed', 'pending_approval');

    ALTER TABLE award_line ADD COLUMN withdrawal_id uuid REFERENCES award_withdrawal;
    CREATE INDEX award_line_withdrawn ON award_line (withdrawal_id) WHERE withdrawal_id IS NOT NULL;

    CREATE TABLE award_objection (
      id          uuid        PRIMARY KEY,
      award_id    uuid        NOT NULL REFERENCES award,
      supplier_id uuid        NOT NULL REFERENCES supplier,
      state       text        NOT NULL CHECK (state IN ('raised', 'answered', 'rejected', 'upheld', 'withdrawn')),
      grounds     text        NOT NULL CHECK (length(grounds) BETWEEN 1 AND 10000),
      raised_by   uuid        NOT NULL REFERENCES user_account,
      raised_at   timestamptz NOT NULL,
      answer      text        CHECK (length(answer) <= 10000),
      answered_by uuid        REFERENCES user_account,
      answered_at timestamptz,
      decision    text        CHECK (length(decision) <= 10000),
      decided_by  uuid        REFERENCES user_account,
      decided_at  timestamptz,
      CHECK (decided_by IS NULL OR decided_by <> answered_by)
    );
    CREATE INDEX award_objection_by_award ON award_objection (award_id, raised_at);
    CREATE UNIQUE INDEX award_objection_one_open ON award_objection (award_id, supplier_id)
      WHERE state IN ('raised', 'answered');

    CREATE TABLE award_letter (
      id          uuid        PRIMARY KEY,
      award_id    uuid        NOT NULL REFERENCES award,
      supplier_id uuid        NOT NULL REFERENCES supplier,
      content     jsonb       NOT NULL,
      -- Of the canonical JSON of the content, and of the PDF's bytes.
      content_sha256  text    NOT NULL,
      document_sha256 text    NOT NULL,
      document_id uuid        NOT NULL REFERENCES document,
      made_at     timestamptz NOT NULL,
      UNIQUE (award_id, supplier_id)
    );
    CREATE TRIGGER award_letter_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON award_letter
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE award_letter, award_objection;
    DROP INDEX award_line_withdrawn;
    ALTER TABLE award_line DROP COLUMN withdrawal_id;
    DROP INDEX award_one_undecided;
    DROP INDEX award_one_live;
    CREATE UNIQUE INDEX award_one_live ON award (event_id) WHERE state NOT IN ('returned', 'cancelled');
    ALTER TABLE award
      DROP COLUMN standstill_days, DROP COLUMN standstill_until, DROP COLUMN tells_rank, DROP COLUMN tells_distance,
      DROP COLUMN tells_winners, DROP COLUMN withdrawal_id, DROP COLUMN event_item_ids;
    DROP TABLE award_withdrawal;`);
