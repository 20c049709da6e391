import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';

/** Which part of a list. */
export type Part = { readonly offset: number; readonly limit: number };
export type Page<T> = { readonly items: T[]; readonly total: number };

/** A directory counts what it pages through, so here there is a total. */
export async function findPage<T extends object>(
  tx: Tx,
  of: {
    select: string;
    from: string;
    order: string;
    conditions: readonly (readonly [string, string | boolean | undefined])[];
    part: Part;
  },
): Promise<Page<T>> {
  const asked = of.conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const where = asked.length === 0 ? '' : ` WHERE ${asked.map(({ sql }) => sql).join(' AND ')}`;
  const values = asked.map(({ value }) => value);
  const items = await rowsOf<T>(tx, `${of.select}${where} ORDER BY ${of.order} LIMIT ? OFFSET ?`, [
    ...values,
    of.part.limit,
    of.part.offset,
  ]);
  const counted = await firstOf<{ total: number }>(
    tx,
    `SELECT count(*)::int AS total ${of.from}${where}`,
    values,
  );
  return { items, total: counted?.total ?? 0 };
}

/** Whether another one has this name or external id; `id` is null for one that is still to be. */
export const isTaken = async (
  tx: Tx,
  of: {
    table: 'scim_user' | 'scim_group';
    id: string | null;
    name: string;
    externalId: string | null;
  },
): Promise<boolean> => {
  const [id, name] = of.table === 'scim_user' ? ['user_id', 'user_name'] : ['id', 'name'];
  const row = await firstOf(
    tx,
    `SELECT 1 AS taken
       FROM ${of.table} AS other
      WHERE other.${id} IS DISTINCT FROM ?::uuid
        AND (lower(other.${name}) = lower(?) OR other.external_id = ?)
      LIMIT 1`,
    [of.id, of.name, of.externalId],
  );
  return row !== undefined;
};
