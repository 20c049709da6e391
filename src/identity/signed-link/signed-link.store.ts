import type { Tx } from '../../platform/db/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { firstOf, namedOnce, rowsOf } from '../../platform/db/statements.ts';
import type { RevokedWhy, SignedLink } from './signed-link.ts';

const COLUMNS = `
         link.id, link.purpose, link.subject_id AS "subjectId", link.reference, link.user_id AS "userId",
         link.supplier_id AS "supplierId", link.expires_at AS "expiresAt", link.revoked_at AS "revokedAt",
         link.revoked_why AS "revokedWhy", link.first_used_at AS "firstUsedAt"`;

export const findByHash = (tx: Tx, tokenHash: string): Promise<SignedLink | undefined> =>
  firstOf<SignedLink>(tx, `SELECT ${COLUMNS} FROM signed_link AS link WHERE link.token_hash = ?`, [
    tokenHash,
  ]);

export const findById = (tx: Tx, id: string): Promise<SignedLink | undefined> =>
  firstOf<SignedLink>(tx, `SELECT ${COLUMNS} FROM signed_link AS link WHERE link.id = ?`, [id]);

export const lockById = (tx: Tx, id: string): Promise<SignedLink | undefined> =>
  firstOf<SignedLink>(tx, `SELECT ${COLUMNS} FROM signed_link AS link WHERE link.id = ? FOR UPDATE`, [id]);

/** Whom the link opens its document for; nothing when the contact is out or has another address by now. */
export const findHolder = (tx: Tx, linkId: string): Promise<{ name: string; email: string } | undefined> =>
  firstOf<{ name: string; email: string }>(
    tx,
    `SELECT u.name, u.email
       FROM signed_link AS link
       JOIN user_account AS u ON u.id = link.user_id
      WHERE link.id = ?
        AND u.is_active
        AND lower(u.email) = link.sent_to`,
    [linkId],
  );

/** The link of a browser's session, while it works: asked with each request, so that its end is felt at once. */
export async function findLive(
  db: Database,
  of: { id: string; userId: string; now: Date },
): Promise<SignedLink | undefined> {
  const [link] = await namedOnce<SignedLink>(db, {
    name: 'signed_link.live',
    text: `
      SELECT ${COLUMNS}
        FROM signed_link AS link
        JOIN user_account AS u ON u.id = link.user_id
       WHERE link.id = $1
         AND link.user_id = $2
         AND link.revoked_at IS NULL
         AND link.expires_at > $3
         AND lower(u.email) = link.sent_to`,
    values: [of.id, of.userId, of.now],
  });
  return link;
}

export async function insertLink(
  tx: Tx,
  link: Pick<
    SignedLink,
    'id' | 'purpose' | 'subjectId' | 'reference' | 'userId' | 'supplierId' | 'expiresAt'
  > & {
    tokenHash: string;
    subjectType: string;
    sentTo: string;
    createdAt: Date;
  },
): Promise<void> {
  await tx('signed_link').insert({
    id: link.id,
    token_hash: link.tokenHash,
    purpose: link.purpose,
    subject_type: link.subjectType,
    subject_id: link.subjectId,
    reference: link.reference,
    user_id: link.userId,
    supplier_id: link.supplierId,
    sent_to: link.sentTo,
    expires_at: link.expiresAt,
    created_at: link.createdAt,
  });
}

export async function saveUsed(tx: Tx, of: { id: string; at: Date }): Promise<void> {
  await tx.raw(
    `UPDATE signed_link
        SET first_used_at = COALESCE(first_used_at, ?), last_used_at = ?, use_count = use_count + 1
      WHERE id = ?`,
    [of.at, of.at, of.id],
  );
}

/** What to stop: one link of its contact, all of a contact, or all to a document, of one supplier or of all. */
export type LinksToStop =
  | { readonly id: string; readonly userId?: string }
  | { readonly userId: string }
  | { readonly subjectId: string; readonly supplierId?: string };

/** Stops the links that still work; gives those that were stopped. */
export async function saveRevoked(
  tx: Tx,
  of: { links: LinksToStop; why: RevokedWhy; at: Date },
): Promise<{ id: string; supplierId: string }[]> {
  const named = { id: null, userId: null, subjectId: null, supplierId: null, ...of.links };
  return rowsOf(
    tx,
    `UPDATE signed_link
        SET revoked_at = :at, revoked_why = :why
      WHERE revoked_at IS NULL
        AND expires_at > :at
        AND (CAST(:id AS uuid) IS NULL OR id = :id)
        AND (CAST(:userId AS uuid) IS NULL OR user_id = :userId)
        AND (CAST(:subjectId AS uuid) IS NULL OR subject_id = :subjectId)
        AND (CAST(:supplierId AS uuid) IS NULL OR supplier_id = :supplierId)
     RETURNING id, supplier_id AS "supplierId"`,
    { ...named, at: of.at, why: of.why },
  );
}

/** Notes that a new link was asked for in place of this one; false when that was done in the last ten minutes. */
export async function saveAskedAgain(tx: Tx, of: { id: string; at: Date }): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    `UPDATE signed_link
        SET asked_again_at = :at
      WHERE id = :id
        AND (asked_again_at IS NULL OR asked_again_at <= CAST(:at AS timestamptz) - interval '10 minutes')
     RETURNING id`,
    of,
  );
  return rows.length > 0;
}

/** A link as its contact sees it. */
export type LinkRow = Pick<SignedLink, 'id' | 'purpose' | 'subjectId' | 'reference' | 'expiresAt'> & {
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

/** The contact's links that work, the newest first. */
export const findLiveOf = (tx: Tx, of: { userId: string; now: Date }): Promise<LinkRow[]> =>
  rowsOf<LinkRow>(
    tx,
    `SELECT link.id, link.purpose, link.subject_id AS "subjectId", link.reference, link.expires_at AS "expiresAt",
            link.created_at AS "createdAt", link.last_used_at AS "lastUsedAt"
       FROM signed_link AS link
      WHERE link.user_id = ?
        AND link.revoked_at IS NULL
        AND link.expires_at > ?
      ORDER BY link.id DESC
      LIMIT 50`,
    [of.userId, of.now],
  );
