import type { Knex } from 'knex';

/**
 * Sessions and sign-in attempts. `sid` is the SHA-256 of what the browser holds: whoever reads this table
 * or its backup cannot take a session over. Both tables are shaped as their libraries write them.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE web_session (
      sid    text        PRIMARY KEY CHECK (length(sid) = 64),
      sess   json        NOT NULL,
      expire timestamptz NOT NULL
    );
    CREATE INDEX web_session_by_expiry ON web_session (expire);

    CREATE TABLE rate_limit (
      key    varchar(255) PRIMARY KEY,
      points integer      NOT NULL DEFAULT 0,
      expire bigint
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE rate_limit, web_session');
