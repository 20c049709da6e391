import type { Knex } from 'knex';

/** A bid of a new round replaces its supplier's earlier one, which is kept to be read and counts no more. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid
      DROP CONSTRAINT bid_state_check,
      ADD CONSTRAINT bid_state_check CHECK (state IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed', 'opened',
        'valid', 'superseded', 'disqualified', 'abnormally_low', 'shortlisted', 'awarded', 'part_awarded', 'unsuccessful'));
    ALTER TABLE round DROP COLUMN item_ids;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    UPDATE bid SET state = 'valid' WHERE state = 'superseded';
    ALTER TABLE round ADD COLUMN item_ids uuid[] CHECK (cardinality(item_ids) > 0);
    ALTER TABLE bid
      DROP CONSTRAINT bid_state_check,
      ADD CONSTRAINT bid_state_check CHECK (state IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed', 'opened',
        'valid', 'disqualified', 'abnormally_low', 'shortlisted', 'awarded', 'part_awarded', 'unsuccessful'));`);
