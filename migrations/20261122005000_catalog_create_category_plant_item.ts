import type { Knex } from 'knex';

/**
 * What is bought, where it goes and how it is grouped: the master data every document refers to, by code.
 * The id is there for the record, whose subjects are ids.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE category (
      code    text PRIMARY KEY CHECK (code ~ '^[A-Z0-9-]{1,20}$'),
      id      uuid NOT NULL UNIQUE,
      name_en text NOT NULL,
      name_zh text NOT NULL
    );
    CREATE TABLE plant (
      code          text   PRIMARY KEY CHECK (code ~ '^[A-Z0-9-]{1,20}$'),
      id            uuid   NOT NULL UNIQUE,
      name_en       text   NOT NULL,
      name_zh       text   NOT NULL,
      address_lines text[] NOT NULL,
      time_zone     text   NOT NULL
    );
    CREATE TABLE item (
      id            uuid PRIMARY KEY,
      code          text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 60),
      description   text NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
      unit          text NOT NULL CHECK (unit ~ '^[A-Z0-9]{2,3}$'),
      category_code text NOT NULL REFERENCES category
    );
    CREATE INDEX item_by_category ON item (category_code, code);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE item, plant, category');
