import type { Knex } from 'knex';

/** Published indices by month, which prices by formula follow. A value is never changed: a correction is a later row. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE price_index (
      code    text PRIMARY KEY CHECK (code ~ '^[A-Z_]{2,19}$'),
      id      uuid NOT NULL UNIQUE,
      name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 200),
      name_zh text NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 200),
      source  text NOT NULL CHECK (length(source) BETWEEN 1 AND 200)
    );
    CREATE TABLE price_index_value (
      id         uuid          PRIMARY KEY,
      index_code text          NOT NULL REFERENCES price_index,
      month      text          NOT NULL CHECK (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
      value      numeric(20,6) NOT NULL CHECK (value > 0),
      entered_by uuid          REFERENCES user_account,
      entered_at timestamptz   NOT NULL
    );
    CREATE INDEX price_index_value_by_month ON price_index_value (index_code, month, entered_at);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE price_index_value, price_index');
