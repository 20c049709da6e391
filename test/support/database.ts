import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';

export type TestDatabase = { readonly url: string; drop(): Promise<void> };

const migrations = path.join(import.meta.dirname, '../../migrations');

/**
 * A database of one's own with all migrations, copied from a template in a fraction of a second; or, not
 * `migrated`, an empty one.
 */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const template = migrated ? await templateDatabase() : 'template0';
  const name = `test_${randomBytes(6).toString('hex')}`;
  // WAL_LOG is PostgreSQL's quick way for a small template; FILE_COPY waits for two checkpoints.
  await asAdmin((admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY WAL_LOG`));
  return {
    url: urlOf(name),
    drop: async () => {
      await asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

let made: Promise<string> | undefined;

/** The name of the template that fits the migrations as they are now; made once for all test processes. */
export function templateDatabase(): Promise<string> {
  made ??= makeTemplate();
  return made;
}

async function makeTemplate(): Promise<string> {
  const name = `portico_template_${hashOfMigrations()}`;
  await asAdmin(async (admin) => {
    await admin.query(`SELECT pg_advisory_lock(hashtext('portico_template'))`);
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return;
    // Renamed when it is whole: a killed run leaves no half template under the real name.
    await admin.query(`DROP DATABASE IF EXISTS portico_template_new WITH (FORCE)`);
    await admin.query('CREATE DATABASE portico_template_new');
    await migrateTo('portico_template_new');
    await admin.query(`ALTER DATABASE portico_template_new RENAME TO ${name}`);
  });
  return name;
}

async function migrateTo(database: string): Promise<void> {
  const db = openDatabase({ url: urlOf(database), poolMax: 2, applicationName: 'test-template' });
  try {
    await migrate(db, migrations);
  } finally {
    await db.destroy();
  }
}

function hashOfMigrations(): string {
  const hash = createHash('sha256');
  for (const folder of [migrations, path.join(migrations, 'access')])
    for (const file of readdirSync(folder).sort())
      if (file.endsWith('.ts')) hash.update(file).update(readFileSync(path.join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

function urlOf(database: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function adminUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url === undefined) throw new Error('TEST_POSTGRES_URL is not set: run the tests by `npm test`');
  return url;
}

async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
