import type { Knex } from 'knex';

/**
 * What may be spent, by account, plant and year; and what is spoken for, a row a document. A commitment holds what is
 * reserved and what is ordered of it; the row of its budget is locked whenever one of them changes.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE budget (
      id          uuid          PRIMARY KEY,
      account     text          NOT NULL CHECK (length(account) BETWEEN 1 AND 40),
      plant_code  text          NOT NULL REFERENCES plant,
      year        integer       NOT NULL CHECK (year BETWEEN 2000 AND 2999),
      amount      numeric(20,4) NOT NULL CHECK (amount >= 0),
      currency    text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      over_budget text          NOT NULL CHECK (over_budget IN ('refuse', 'ask_owner')),
      owner_id    uuid          REFERENCES user_account,
      created_at  timestamptz   NOT NULL,
      version     integer       NOT NULL DEFAULT 1,
      UNIQUE (account, plant_code, year),
      CHECK (over_budget = 'refuse' OR owner_id IS NOT NULL)
    );

    CREATE TABLE budget_commitment (
      id            uuid          PRIMARY KEY,
      budget_id     uuid          NOT NULL REFERENCES budget,
      document_type text          NOT NULL CHECK (document_type IN ('requisition_line', 'sourcing_event')),
      document_id   uuid          NOT NULL,
      label         text          NOT NULL,
      reserved      numeric(20,4) NOT NULL CHECK (reserved >= 0),
      committed     numeric(20,4) NOT NULL CHECK (committed >= 0),
      -- What it may take beyond the budget: its owner agreed to that.
      is_overrun    boolean       NOT NULL DEFAULT false,
      created_at    timestamptz   NOT NULL,
      changed_at    timestamptz   NOT NULL,
      UNIQUE (document_type, document_id)
    );
    CREATE INDEX budget_commitment_by_budget ON budget_commitment (budget_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE budget_commitment, budget');
