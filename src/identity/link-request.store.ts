import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';

export async function insertLinkRequest(
  tx: Tx,
  request: { id: string; email: string; returnTo: string | null; requestedAt: Date },
): Promise<void> {
  await tx('link_request').insert({
    id: request.id,
    email: request.email,
    return_to: request.returnTo,
    requested_at: request.requestedAt,
  });
}

/** Takes a request, once: the suppliers' users who have its address, and the page that was wanted. */
export const takeLinkRequest = (tx: Tx, id: string): Promise<{ userId: string; returnTo: string | null }[]> =>
  rowsOf(
    tx,
    `  WITH taken AS (DELETE FROM link_request AS r WHERE r.id = ? RETURNING r.email, r.return_to)
     SELECT u.id AS "userId", taken.return_to AS "returnTo"
       FROM user_account AS u
       JOIN taken ON lower(u.email) = lower(taken.email)
      WHERE u.kind = 'supplier' AND u.is_active
      ORDER BY u.created_at, u.id
      LIMIT 5`,
    [id],
  );
