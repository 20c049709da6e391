import type { Knex } from 'knex';

/** The standard terms that are printed on orders, in both languages; a version is never changed, the newest holds. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE order_terms (
      id         uuid        PRIMARY KEY,
      version    integer     NOT NULL UNIQUE CHECK (version > 0),
      text_en    text        NOT NULL CHECK (length(text_en) <= 20000),
      text_zh    text        NOT NULL CHECK (length(text_zh) <= 20000),
      written_by uuid        NOT NULL REFERENCES user_account,
      written_at timestamptz NOT NULL,
      CHECK ((text_en = '') = (text_zh = ''))
    )`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE order_terms');
