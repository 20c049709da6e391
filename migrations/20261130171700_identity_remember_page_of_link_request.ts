import type { Knex } from 'knex';

/** Where somebody wanted to go who lost its link: the new one leads there. A path of ours, read again when it is used. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE link_request
      ADD COLUMN return_to text CHECK (length(return_to) <= 500);`);

export const down = (db: Knex): Promise<unknown> => db.raw('ALTER TABLE link_request DROP COLUMN return_to');
