import type { Tx } from '../../platform/db/context.ts';
import { firstOf } from '../../platform/db/statements.ts';
import type { ActCode } from './act-code.ts';

const CODE = `
  SELECT code.id, code.link_id AS "linkId", code.act, code.content_hash AS "contentHash",
         code.code_hash AS "codeHash", code.tries, code.created_at AS "createdAt", code.expires_at AS "expiresAt",
         code.used_at AS "usedAt"
    FROM signed_link_code AS code`;

/** Held until the transaction ends, so that tries at once are counted one after another. */
export const lockCode = (tx: Tx, of: { id: string; linkId: string }): Promise<ActCode | undefined> =>
  firstOf<ActCode>(tx, `${CODE} WHERE code.id = ? AND code.link_id = ? FOR UPDATE`, [of.id, of.linkId]);

/** The last code of this link that was made for exactly this. */
export const findLastCode = (
  tx: Tx,
  of: { linkId: string; act: string; contentHash: string },
): Promise<ActCode | undefined> =>
  firstOf<ActCode>(
    tx,
    `${CODE}
      WHERE code.link_id = ? AND code.act = ? AND code.content_hash = ?
      ORDER BY code.id DESC
      LIMIT 1`,
    [of.linkId, of.act, of.contentHash],
  );

/** How many codes a contact was sent in the hour and the day before. */
export async function countCodes(
  tx: Tx,
  of: { userId: string; now: Date },
): Promise<{ hour: number; day: number }> {
  const counts = await firstOf<{ hour: number; day: number }>(
    tx,
    `SELECT count(*) FILTER (WHERE code.created_at > CAST(:now AS timestamptz) - interval '1 hour') AS hour,
            count(*) AS day
       FROM signed_link_code AS code
      WHERE code.user_id = :userId
        AND code.created_at > CAST(:now AS timestamptz) - interval '1 day'`,
    of,
  );
  return counts ?? { hour: 0, day: 0 };
}

/** Ends the codes of a link that are not used: only the last one that was sent counts. */
export async function endCodes(tx: Tx, of: { linkId: string; at: Date }): Promise<void> {
  await tx('signed_link_code')
    .where({ link_id: of.linkId, used_at: null })
    .where('expires_at', '>', of.at)
    .update({ expires_at: of.at, sealed_code: null });
}

export async function insertCode(
  tx: Tx,
  code: Pick<ActCode, 'id' | 'linkId' | 'act' | 'contentHash' | 'codeHash' | 'createdAt' | 'expiresAt'> & {
    userId: string;
    supplierId: string;
    sealedCode: Buffer;
  },
): Promise<void> {
  await tx('signed_link_code').insert({
    id: code.id,
    link_id: code.linkId,
    user_id: code.userId,
    supplier_id: code.supplierId,
    act: code.act,
    content_hash: code.contentHash,
    code_hash: code.codeHash,
    sealed_code: code.sealedCode,
    created_at: code.createdAt,
    expires_at: code.expiresAt,
  });
}

export async function saveCodeUsed(tx: Tx, of: { id: string; at: Date }): Promise<void> {
  await tx('signed_link_code').where({ id: of.id }).update({ used_at: of.at, sealed_code: null });
}

/** Counts a wrong try; gives how many there were with this link, over all its codes. */
export async function saveWrongTry(tx: Tx, of: { id: string; linkId: string }): Promise<number> {
  await tx('signed_link_code')
    .where({ id: of.id })
    .update({ tries: tx.raw('tries + 1') });
  const sum = await firstOf<{ tries: number }>(
    tx,
    'SELECT sum(code.tries) AS tries FROM signed_link_code AS code WHERE code.link_id = ?',
    [of.linkId],
  );
  return sum?.tries ?? 0;
}

/** A code on its way to its contact; nothing once it was mailed, used or is over. */
export const findCodeToMail = (
  tx: Tx,
  of: { id: string; now: Date },
): Promise<
  | {
      userId: string;
      act: string;
      reference: string;
      sealedCode: Buffer;
      expiresAt: Date;
    }
  | undefined
> =>
  firstOf(
    tx,
    `SELECT code.user_id AS "userId", code.act, link.reference, code.sealed_code AS "sealedCode",
            code.expires_at AS "expiresAt"
       FROM signed_link_code AS code
       JOIN signed_link AS link ON link.id = code.link_id
      WHERE code.id = ?
        AND code.sealed_code IS NOT NULL
        AND code.expires_at > ?`,
    [of.id, of.now],
  );

/** The code was mailed: from now on nobody can read it here. */
export async function wipeCode(tx: Tx, id: string): Promise<void> {
  await tx('signed_link_code').where({ id }).update({ sealed_code: null });
}

/** Codes that were never mailed do not wait for ever. */
export async function wipeRunOut(tx: Tx, now: Date): Promise<void> {
  await tx('signed_link_code')
    .whereNotNull('sealed_code')
    .where('expires_at', '<=', now)
    .update({ sealed_code: null });
}
