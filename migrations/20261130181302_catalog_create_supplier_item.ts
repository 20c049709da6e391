import type { Knex } from 'knex';

/**
 * What a supplier calls an item of ours, and how it sells it: its unit in ours, in multiples of how many of its units, and
 * how many at least. Items are known by their code here as on every line: not all of them are in the catalogue.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE supplier_item (
      id                      uuid          PRIMARY KEY,
      supplier_id             uuid          NOT NULL REFERENCES supplier,
      item_code               text          NOT NULL CHECK (length(item_code) BETWEEN 1 AND 60),
      supplier_item_code      text          NOT NULL CHECK (length(supplier_item_code) BETWEEN 1 AND 60),
      unit                    text          NOT NULL CHECK (unit ~ '^[A-Z0-9]{2,3}$'),
      supplier_unit           text          NOT NULL CHECK (supplier_unit ~ '^[A-Z0-9]{2,3}$'),
      units_per_supplier_unit numeric(20,6) NOT NULL CHECK (units_per_supplier_unit > 0),
      pack_quantity           numeric(20,6) CHECK (pack_quantity > 0),
      minimum_quantity        numeric(20,6) CHECK (minimum_quantity > 0),
      version                 integer       NOT NULL DEFAULT 1,
      UNIQUE (supplier_id, item_code),
      CHECK (unit <> supplier_unit OR units_per_supplier_unit = 1)
    );
    CREATE INDEX supplier_item_by_item ON supplier_item (item_code, id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE supplier_item');
