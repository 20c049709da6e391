import type { Knex } from 'knex';

/**
 * An auditor asks for a person, a supplier, a kind, within a time, and gets the newest first. Each index bears its
 * rows in that order, so that a page of the answer costs the same wherever in the record it lies.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    DROP INDEX event_by_actor, event_by_supplier, event_by_action, event_with_reason;
    CREATE INDEX event_by_actor ON event (actor_id, at, position) WHERE actor_id IS NOT NULL;
    CREATE INDEX event_by_supplier ON event (supplier_id, at, position) WHERE supplier_id IS NOT NULL;
    CREATE INDEX event_by_action ON event (action, at, position);
    CREATE INDEX event_by_type ON event (subject_type, at, position);
    CREATE INDEX event_with_reason ON event (at, position) WHERE reason IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP INDEX event_by_actor, event_by_supplier, event_by_action, event_by_type, event_with_reason;
    CREATE INDEX event_by_actor ON event (actor_id, position) WHERE actor_id IS NOT NULL;
    CREATE INDEX event_by_supplier ON event (supplier_id, position) WHERE supplier_id IS NOT NULL;
    CREATE INDEX event_by_action ON event (action, position);
    CREATE INDEX event_with_reason ON event (position) WHERE reason IS NOT NULL;`);
