import type { Knex } from 'knex';

/** Suppliers that a buyer asks together, under a name; everybody's who runs events once it is shared. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE supplier_shortlist (
      id         uuid        PRIMARY KEY,
      name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      owner_id   uuid        NOT NULL REFERENCES user_account,
      is_shared  boolean     NOT NULL,
      created_at timestamptz NOT NULL,
      version    integer     NOT NULL DEFAULT 1
    );
    CREATE UNIQUE INDEX supplier_shortlist_by_name ON supplier_shortlist (owner_id, lower(name));

    CREATE TABLE supplier_shortlist_member (
      shortlist_id uuid NOT NULL REFERENCES supplier_shortlist ON DELETE CASCADE,
      supplier_id  uuid NOT NULL REFERENCES supplier,
      PRIMARY KEY (shortlist_id, supplier_id)
    );
    CREATE INDEX supplier_shortlist_member_by_supplier ON supplier_shortlist_member (supplier_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE supplier_shortlist_member, supplier_shortlist');
