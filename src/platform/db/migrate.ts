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

/** Brings the database to the newest shape; gives the names of what ran. Safe to run by many at once. */
export async function migrate(db: Database, folder: string): Promise<string[]> {
  const [, names] = (await db.migrate.latest({
    migrationSource: migrationsIn(folder),
    tableName: 'migration',
  })) as [number, string[]];
  return names;
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
