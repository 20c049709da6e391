import type { Knex } from 'knex';

/** What a search makes best: the cost, or where criteria exist the weighted total, by the value of what is awarded. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE award_scenario ADD COLUMN goal text NOT NULL DEFAULT 'cost' CHECK (goal IN ('cost', 'weighted'));
    ALTER TABLE award_scenario ALTER COLUMN goal DROP DEFAULT`);

export const down = (db: Knex): Promise<unknown> => db.raw('ALTER TABLE award_scenario DROP COLUMN goal');
