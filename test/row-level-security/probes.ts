import type { Knex } from 'knex';
import type { DatabaseRole } from '../../migrations/access/access.ts';
import { databaseRole } from '../../migrations/access/statements.ts';
import type { Actor } from '../../src/kernel/actor.ts';

export type Context = {
  readonly role: DatabaseRole;
  readonly actor: Pick<Actor, 'userId' | 'supplierId'> | null;
};

/** Does something as this role, with this person and supplier or with none, and goes back to the owner. */
export async function as<T>(tx: Knex, { role, actor }: Context, work: () => Promise<T>): Promise<T> {
  await tx.raw(`SET LOCAL ROLE ${databaseRole(role)}`);
  await tx.raw(`SELECT set_config('portico.supplier_id', ?, true), set_config('portico.user_id', ?, true)`, [
    actor?.supplierId ?? '',
    actor?.userId ?? '',
  ]);
  const done = await work();
  await tx.raw('RESET ROLE');
  return done;
}

/** In a transaction of the owner that is undone. */
export async function undone<T>(db: Knex, work: (tx: Knex) => Promise<T>): Promise<T> {
  const tx = await db.transaction();
  try {
    return await work(tx);
  } finally {
    await tx.rollback();
  }
}

/** The SQLSTATE that PostgreSQL refused with; null when it did not. */
export async function refusalOf(tx: Knex, work: () => Promise<unknown>): Promise<string | null> {
  await tx.raw('SAVEPOINT probe');
  try {
    await work();
    return null;
  } catch (error) {
    await tx.raw('ROLLBACK TO SAVEPOINT probe');
    return String((error as { code?: unknown }).code);
  }
}

export const NOT_ALLOWED = '42501';

/** How many rows a role counts in a table; null where it may not read it. */
export async function countAs(tx: Knex, context: Context, table: string): Promise<number | null> {
  let count = 0;
  const refusal = await refusalOf(tx, () =>
    as(tx, context, async () => {
      const { rows } = await tx.raw<{ rows: { count: number }[] }>(`SELECT count(*) AS count FROM ${table}`);
      count = Number(rows[0]?.count);
    }),
  );
  return refusal === null ? count : null;
}

export async function primaryKeyOf(db: Knex, table: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `SELECT a.attname AS name
       FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = to_regclass(?) AND i.indisprimary
      ORDER BY a.attnum`,
    [table],
  );
  return rows.map((row) => row.name);
}
