import type { Tx } from '../../platform/db/context.ts';
import { firstOf } from '../../platform/db/statements.ts';

export type PastVisit = { readonly at: Date; readonly device: string };

/** When somebody was last signed in, and from what; undefined before the first sign-in that was noted. */
export const findLastVisit = (tx: Tx, userId: string): Promise<PastVisit | undefined> =>
  firstOf<PastVisit>(
    tx,
    `SELECT d.last_seen_at AS at, d.device
       FROM known_device AS d
      WHERE d.user_id = ?
      ORDER BY d.last_seen_at DESC
      LIMIT 1`,
    [userId],
  );

/** Had this account signed in before the sign-in of this instant? */
export const hasSignedInBefore = async (tx: Tx, of: { userId: string; at: Date }): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT 1
       FROM event AS e
      WHERE e.subject_type = 'user' AND e.subject_id = ? AND e.action = 'user.signed-in' AND e.at < ?
      LIMIT 1`,
    [of.userId, of.at],
  )) !== undefined;

/** True when this browser is new to this person. */
export async function saveVisit(
  tx: Tx,
  of: { userId: string; tokenHash: string; device: string; at: Date },
): Promise<boolean> {
  const row = await firstOf<{ isNew: boolean }>(
    tx,
    `INSERT INTO known_device (user_id, token_hash, device, first_seen_at, last_seen_at)
     VALUES (:userId, :tokenHash, :device, :at, :at)
         ON CONFLICT (user_id, token_hash)
         DO UPDATE SET device = excluded.device, last_seen_at = excluded.last_seen_at
     RETURNING first_seen_at = last_seen_at AS "isNew"`,
    of,
  );
  return row?.isNew === true;
}

/** Refused sign-ins with this account since then; without a date, in the thirty days they are kept. */
export const countFailures = async (tx: Tx, of: { userId: string; since: Date | null }): Promise<number> =>
  (
    await firstOf<{ count: number }>(
      tx,
      `SELECT coalesce(sum(f.tries), 0)::int AS count
         FROM sign_in_failure AS f
        WHERE f.user_id = :userId AND (CAST(:since AS timestamptz) IS NULL OR f.last_at > :since)`,
      of,
    )
  )?.count ?? 0;

export const isOfferPostponed = async (tx: Tx, of: { userId: string; now: Date }): Promise<boolean> =>
  (await firstOf(tx, 'SELECT 1 FROM passkey_offer AS o WHERE o.user_id = ? AND o.postponed_until > ?', [
    of.userId,
    of.now,
  ])) !== undefined;

export async function savePostponed(tx: Tx, of: { userId: string; until: Date }): Promise<void> {
  await tx('passkey_offer')
    .insert({ user_id: of.userId, postponed_until: of.until })
    .onConflict('user_id')
    .merge(['postponed_until']);
}
