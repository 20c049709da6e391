import type { Tx } from '../platform/db/context.ts';
import { firstOf } from '../platform/db/statements.ts';
import type { SignInLink } from './sign-in-link.ts';

const LINK = `
  SELECT l.id, l.user_id AS "userId", l.purpose, l.return_to AS "returnTo", l.expires_at AS "expiresAt",
         l.used_at AS "usedAt", l.revoked_at AS "revokedAt", lower(l.sent_to) = lower(u.email) AS "isForAddress"
    FROM sign_in_link AS l
    JOIN user_account AS u ON u.id = l.user_id
   WHERE l.token_hash = ?`;

export const findByHash = (tx: Tx, tokenHash: string): Promise<SignInLink | undefined> =>
  firstOf<SignInLink>(tx, LINK, [tokenHash]);

export const lockByHash = (tx: Tx, tokenHash: string): Promise<SignInLink | undefined> =>
  firstOf<SignInLink>(tx, `${LINK} FOR UPDATE OF l`, [tokenHash]);

export async function insertLink(
  tx: Tx,
  link: Omit<SignInLink, 'usedAt' | 'revokedAt' | 'isForAddress'> & {
    sentTo: string;
    tokenHash: string;
    createdAt: Date;
  },
): Promise<void> {
  await tx('sign_in_link').insert({
    id: link.id,
    token_hash: link.tokenHash,
    user_id: link.userId,
    sent_to: link.sentTo,
    purpose: link.purpose,
    return_to: link.returnTo,
    expires_at: link.expiresAt,
    created_at: link.createdAt,
  });
}

export async function saveUsed(tx: Tx, id: string, at: Date): Promise<void> {
  await tx('sign_in_link').where({ id }).update({ used_at: at });
}

/** Takes back every link of a user that nobody has used. */
export async function revokeLinks(tx: Tx, userId: string, at: Date): Promise<void> {
  await tx('sign_in_link')
    .where({ user_id: userId })
    .whereNull('used_at')
    .whereNull('revoked_at')
    .update({ revoked_at: at });
}
