import type { Knex } from 'knex';

/** A bid that was set aside says why: its supplier is told just that. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid
      ADD COLUMN disqualification_reason text CHECK (length(disqualification_reason) BETWEEN 1 AND 1000),
      ADD CHECK ((state = 'disqualified') = (disqualification_reason IS NOT NULL));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE bid DROP COLUMN disqualification_reason');
