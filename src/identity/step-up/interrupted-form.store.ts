import type { Tx } from '../../platform/db/context.ts';
import { firstOf } from '../../platform/db/statements.ts';

export type StoredForm = {
  readonly id: string;
  readonly permission: string;
  readonly path: string;
  readonly sealedForm: Buffer;
};

/** How many forms of one person wait at most; the oldest goes first. */
const MOST_WAITING = 10;

export async function insertForm(
  tx: Tx,
  form: StoredForm & { userId: string; expiresAt: Date },
): Promise<void> {
  await tx('interrupted_form').insert({
    id: form.id,
    user_id: form.userId,
    permission: form.permission,
    path: form.path,
    sealed_form: form.sealedForm,
    expires_at: form.expiresAt,
  });
  await tx.raw(
    `DELETE FROM interrupted_form
      WHERE user_id = :userId
        AND id NOT IN (SELECT kept.id
                         FROM interrupted_form AS kept
                        WHERE kept.user_id = :userId
                        ORDER BY kept.id DESC
                        LIMIT :most)`,
    { userId: form.userId, most: MOST_WAITING },
  );
}

/** A form that waits for this person, and for nobody else. */
export const findForm = (
  tx: Tx,
  of: { id: string; userId: string; now: Date },
): Promise<StoredForm | undefined> =>
  firstOf<StoredForm>(
    tx,
    `SELECT f.id, f.permission, f.path, f.sealed_form AS "sealedForm"
       FROM interrupted_form AS f
      WHERE f.id = ? AND f.user_id = ? AND f.expires_at > ?`,
    [of.id, of.userId, of.now],
  );

/** Removes what nobody came back for. */
export const deleteExpiredForms = (tx: Tx, now: Date): Promise<number> =>
  tx('interrupted_form').where('expires_at', '<=', now).delete();
