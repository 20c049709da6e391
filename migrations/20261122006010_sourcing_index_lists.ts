import type { Knex } from 'knex';

/** The orders in which a list of events can be read page by page, besides the newest first. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE INDEX sourcing_event_by_closing
      ON sourcing_event (COALESCE(closes_at, 'infinity'::timestamptz), id);
    CREATE INDEX sourcing_event_by_value
      ON sourcing_event (currency, COALESCE(estimated_value, 0), id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP INDEX sourcing_event_by_closing, sourcing_event_by_value');
