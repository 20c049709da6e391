import type { Knex } from 'knex';

/**
 * A form that waits while its sender proves again who it is: sealed, for ten minutes, so that nothing is typed twice.
 * Only its sender gets it back.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE interrupted_form (
      id          uuid        PRIMARY KEY,
      user_id     uuid        NOT NULL REFERENCES user_account,
      permission  text        NOT NULL,
      path        text        NOT NULL CHECK (path LIKE '/%' AND length(path) <= 500),
      sealed_form bytea       NOT NULL CHECK (length(sealed_form) <= 2000000),
      expires_at  timestamptz NOT NULL
    );
    CREATE INDEX interrupted_form_by_user ON interrupted_form (user_id);
    CREATE INDEX interrupted_form_by_expiry ON interrupted_form (expires_at);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE interrupted_form');
