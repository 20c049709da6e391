import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';

export async function insertLinkRequest(
  tx: Tx,
  request: { id: string; email: string; requestedAt: Date },
): Promise<void> {
  await tx('link_request').insert({
    id: request.id,
    email: request.email,
    requested_at: request.requestedAt,
  });
}

/** Takes a request, once, and gives the suppliers' users who have its address. */
export async function takeUserIdsOfLinkRequest(tx: Tx, id: string): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    `  WITH taken AS (DELETE FROM link_request AS r WHERE r.id = ? RETURNING r.email)
     SELECT u.id
       FROM user_account AS u
       JOIN taken ON lower(u.email) = lower(taken.email)
      WHERE u.kind = 'supplier' AND u.is_active
      ORDER BY u.created_at, u.id
      LIMIT 5`,
    [id],
  );
  return rows.map((row) => row.id);
}
