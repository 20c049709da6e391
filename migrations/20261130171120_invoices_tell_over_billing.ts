import type { Knex } from 'knex';

/** Small differences that are each tolerated, and together are not. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE match_exception DROP CONSTRAINT match_exception_kind_check;
    ALTER TABLE match_exception ADD CONSTRAINT match_exception_kind_check
      CHECK (kind IN ('price', 'quantity', 'not_received', 'over_billing', 'amount', 'tax'));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE match_exception DROP CONSTRAINT match_exception_kind_check;
    ALTER TABLE match_exception ADD CONSTRAINT match_exception_kind_check
      CHECK (kind IN ('price', 'quantity', 'not_received', 'amount', 'tax'));`);
