import type { Knex } from 'knex';

/** A link in a mail that signs its one recipient in, once. Only the token's SHA-256 is kept. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE sign_in_link (
      id         uuid        PRIMARY KEY,
      token_hash text        NOT NULL UNIQUE CHECK (length(token_hash) = 64),
      user_id    uuid        NOT NULL REFERENCES user_account,
      purpose    text        NOT NULL CHECK (purpose ~ '^[a-z-]+$'),
      return_to  text        CHECK (return_to LIKE '/%'),
      expires_at timestamptz NOT NULL,
      used_at    timestamptz,
      created_at timestamptz NOT NULL
    );
    CREATE INDEX sign_in_link_by_user ON sign_in_link (user_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE sign_in_link');
