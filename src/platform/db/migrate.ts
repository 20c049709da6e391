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
    getMigrationName: nameOf,
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
    return [...names, ...(await runStanding(db, folder))];
  });

/** What must hold after every migration, not only after its own: run again whenever it says it is not done. */
type Standing = { isDone(db: Knex): Promise<boolean>; up(db: Knex): Promise<void> };

const standingIn = (folder: string): string[] =>
  readdirSync(folder).filter((file) => /^always_.*\.(ts|js)$/.test(file));

const loadStanding = (folder: string, file: string): Promise<Standing> =>
  import(pathToFileURL(path.join(folder, file)).href) as Promise<Standing>;

async function runStanding(db: Database, folder: string): Promise<string[]> {
  const ran: string[] = [];
  for (const file of standingIn(folder)) {
    const standing = await loadStanding(folder, file);
    if (await standing.isDone(db)) continue;
    await db.transaction((tx) => standing.up(tx));
    ran.push(nameOf(file));
  }
  return ran;
}

const nameOf = (file: string): string => file.replace(/\.(ts|js)$/, '');

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
  const names = pending.map((entry) =>
    typeof entry === 'string' ? source.getMigrationName(entry) : String(entry),
  );
  for (const file of standingIn(folder))
    if (!(await (await loadStanding(folder, file)).isDone(db))) names.push(nameOf(file));
  return names;
}
