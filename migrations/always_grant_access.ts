import type { Knex } from 'knex';
import { acting, windows } from './access/functions.ts';
import { ensureRoles } from './access/roles.ts';
import { fingerprintOf, statementsFor } from './access/statements.ts';

/** True when the database's rights are those that are written down. */
export async function isDone(db: Knex): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { noted: string | null }[] }>(
    `SELECT obj_description(to_regprocedure('public.acting_supplier_id()'), 'pg_proc') AS noted`,
  );
  return rows[0]?.noted === fingerprintOf(await statements(db));
}

/** Makes the database's rights those that are written down, in one transaction: no request meets half of them. */
export async function up(db: Knex): Promise<void> {
  await ensureRoles(db);
  const wanted = await statements(db);
  await db.raw(wanted.join(';\n'));
  await db.raw(`COMMENT ON FUNCTION acting_supplier_id() IS '${fingerprintOf(wanted)}'`);
}

async function statements(db: Knex): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const present = new Set(rows.map((row) => row.name));
  return [acting, ...statementsFor(present), windows];
}
