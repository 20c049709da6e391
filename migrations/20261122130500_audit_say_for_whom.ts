import type { Knex } from 'knex';

/**
 * Who acts for somebody absent says for whom. Both columns are NULL on an act in one's own name, and then they are
 * left out of what is sealed: rows sealed before they existed hash as they did.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    ALTER TABLE event
      ADD COLUMN on_behalf_of_id   uuid,
      ADD COLUMN on_behalf_of_name text,
      ADD CONSTRAINT event_on_behalf_is_whole
        CHECK ((on_behalf_of_id IS NULL) = (on_behalf_of_name IS NULL)) NOT VALID;
    CREATE INDEX event_on_behalf ON event (subject_id) WHERE on_behalf_of_id IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE event DROP COLUMN on_behalf_of_id, DROP COLUMN on_behalf_of_name');
