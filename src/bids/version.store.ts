import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { Bid } from './bid.ts';

/** One submission of a bid, as it is kept: ciphertext, hashes and the sealed, signed receipt. */
export type BidVersion = {
  readonly id: string;
  readonly bidId: string;
  readonly version: number;
  readonly sealed: Uint8Array;
  readonly sealedSha256: string;
  readonly contentSha256: string;
  readonly supplierCopy: Uint8Array;
  readonly receivedAt: Date;
  readonly receipt: Uint8Array;
  readonly receiptSignature: string;
  readonly submittedBy: string;
  readonly idempotencyKey: string;
};

/** The version that a form made which was sent twice. */
export const findVersionByKey = async (tx: Tx, bidId: string, key: string): Promise<number | undefined> =>
  (
    await named<{ version: number }>(tx, {
      name: 'bid_version.by-key',
      text: 'SELECT version FROM bid_version WHERE bid_id = $1 AND idempotency_key = $2',
      values: [bidId, key],
    })
  )[0]?.version;

/** The submission, the bid's new state and the draft it was made from, in one statement. */
export const saveSubmission = (
  tx: Tx,
  bid: Bid,
  version: BidVersion,
  draftRevision: number,
): Promise<unknown> =>
  named(tx, {
    name: 'bid_version.save-submission',
    text: `
      WITH version AS (
        INSERT INTO bid_version (id, bid_id, version, sealed, sealed_sha256, content_sha256, supplier_copy,
                                 received_at, receipt, receipt_signature, submitted_by, idempotency_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      ), draft AS (
        UPDATE bid_draft SET submitted_revision = $13 WHERE bid_draft.bid_id = $2
      )
      UPDATE bid
         SET state = $14, current_version = $3, submitted_at = $8
       WHERE bid.id = $2`,
    values: [
      version.id,
      version.bidId,
      version.version,
      version.sealed,
      version.sealedSha256,
      version.contentSha256,
      version.supplierCopy,
      version.receivedAt,
      version.receipt,
      version.receiptSignature,
      version.submittedBy,
      version.idempotencyKey,
      draftRevision,
      bid.state,
    ],
  });

/** What a supplier keeps of a submission. */
export type KeptVersion = Pick<
  BidVersion,
  | 'id'
  | 'version'
  | 'contentSha256'
  | 'sealedSha256'
  | 'receivedAt'
  | 'supplierCopy'
  | 'receipt'
  | 'receiptSignature'
>;

export const findKeptVersion = async (
  tx: Tx,
  bidId: string,
  version: number,
): Promise<KeptVersion | undefined> =>
  (
    await rowsOf<KeptVersion>(
      tx,
      `SELECT bid_version.id, bid_version.version, bid_version.content_sha256 AS "contentSha256",
            bid_version.sealed_sha256 AS "sealedSha256", bid_version.received_at AS "receivedAt",
            bid_version.supplier_copy AS "supplierCopy", bid_version.receipt,
            bid_version.receipt_signature AS "receiptSignature"
       FROM bid_version
      WHERE bid_version.bid_id = ?
        AND bid_version.version = ?`,
      [bidId, version],
    )
  )[0];

/** A submission without its content: what a list shows. */
export type VersionFacts = Pick<BidVersion, 'version' | 'contentSha256' | 'receivedAt'> & {
  readonly submittedByName: string;
};

export const findVersionsOf = (tx: Tx, bidId: string): Promise<VersionFacts[]> =>
  rowsOf<VersionFacts>(
    tx,
    `SELECT bid_version.version, bid_version.content_sha256 AS "contentSha256",
            bid_version.received_at AS "receivedAt", user_account.name AS "submittedByName"
       FROM bid_version
       JOIN user_account ON user_account.id = bid_version.submitted_by
      WHERE bid_version.bid_id = ?
      ORDER BY bid_version.version DESC
      LIMIT 100`,
    [bidId],
  );
