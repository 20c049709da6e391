import type { Knex } from 'knex';

/**
 * Browsers that somebody has signed in from, by the SHA-256 of a long-lived cookie: whoever reads this table cannot
 * pass for one. And until when a supplier's person does not want to be asked about a passkey again.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE known_device (
      user_id       uuid        NOT NULL REFERENCES user_account,
      token_hash    text        NOT NULL CHECK (length(token_hash) = 64),
      device        text        NOT NULL CHECK (length(device) <= 100),
      first_seen_at timestamptz NOT NULL,
      last_seen_at  timestamptz NOT NULL,
      PRIMARY KEY (user_id, token_hash)
    );
    CREATE TABLE passkey_offer (
      user_id         uuid        PRIMARY KEY REFERENCES user_account,
      postponed_until timestamptz NOT NULL
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE passkey_offer, known_device');
