import type { Knex } from 'knex';

/** Whom to ask again follows from who bid and won before; a list kept by hand is not needed for it. */
export const up = (db: Knex): Promise<unknown> => db.raw('DROP TABLE shortlist_supplier, shortlist');

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
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
    );`);
