import type { Knex } from 'knex';
import { ensureRoles } from './access/roles.ts';
import { fingerprintOf, statementsFor } from './access/statements.ts';

/**
 * Who acts, as the transaction says it in its first message. Nobody where it says nothing; a setting that an earlier
 * transaction had is left behind as an empty text.
 */
const ACTING = `
  CREATE OR REPLACE FUNCTION acting_supplier_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('portico.supplier_id', true), '')::uuid;
  CREATE OR REPLACE FUNCTION acting_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('portico.user_id', true), '')::uuid;`;

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
  await db.raw(ACTING);
  const wanted = await statements(db);
  await db.raw(wanted.join(';\n'));
  await db.raw(`COMMENT ON FUNCTION acting_supplier_id() IS '${fingerprintOf(wanted)}'`);
}

async function statements(db: Knex): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  return statementsFor(new Set(rows.map((row) => row.name)));
}
