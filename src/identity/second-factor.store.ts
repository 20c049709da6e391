import type { Tx } from '../platform/db/context.ts';
import { firstOf } from '../platform/db/statements.ts';

export type Totp = {
  readonly sealedSeed: Buffer;
  readonly isConfirmed: boolean;
  readonly lastUsedStep: number;
};

const TOTP = `
  SELECT t.sealed_seed AS "sealedSeed", t.confirmed_at IS NOT NULL AS "isConfirmed",
         t.last_used_step::integer AS "lastUsedStep"
    FROM totp AS t
   WHERE t.user_id = ?`;

export const findTotp = (tx: Tx, userId: string): Promise<Totp | undefined> =>
  firstOf<Totp>(tx, TOTP, [userId]);

export const lockTotp = (tx: Tx, userId: string): Promise<Totp | undefined> =>
  firstOf<Totp>(tx, `${TOTP} FOR UPDATE`, [userId]);

/** Begins anew; one that is in use stays. */
export async function saveNewTotp(tx: Tx, userId: string, sealedSeed: Buffer): Promise<void> {
  await tx.raw(
    `INSERT INTO totp (user_id, sealed_seed) VALUES (?, ?)
     ON CONFLICT (user_id) DO UPDATE SET sealed_seed = excluded.sealed_seed WHERE totp.confirmed_at IS NULL`,
    [userId, sealedSeed],
  );
}

export async function saveTotpUsed(tx: Tx, userId: string, of: { step: number; at: Date }): Promise<void> {
  await tx('totp')
    .where({ user_id: userId })
    .update({ last_used_step: of.step, confirmed_at: tx.raw('coalesce(confirmed_at, ?)', [of.at]) });
}

export const deleteTotp = (tx: Tx, userId: string): Promise<number> =>
  tx('totp').where({ user_id: userId }).delete();

export async function replaceRecoveryCodes(tx: Tx, userId: string, hashes: readonly string[]): Promise<void> {
  await tx('recovery_code').where({ user_id: userId }).delete();
  await tx('recovery_code').insert(hashes.map((hash) => ({ code_hash: hash, user_id: userId })));
}

/** Uses a recovery code up; false when there is none such, or it was used. */
export async function useRecoveryCode(
  tx: Tx,
  of: { userId: string; hash: string; at: Date },
): Promise<boolean> {
  const used = await tx('recovery_code')
    .where({ user_id: of.userId, code_hash: of.hash })
    .whereNull('used_at')
    .update({ used_at: of.at });
  return used > 0;
}

export async function countRecoveryCodes(tx: Tx, userId: string): Promise<number> {
  const row = await firstOf<{ count: number }>(
    tx,
    'SELECT count(*)::integer AS count FROM recovery_code AS c WHERE c.user_id = ? AND c.used_at IS NULL',
    [userId],
  );
  return row?.count ?? 0;
}

/** Removes all that a user proves itself by besides a password. */
export async function forgetProofs(tx: Tx, userId: string): Promise<void> {
  for (const table of ['passkey', 'totp', 'recovery_code'])
    await tx(table).where({ user_id: userId }).delete();
}

/** Removes passkeys and an authenticator app that were added since: somebody else may have added them. */
export async function forgetProofsSince(tx: Tx, userId: string, since: Date): Promise<void> {
  await tx('passkey').where({ user_id: userId }).where('created_at', '>=', since).delete();
  await tx('totp').where({ user_id: userId }).where('confirmed_at', '>=', since).delete();
}
