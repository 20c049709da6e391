import knex, { type Knex } from 'knex';
import pg from 'pg';
import type { DatabaseRole } from './acting.ts';

// numeric stays a string (exact), date stays 'YYYY-MM-DD' (a Date would shift it by the zone), int8 is a
// number: no counter of ours passes 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, (value) => Number(value));
pg.types.setTypeParser(pg.types.builtins.DATE, (value) => value);

export type Database = Knex;

/**
 * Opens a pool on PostgreSQL. With a role, its connections have that one's rights and no more, until a transaction
 * takes on another; without, those of the user that connects: for migrations. Statement, lock and idle timeouts are set: nothing waits for ever.
 */
export function openDatabase(settings: {
  url: string;
  poolMax: number;
  applicationName: string;
  role?: DatabaseRole;
  /**
   * A commit does not wait for the disk. A crash of the machine may take the last moments with it, in order
   * and whole: for work that can be gone on with from where it stopped.
   */
  commitsLazily?: boolean;
}): Database {
  // Named before it is handed over: knex passes on what its own types do not know of.
  const connection = {
    connectionString: settings.url,
    application_name: settings.applicationName,
    options: `-c statement_timeout=60s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC${settings.commitsLazily === true ? ' -c synchronous_commit=off' : ''}${settings.role === undefined ? '' : ` -c role=${settings.role}`}`,
    keepAlive: true,
    // What a transaction asks for at once is sent at once, and the answers come in turn: one wait for all.
    pipeline: true,
  };
  return knex({
    client: 'pg',
    connection,
    pool: { min: 0, max: settings.poolMax, idleTimeoutMillis: 30_000 },
    acquireConnectionTimeout: 10_000,
  });
}
