import type { Tx } from '../db/context.ts';
import { named } from '../db/statements.ts';

export type Heartbeat = {
  readonly name: string;
  readonly lastRunAt: Date;
  readonly lastOkAt: Date | null;
  readonly lastError: string | null;
};

/** Notes that a scheduled job ran, and how it ended; `error` null is well. */
export const saveHeartbeat = (tx: Tx, name: string, error: string | null): Promise<unknown> =>
  named(tx, {
    name: 'heartbeat.save',
    text: `
      INSERT INTO job_heartbeat AS beat (name, last_run_at, last_ok_at, last_error)
      VALUES ($1, clock_timestamp(), CASE WHEN $2::text IS NULL THEN clock_timestamp() END, left($2, 2000))
      ON CONFLICT (name) DO UPDATE
         SET last_run_at = EXCLUDED.last_run_at,
             last_ok_at = COALESCE(EXCLUDED.last_ok_at, beat.last_ok_at),
             last_error = EXCLUDED.last_error`,
    values: [name, error],
  });

export const findHeartbeats = (tx: Tx): Promise<Heartbeat[]> =>
  named<Heartbeat>(tx, {
    name: 'heartbeat.all',
    text: `
      SELECT name, last_run_at AS "lastRunAt", last_ok_at AS "lastOkAt", last_error AS "lastError"
        FROM job_heartbeat
       ORDER BY name`,
    values: [],
  });
