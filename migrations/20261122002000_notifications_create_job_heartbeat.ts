import type { Knex } from 'knex';

/**
 * When each scheduled job last ran and last succeeded: silence is what a person must be able to see.
 * `above_position` lets the relay go on after the database was moved to another cluster (see the queue's README).
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE job_heartbeat (
      name        text        PRIMARY KEY,
      last_run_at timestamptz NOT NULL,
      last_ok_at  timestamptz,
      last_error  text        CHECK (length(last_error) <= 2000)
    );
    ALTER TABLE relay_position ADD COLUMN above_position bigint NOT NULL DEFAULT 0;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE relay_position DROP COLUMN above_position; DROP TABLE job_heartbeat');
