import type { Knex } from 'knex';

/**
 * What an auditor looks for: a person, a supplier, a kind of act, a reason, a time. Positions only grow, so each
 * new entry goes to the end of its group; bench/audit measures what that costs the acts.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE INDEX event_by_actor ON event (actor_id, position) WHERE actor_id IS NOT NULL;
    CREATE INDEX event_by_supplier ON event (supplier_id, position) WHERE supplier_id IS NOT NULL;
    CREATE INDEX event_by_action ON event (action, position);
    CREATE INDEX event_with_reason ON event (position) WHERE reason IS NOT NULL;
    CREATE INDEX event_by_time ON event (at, position);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP INDEX event_by_actor, event_by_supplier, event_by_action, event_with_reason, event_by_time');
