import type { Knex } from 'knex';

/**
 * The plants and categories that a staff member's roles are limited to; no row of a kind is no limit of that
 * kind. The codes have no foreign key: identity knows nothing of plants, and a code that nothing bears opens
 * nothing.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE user_scope (
      user_id    uuid        NOT NULL REFERENCES user_account,
      kind       text        NOT NULL CHECK (kind IN ('plant', 'category')),
      code       text        NOT NULL CHECK (code ~ '^[A-Z0-9-]{1,20}$'),
      granted_at timestamptz NOT NULL,
      PRIMARY KEY (user_id, kind, code)
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE user_scope');
