import type { Knex } from 'knex';

/**
 * What a supplier may be asked for: one row a category and plant (null: all plants), decided by a second person.
 * `outcome` is what holds now, also while another decision is asked for; `wanted` is what is asked for.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE qualification (
      id                 uuid        PRIMARY KEY,
      supplier_id        uuid        NOT NULL REFERENCES supplier,
      category_code      text        NOT NULL REFERENCES category,
      plant_code         text        REFERENCES plant,
      state              text        NOT NULL CHECK (state IN ('pending_approval', 'qualified', 'conditionally_qualified',
                                                               'in_renewal', 'rejected', 'expired', 'disqualified')),
      outcome            text        CHECK (outcome IN ('qualified', 'conditionally_qualified')),
      conditions         text        NOT NULL DEFAULT '' CHECK (length(conditions) <= 2000),
      valid_until        date,
      wanted             text        CHECK (wanted IN ('qualified', 'conditionally_qualified', 'disqualified')),
      wanted_conditions  text        NOT NULL DEFAULT '' CHECK (length(wanted_conditions) <= 2000),
      wanted_valid_until date,
      reason             text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
      requested_by       uuid        NOT NULL REFERENCES user_account,
      requested_at       timestamptz NOT NULL,
      decided_by         uuid        REFERENCES user_account,
      decided_at         timestamptz,
      decision_comment   text        NOT NULL DEFAULT '' CHECK (length(decision_comment) <= 2000),
      -- For how many days before its end somebody was told last; null while nobody was.
      reminded_days      integer,
      version            integer     NOT NULL DEFAULT 1,
      UNIQUE NULLS NOT DISTINCT (supplier_id, category_code, plant_code),
      CHECK ((outcome IS NULL) = (state IN ('pending_approval', 'rejected', 'expired', 'disqualified'))),
      CHECK ((wanted IS NOT NULL) = (state IN ('pending_approval', 'in_renewal'))),
      CHECK (decided_by <> requested_by)
    );
    CREATE INDEX qualification_by_place ON qualification (category_code, plant_code);
    CREATE INDEX qualification_by_end ON qualification (valid_until) WHERE outcome IS NOT NULL;
    CREATE INDEX qualification_to_decide ON qualification (requested_at) WHERE wanted IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE qualification');
