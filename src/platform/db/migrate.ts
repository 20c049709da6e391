import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** Migrations are known without their extension: the `.ts` of a checkout is the `.js` of a build. */
function migrationsIn(folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: async () =>
      readdirSync(folder)
        .filter((file) => /^\d{14}_.*\.(ts|js)$/.test(file))
        .sort(),
    getMigrationName: (file) => file.replace(/\.(ts|js)$/, ''),
    getMigration: (file) => import(pathToFileURL(path.join(folder, file)).href) as Promise<Knex.Migration>,
  };
}

/**
 * Brings the database to the newest shape; gives the names of what ran. Safe to run by many at once, and after
 * a run that was killed.
 */
export const migrate = (db: Database, folder: string): Promise<string[]> =>
  oneAtATime(db, 'portico.migrate', async () => {
    const config = { migrationSource: migrationsIn(folder), tableName: 'migration' };
    // knex notes its lock in a table, where a killed run leaves it for ever. Ours goes with the connection, so
    // a note that is there now is nobody's.
    await db.migrate.forceFreeMigrationsLock(config);
    const [, names] = (await db.migrate.latest(config)) as [number, string[]];
    return names;
  });

type Connection = { query(sql: string, values?: readonly unknown[]): Promise<unknown> };

/** Does work of this name in one process at a time; the others wait. The lock goes with the connection, also in a crash. */
export async function oneAtATime<T>(db: Database, name: string, work: () => Promise<T>): Promise<T> {
  const connection = (await db.client.acquireConnection()) as Connection;
  try {
    await connection.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await connection.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    return await work();
  } finally {
    await connection.query(`SELECT pg_advisory_unlock_all(); RESET statement_timeout; RESET lock_timeout`);
    await db.client.releaseConnection(connection);
  }
}

/** The names of migrations that have not run yet. */
export async function pendingMigrations(db: Database, folder: string): Promise<string[]> {
  const source = migrationsIn(folder);
  const [, pending] = (await db.migrate.list({ migrationSource: source, tableName: 'migration' })) as [
    unknown[],
    string[],
  ];
  return pending.map((entry) => (typeof entry === 'string' ? source.getMigrationName(entry) : String(entry)));
}
