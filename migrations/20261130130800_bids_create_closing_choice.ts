import type { Knex } from 'knex';

/**
 * That a supplier wants what is complete at closing submitted. The row is the choice: taken back, it is gone, and
 * only the record knows of it. What the closing made of it stays with it.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE bid_closing_choice (
      bid_id        uuid        PRIMARY KEY REFERENCES bid,
      chosen_by     uuid        NOT NULL REFERENCES user_account,
      chosen_at     timestamptz NOT NULL,
      -- That prices of zero mean free of charge.
      is_free_meant boolean     NOT NULL,
      outcome       text        CHECK (outcome IN ('submitted', 'nothing-new', 'refused')),
      -- Why it was refused: a code that the catalogues have words for.
      refusal_code  text,
      closed_at     timestamptz,
      CHECK ((outcome IS NULL) = (closed_at IS NULL)),
      CHECK ((outcome = 'refused') = (refusal_code IS NOT NULL) OR outcome IS NULL AND refusal_code IS NULL)
    )`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE bid_closing_choice');
