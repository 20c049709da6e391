import type { Knex } from 'knex';

/** Reminders before closing: one a supplier, step and closing time, so that a later closing time reminds again. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE bid_reminder (
      id           uuid        PRIMARY KEY,
      event_id     uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      supplier_id  uuid        NOT NULL REFERENCES supplier,
      hours_before integer     NOT NULL CHECK (hours_before IN (24, 2)),
      closes_at    timestamptz NOT NULL,
      issued_at    timestamptz NOT NULL,
      UNIQUE (event_id, supplier_id, hours_before, closes_at)
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE bid_reminder');
