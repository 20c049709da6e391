import type { Knex } from 'knex';

/**
 * What one unit of a currency is in another, by the day it holds from. A rate is never changed: a correction is a
 * new row for the same day, and the later row counts from when it was entered.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE exchange_rate (
      id            uuid           PRIMARY KEY,
      from_currency text           NOT NULL CHECK (from_currency ~ '^[A-Z]{3}$'),
      to_currency   text           NOT NULL CHECK (to_currency ~ '^[A-Z]{3}$'),
      rate          numeric(24,12) NOT NULL CHECK (rate > 0),
      valid_on      date           NOT NULL,
      source        text           NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
      entered_by    uuid           REFERENCES user_account,
      entered_at    timestamptz    NOT NULL,
      CHECK (from_currency <> to_currency)
    );
    CREATE INDEX exchange_rate_of_pair
        ON exchange_rate (from_currency, to_currency, valid_on DESC, entered_at DESC, id DESC);
    CREATE INDEX exchange_rate_newest ON exchange_rate (valid_on DESC, id DESC);
    CREATE TRIGGER exchange_rate_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON exchange_rate
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE exchange_rate');
