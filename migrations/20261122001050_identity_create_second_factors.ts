import type { Knex } from 'knex';

/**
 * What a supplier's user proves itself by besides, or in place of, a password. A one-time code's seed is sealed by
 * the key ring; of recovery codes only hashes are kept; a passkey's public key is no secret.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE passkey (
      id            uuid        PRIMARY KEY,
      user_id       uuid        NOT NULL REFERENCES user_account,
      credential_id text        NOT NULL UNIQUE,
      public_key    bytea       NOT NULL,
      counter       bigint      NOT NULL,
      name          text        NOT NULL CHECK (name <> ''),
      created_at    timestamptz NOT NULL,
      last_used_at  timestamptz
    );
    CREATE INDEX passkey_by_user ON passkey (user_id);

    CREATE TABLE totp (
      user_id        uuid   PRIMARY KEY REFERENCES user_account,
      sealed_seed    bytea  NOT NULL,
      confirmed_at   timestamptz,
      last_used_step bigint NOT NULL DEFAULT 0
    );

    CREATE TABLE recovery_code (
      code_hash text        PRIMARY KEY CHECK (length(code_hash) = 64),
      user_id   uuid        NOT NULL REFERENCES user_account,
      used_at   timestamptz
    );
    CREATE INDEX recovery_code_by_user ON recovery_code (user_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE recovery_code, totp, passkey');
