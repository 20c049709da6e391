import type { Knex } from 'knex';

/**
 * Somebody at a supplier changes its own e-mail address: confirmed by a link to the new one, and for a week taken
 * back by a link to the old one. Of the links only the SHA-256 is kept.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE address_change (
      id             uuid        PRIMARY KEY,
      user_id        uuid        NOT NULL REFERENCES user_account,
      supplier_id    uuid        NOT NULL REFERENCES supplier,
      from_email     text        NOT NULL CHECK (length(from_email) BETWEEN 1 AND 320),
      to_email       text        NOT NULL CHECK (length(to_email) BETWEEN 1 AND 320),
      state          text        NOT NULL CHECK (state IN ('requested', 'confirmed', 'reverted', 'withdrawn')),
      confirm_hash   text        UNIQUE CHECK (length(confirm_hash) = 64),
      revert_hash    text        UNIQUE CHECK (length(revert_hash) = 64),
      requested_at   timestamptz NOT NULL,
      confirms_until timestamptz NOT NULL,
      confirmed_at   timestamptz,
      reverts_until  timestamptz,
      reverted_at    timestamptz,
      CHECK ((confirmed_at IS NULL) = (reverts_until IS NULL)),
      CHECK ((state IN ('confirmed', 'reverted')) = (confirmed_at IS NOT NULL))
    );
    CREATE UNIQUE INDEX address_change_one_requested ON address_change (user_id) WHERE state = 'requested';
    CREATE INDEX address_change_by_supplier ON address_change (supplier_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE address_change');
