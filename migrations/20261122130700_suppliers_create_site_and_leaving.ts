import type { Knex } from 'knex';

/**
 * Where a supplier works, who works there, and why somebody left and who took over. A site and a contact that
 * belong together are of one supplier: the keys say so.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    CREATE TABLE supplier_site (
      id            uuid        PRIMARY KEY,
      supplier_id   uuid        NOT NULL REFERENCES supplier,
      name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
      country       text        CHECK (country ~ '^[A-Z]{2}$'),
      address_lines text[]      NOT NULL DEFAULT '{}',
      time_zone     text        NOT NULL CHECK (length(time_zone) <= 64),
      is_active     boolean     NOT NULL DEFAULT true,
      created_at    timestamptz NOT NULL,
      version       integer     NOT NULL DEFAULT 1,
      UNIQUE (id, supplier_id)
    );
    CREATE UNIQUE INDEX supplier_site_by_name ON supplier_site (supplier_id, lower(name)) WHERE is_active;

    ALTER TABLE supplier_contact
      ADD UNIQUE (id, supplier_id),
      ADD COLUMN left_at     timestamptz,
      ADD COLUMN left_reason text CHECK (length(left_reason) <= 1000),
      ADD COLUMN successor_id uuid,
      ADD COLUMN version     integer NOT NULL DEFAULT 1,
      ADD FOREIGN KEY (successor_id, supplier_id) REFERENCES supplier_contact (id, supplier_id),
      ADD CHECK (successor_id <> id);

    CREATE TABLE supplier_contact_site (
      contact_id  uuid NOT NULL,
      site_id     uuid NOT NULL,
      supplier_id uuid NOT NULL,
      PRIMARY KEY (contact_id, site_id),
      FOREIGN KEY (contact_id, supplier_id) REFERENCES supplier_contact (id, supplier_id),
      FOREIGN KEY (site_id, supplier_id) REFERENCES supplier_site (id, supplier_id)
    );
    CREATE INDEX supplier_contact_site_by_supplier ON supplier_contact_site (supplier_id);

    ALTER TABLE despatch_advice
      ADD COLUMN site_id uuid,
      ADD FOREIGN KEY (site_id, supplier_id) REFERENCES supplier_site (id, supplier_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE despatch_advice DROP COLUMN site_id;
    DROP TABLE supplier_contact_site;
    ALTER TABLE supplier_contact
      DROP COLUMN left_at, DROP COLUMN left_reason, DROP COLUMN successor_id, DROP COLUMN version;
    DROP TABLE supplier_site;`);
