import type { Knex } from 'knex';

/**
 * Items are kept by people: in both languages, with the units they convert to, how they are packed, taxed and delivered,
 * and until they are retired. A conversion is `{"unit": "BX", "quantity": "12"}`: one of it is so many of the item's unit.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE item
      ADD COLUMN description_zh text CHECK (length(description_zh) BETWEEN 1 AND 500),
      ADD COLUMN conversions    jsonb         NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(conversions) = 'array'),
      ADD COLUMN pack_quantity  numeric(20,6) CHECK (pack_quantity > 0),
      ADD COLUMN packaging      text          CHECK (length(packaging) BETWEEN 1 AND 200),
      ADD COLUMN tax            text          CHECK (tax ~ '^(S|Z|E|AE|O):[0-9]{1,3}([.][0-9]{1,4}|)$'),
      ADD COLUMN incoterm       text          CHECK (incoterm ~ '^[A-Z]{3}$'),
      ADD COLUMN state          text          NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
      ADD COLUMN version        integer       NOT NULL DEFAULT 1;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE item
      DROP COLUMN description_zh, DROP COLUMN conversions, DROP COLUMN pack_quantity, DROP COLUMN packaging,
      DROP COLUMN tax, DROP COLUMN incoterm, DROP COLUMN state, DROP COLUMN version`);
