import type { Tx } from '../../platform/db/context.ts';
import { firstOf, named } from '../../platform/db/statements.ts';
import type { FailureKind } from './sign-in-failure.ts';

export type NewFailure = {
  readonly id: string;
  readonly at: Date;
  readonly kind: FailureKind;
  readonly reason: string;
  readonly userId: string | null;
  readonly whoFingerprint: string;
  readonly whoMasked: string;
  readonly addressFingerprint: string;
  readonly addressMasked: string;
  readonly groups: readonly string[];
};

/** One statement, the same for a known account and an unknown one; the same failure in the same minute counts up. */
export async function insertFailure(tx: Tx, failure: NewFailure): Promise<string> {
  const [row] = await named<{ id: string }>(tx, {
    name: 'sign_in_failure.insert',
    text: `
      INSERT INTO sign_in_failure AS kept
             (id, first_at, last_at, minute, kind, reason, user_id, supplier_id, who_fingerprint, who_masked,
              address_fingerprint, address_masked, groups)
      SELECT $1::uuid, $2::timestamptz, $2, date_trunc('minute', $2::timestamptz), $3, $4, known.id,
             known.supplier_id, $6, $7, $8, $9, $10::text[]
        FROM (SELECT $5::uuid AS id) AS given
        LEFT JOIN user_account AS known ON known.id = given.id
      ON CONFLICT (kind, reason, who_fingerprint, address_fingerprint, minute)
      DO UPDATE SET tries = kept.tries + 1, last_at = excluded.last_at
      RETURNING kept.id`,
    values: [
      failure.id,
      failure.at,
      failure.kind,
      failure.reason,
      failure.userId,
      failure.whoFingerprint,
      failure.whoMasked,
      failure.addressFingerprint,
      failure.addressMasked,
      failure.groups,
    ],
  });
  return row?.id ?? failure.id;
}

/** Forgets failures that were last seen before this instant. */
export async function deleteFailuresBefore(tx: Tx, before: Date): Promise<void> {
  await tx('sign_in_failure').where('last_at', '<', before).delete();
}

/** Somebody who signs in with this address; where several do, any of them. */
export const findUserOfEmail = async (tx: Tx, email: string): Promise<string | null> =>
  (
    await firstOf<{ id: string }>(
      tx,
      `SELECT known.id
         FROM user_account AS known
        WHERE known.kind = 'supplier' AND known.password_hash IS NOT NULL AND lower(known.email) = lower(?)
        ORDER BY known.id
        LIMIT 1`,
      [email],
    )
  )?.id ?? null;

/** Whose passkey this is, without checking anything. */
export const findOwnerOfPasskey = async (tx: Tx, credentialId: string): Promise<string | null> =>
  (
    await firstOf<{ userId: string }>(
      tx,
      'SELECT passkey.user_id AS "userId" FROM passkey WHERE passkey.credential_id = ?',
      [credentialId],
    )
  )?.userId ?? null;

/** Whom a link was mailed to, also when it works no more. */
export const findOwnerOfLink = async (tx: Tx, tokenHash: string): Promise<string | null> =>
  (
    await firstOf<{ userId: string }>(
      tx,
      'SELECT link.user_id AS "userId" FROM sign_in_link AS link WHERE link.token_hash = ?',
      [tokenHash],
    )
  )?.userId ?? null;
