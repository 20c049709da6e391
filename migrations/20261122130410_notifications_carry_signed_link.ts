import type { Knex } from 'knex';

/** Which document the mail's signed link is for; the link itself is made when the mail goes out, and is in it alone. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    ALTER TABLE notification ADD COLUMN signed_link jsonb;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE notification DROP COLUMN signed_link');
