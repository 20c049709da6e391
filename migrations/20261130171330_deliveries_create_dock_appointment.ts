import type { Knex } from 'knex';

/** When a delivery has a dock at the plant; each slot counts what it has taken, so that two never share one place. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE dock_slot (
      plant_code text        NOT NULL REFERENCES plant,
      starts_at  timestamptz NOT NULL,
      taken      integer     NOT NULL CHECK (taken >= 0),
      PRIMARY KEY (plant_code, starts_at)
    );

    CREATE TABLE dock_appointment (
      id                 uuid        PRIMARY KEY,
      despatch_advice_id uuid        NOT NULL UNIQUE REFERENCES despatch_advice,
      supplier_id        uuid        NOT NULL REFERENCES supplier,
      plant_code         text        NOT NULL REFERENCES plant,
      state              text        NOT NULL CHECK (state IN ('proposed', 'confirmed', 'moved')),
      starts_at          timestamptz NOT NULL,
      ends_at            timestamptz NOT NULL CHECK (ends_at > starts_at),
      note               text        NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
      set_by             uuid        NOT NULL REFERENCES user_account,
      set_at             timestamptz NOT NULL,
      version            integer     NOT NULL CHECK (version > 0)
    );
    CREATE INDEX dock_appointment_by_start ON dock_appointment (starts_at)`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE dock_appointment, dock_slot');
