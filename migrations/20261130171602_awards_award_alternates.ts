import type { Knex } from 'knex';

/**
 * Something else than what was asked for can be awarded: `bid_line_id` stays the line it was offered in place of, which
 * says in which bid. A scenario names it by its place among the alternates of that line; 0 is what was asked for.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE award_line ADD COLUMN bid_alternate_id uuid REFERENCES bid_alternate;
    ALTER TABLE award_line ADD CONSTRAINT award_line_alternate_has_a_reason CHECK (bid_alternate_id IS NULL OR NOT is_lowest);
    CREATE INDEX award_line_by_alternate ON award_line (bid_alternate_id) WHERE bid_alternate_id IS NOT NULL;
    ALTER TABLE award_scenario_line ADD COLUMN alternate_no integer NOT NULL DEFAULT 0 CHECK (alternate_no >= 0);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE award_scenario_line DROP COLUMN alternate_no;
    ALTER TABLE award_line DROP COLUMN bid_alternate_id;`);
