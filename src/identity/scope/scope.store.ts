import type { Tx } from '../../platform/db/context.ts';
import { rowsOf } from '../../platform/db/statements.ts';
import type { ScopeCodes } from './scope.ts';

/** The codes somebody is limited to, sorted; empty where there is no limit. */
export async function findCodes(tx: Tx, userId: string): Promise<ScopeCodes> {
  const rows = await rowsOf<{ kind: 'plant' | 'category'; code: string }>(
    tx,
    'SELECT scope.kind, scope.code FROM user_scope AS scope WHERE scope.user_id = ? ORDER BY scope.code',
    [userId],
  );
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => row.code);
  return { plants: of('plant'), categories: of('category') };
}

/** Gives exactly these; those kept keep their date. */
export async function replaceCodes(tx: Tx, userId: string, to: ScopeCodes, at: Date): Promise<void> {
  await tx.raw(
    `WITH wanted AS (
       SELECT 'plant' AS kind, code FROM unnest(?::text[]) AS code
       UNION
       SELECT 'category', code FROM unnest(?::text[]) AS code
     ), gone AS (
       DELETE FROM user_scope AS held
        WHERE held.user_id = ?
          AND NOT EXISTS (SELECT FROM wanted WHERE wanted.kind = held.kind AND wanted.code = held.code)
     )
     INSERT INTO user_scope (user_id, kind, code, granted_at)
     SELECT ?, wanted.kind, wanted.code, ? FROM wanted
     ON CONFLICT DO NOTHING`,
    [[...to.plants], [...to.categories], userId, userId, at],
  );
}
