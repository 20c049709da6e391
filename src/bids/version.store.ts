import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { Bid } from './bid.ts';
import type { StoredEnvelope } from './envelope.store.ts';

/** One submission of a bid, as it is kept: its sealed envelopes, and the sealed, signed receipt. */
export type BidVersion = {
  readonly id: string;
  readonly bidId: string;
  readonly version: number;
  readonly envelopes: readonly StoredEnvelope[];
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
        INSERT INTO bid_version (id, bid_id, version, received_at, receipt, receipt_signature, submitted_by,
                                 idempotency_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ), envelope AS (
        INSERT INTO bid_envelope (id, bid_id, version_id, envelope, recipient, sealed, sealed_sha256, content_sha256,
                                  time_share, house_share, supplier_copy, bidder_key)
        SELECT made.id, $2, $1, made.envelope, made.recipient, made.sealed, made.sealed_sha256, made.content_sha256,
               made.time_share, made.house_share, made.supplier_copy, made.bidder_key
          FROM unnest($11::uuid[], $12::text[], $13::text[], $14::bytea[], $15::text[], $16::text[], $17::bytea[],
                      $18::bytea[], $19::bytea[], $20::bytea[])
            AS made (id, envelope, recipient, sealed, sealed_sha256, content_sha256, time_share, house_share,
                     supplier_copy, bidder_key)
      ), share AS (
        INSERT INTO bid_envelope_share (envelope_id, bid_id, opener_id, opener_key_id, sealed, share_sha256)
        SELECT made.envelope_id, $2, made.opener_id, opener.opener_key_id, made.sealed, made.share_sha256
          FROM unnest($21::uuid[], $22::uuid[], $23::bytea[], $24::text[])
            AS made (envelope_id, opener_id, sealed, share_sha256)
          JOIN event_opener AS opener ON opener.event_id = $25 AND opener.user_id = made.opener_id
      ), draft AS (
        UPDATE bid_draft SET submitted_revision = $9 WHERE bid_draft.bid_id = $2
      )
      UPDATE bid
         SET state = $10, current_version = $3, submitted_at = $4
       WHERE bid.id = $2`,
    values: [...valuesOf(version), draftRevision, bid.state, ...columnsOf(version), bid.eventId],
  });

const valuesOf = (version: BidVersion): unknown[] => [
  version.id,
  version.bidId,
  version.version,
  version.receivedAt,
  version.receipt,
  version.receiptSignature,
  version.submittedBy,
  version.idempotencyKey,
];

/** The envelopes and their shares, column by column. */
function columnsOf({ envelopes }: BidVersion): unknown[] {
  const of = (column: (envelope: StoredEnvelope) => unknown): unknown[] => envelopes.map(column);
  const shares = envelopes.flatMap(({ id, openerShares }) => openerShares.map((share) => ({ id, ...share })));
  return [
    of((one) => one.id),
    of((one) => one.envelope),
    of((one) => one.recipient),
    of((one) => bytes(one.sealed)),
    of((one) => one.sealedSha256),
    of((one) => one.contentSha256),
    of((one) => bytes(one.timeShare)),
    of((one) => bytes(one.houseShare)),
    of((one) => bytes(one.supplierCopy)),
    of((one) => bytes(one.bidderKey)),
    shares.map((share) => share.id),
    shares.map((share) => share.openerId),
    shares.map((share) => bytes(share.sealed)),
    shares.map((share) => share.shareSha256),
  ];
}

/** pg takes only its own kind of bytes inside a list. */
const bytes = (of: Uint8Array | null): Buffer | null => (of === null ? null : Buffer.from(of));

/** What a supplier keeps of a submission. */
export type KeptVersion = Pick<BidVersion, 'id' | 'version' | 'receivedAt' | 'receipt' | 'receiptSignature'>;

export const findKeptVersion = async (
  tx: Tx,
  bidId: string,
  version: number,
): Promise<KeptVersion | undefined> =>
  (
    await rowsOf<KeptVersion>(
      tx,
      `SELECT bid_version.id, bid_version.version, bid_version.received_at AS "receivedAt", bid_version.receipt,
            bid_version.receipt_signature AS "receiptSignature"
       FROM bid_version
      WHERE bid_version.bid_id = ?
        AND bid_version.version = ?`,
      [bidId, version],
    )
  )[0];

/** A submission without its content: what a list shows. */
export type VersionFacts = Pick<BidVersion, 'version' | 'receivedAt'> & {
  /** Of each envelope, in the order they are opened. */
  readonly contentSha256: readonly string[];
  readonly submittedByName: string;
};

export const findVersionsOf = (tx: Tx, bidId: string): Promise<VersionFacts[]> =>
  rowsOf<VersionFacts>(
    tx,
    `SELECT bid_version.version,
            ARRAY(SELECT envelope.content_sha256
                    FROM bid_envelope AS envelope
                   WHERE envelope.version_id = bid_version.id
                   ORDER BY array_position(ARRAY['qualification', 'technical', 'commercial'], envelope.envelope))
              AS "contentSha256",
            bid_version.received_at AS "receivedAt", user_account.name AS "submittedByName"
       FROM bid_version
       JOIN user_account ON user_account.id = bid_version.submitted_by
      WHERE bid_version.bid_id = ?
      ORDER BY bid_version.version DESC
      LIMIT 100`,
    [bidId],
  );
