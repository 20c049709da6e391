import type { Knex } from 'knex';

/**
 * How the portal measures its own outages: every web process says that it answers, by the database's clock, and a gap
 * is an outage. Shortlists are suppliers that a category's buyers ask again and again. Reminders count in minutes.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE portal_heartbeat (
      id           integer     PRIMARY KEY CHECK (id = 1),
      last_beat_at timestamptz NOT NULL
    );

    CREATE TABLE outage (
      id         uuid        PRIMARY KEY,
      started_at timestamptz NOT NULL,
      ended_at   timestamptz NOT NULL,
      CHECK (ended_at > started_at)
    );
    CREATE INDEX outage_newest ON outage (started_at DESC, id DESC);

    CREATE TABLE outage_extension (
      outage_id        uuid        NOT NULL REFERENCES outage,
      event_id         uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      closes_at_before timestamptz NOT NULL,
      closes_at        timestamptz NOT NULL,
      PRIMARY KEY (outage_id, event_id)
    );
    CREATE INDEX outage_extension_by_event ON outage_extension (event_id);

    CREATE TABLE shortlist (
      id            uuid        PRIMARY KEY,
      category_code text        NOT NULL REFERENCES category,
      name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      made_by       uuid        NOT NULL REFERENCES user_account,
      made_at       timestamptz NOT NULL
    );
    CREATE UNIQUE INDEX shortlist_by_name ON shortlist (category_code, lower(name));

    CREATE TABLE shortlist_supplier (
      shortlist_id uuid NOT NULL REFERENCES shortlist ON DELETE CASCADE,
      supplier_id  uuid NOT NULL REFERENCES supplier,
      PRIMARY KEY (shortlist_id, supplier_id)
    );

    ALTER TABLE bid_reminder ADD COLUMN minutes_before integer;
    UPDATE bid_reminder SET minutes_before = hours_before * 60;
    ALTER TABLE bid_reminder
      ALTER COLUMN minutes_before SET NOT NULL,
      ADD CHECK (minutes_before > 0),
      ADD UNIQUE (event_id, supplier_id, minutes_before, closes_at),
      DROP COLUMN hours_before;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid_reminder ADD COLUMN hours_before integer;
    UPDATE bid_reminder SET hours_before = greatest(minutes_before / 60, 1);
    ALTER TABLE bid_reminder
      ALTER COLUMN hours_before SET NOT NULL,
      ADD UNIQUE (event_id, supplier_id, hours_before, closes_at),
      DROP COLUMN minutes_before;
    DROP TABLE shortlist_supplier, shortlist, outage_extension, outage, portal_heartbeat;`);
