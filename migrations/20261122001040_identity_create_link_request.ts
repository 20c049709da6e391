import type { Knex } from 'knex';

/**
 * Addresses that asked for a new sign-in link, until the worker has looked them up. The page writes the same row
 * for any address, so that neither its answer nor its time tells whether there is an account.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE link_request (
      id           uuid        PRIMARY KEY,
      email        text        NOT NULL CHECK (length(email) <= 320),
      requested_at timestamptz NOT NULL
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE link_request');
