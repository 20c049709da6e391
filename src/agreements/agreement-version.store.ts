import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { AgreementTerms, AgreementVersion, Signature } from './agreement-version.ts';

const VERSION = `
  SELECT version.id, version.agreement_id AS "agreementId", version.version, version.state, version.terms,
         version.reason, version.author_id AS "authorId", version.submitted_by AS "submittedBy",
         version.approved_by AS "approvedBy", version.approved_at AS "approvedAt",
         version.offered_at AS "offeredAt", version.refused_at AS "refusedAt", version.content, version.sha256, version.in_force_at AS "inForceAt",
         version.row_version AS "rowVersion"
    FROM agreement_version AS version`;

/** All versions, the newest first; row-level security leaves a supplier those that it was shown. */
export const findVersions = (tx: Tx, agreementId: string): Promise<AgreementVersion[]> =>
  rowsOf<AgreementVersion>(tx, `${VERSION} WHERE version.agreement_id = ? ORDER BY version.version DESC`, [
    agreementId,
  ]);

export const findVersion = (
  tx: Tx,
  of: { agreementId: string; version: number },
): Promise<AgreementVersion | undefined> =>
  firstOf<AgreementVersion>(
    tx,
    `${VERSION} WHERE version.agreement_id = :agreementId AND version.version = :version`,
    of,
  );

/** The version that is being written, approved or signed; held by its agreement's lock. */
export const findOpenVersion = (tx: Tx, agreementId: string): Promise<AgreementVersion | undefined> =>
  firstOf<AgreementVersion>(
    tx,
    `${VERSION}
      WHERE version.agreement_id = ?
        AND version.state IN ('draft', 'pending_approval', 'pending_signature')`,
    [agreementId],
  );

export async function insertVersion(
  tx: Tx,
  version: Pick<AgreementVersion, 'id' | 'agreementId' | 'version' | 'state' | 'reason' | 'authorId'> & {
    readonly terms: AgreementTerms;
    readonly createdAt: Date;
  },
): Promise<void> {
  await tx('agreement_version').insert({
    id: version.id,
    agreement_id: version.agreementId,
    version: version.version,
    state: version.state,
    terms: JSON.stringify(version.terms),
    reason: version.reason,
    author_id: version.authorId,
    created_at: version.createdAt,
  });
}

/** Saves what its writer changes. */
export async function saveVersionTerms(
  tx: Tx,
  version: Pick<AgreementVersion, 'id' | 'terms'>,
): Promise<void> {
  await tx('agreement_version')
    .where({ id: version.id })
    .update({ terms: JSON.stringify(version.terms), row_version: tx.raw('row_version + 1') });
}

/** Saves what acts change of a version. */
export async function saveVersion(tx: Tx, version: AgreementVersion): Promise<void> {
  await tx('agreement_version')
    .where({ id: version.id })
    .update({
      state: version.state,
      submitted_by: version.submittedBy,
      approved_by: version.approvedBy,
      approved_at: version.approvedAt,
      offered_at: version.offeredAt,
      refused_at: version.refusedAt,
      content: version.content === null ? null : JSON.stringify(version.content),
      sha256: version.sha256,
      in_force_at: version.inForceAt,
      row_version: tx.raw('row_version + 1'),
    });
}

/** A supplier does not sign: nothing else of a version is its to change. */
export async function saveRefusal(tx: Tx, of: { id: string; at: Date }): Promise<void> {
  await tx('agreement_version')
    .where({ id: of.id })
    .update({ refused_at: of.at, row_version: tx.raw('row_version + 1') });
}

export const findSignatures = (tx: Tx, agreementId: string): Promise<Signature[]> =>
  rowsOf<Signature>(
    tx,
    `SELECT signature.version, signature.side, signature.sha256, signature.user_id AS "userId", signature.name,
            signature.signed_at AS "signedAt"
       FROM agreement_signature AS signature
      WHERE signature.agreement_id = ?
      ORDER BY signature.signed_at, signature.side`,
    [agreementId],
  );

/** False where this side has signed this text already. */
export async function insertSignature(tx: Tx, agreementId: string, signature: Signature): Promise<boolean> {
  const inserted = await rowsOf(
    tx,
    `INSERT INTO agreement_signature (agreement_id, version, side, sha256, user_id, name, signed_at)
     VALUES (:agreementId, :version, :side, :sha256, :userId, :name, :signedAt)
     ON CONFLICT DO NOTHING
     RETURNING side`,
    { agreementId, ...signature },
  );
  return inserted.length === 1;
}
