import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { Envelope } from '../sourcing/index.ts';
import type { SealedShare } from './sealing.ts';

/** A sealed envelope of a version, as it is kept. */
export type StoredEnvelope = {
  readonly id: string;
  readonly envelope: Envelope;
  readonly recipient: string;
  readonly sealed: Uint8Array;
  readonly sealedSha256: string;
  readonly contentSha256: string;
  readonly timeShare: Uint8Array;
  readonly houseShare: Uint8Array | null;
  readonly openerShares: readonly SealedShare[];
  /** What the supplier said, for itself alone; null where only its browser could read it. */
  readonly supplierCopy: Uint8Array | null;
  /** The envelope's key, which is the bidder's to keep: sealed by the key ring, or to the bidder's own key. */
  readonly bidderKey: Uint8Array;
};

/** What its supplier finds again of an envelope. */
export type KeptEnvelope = Pick<
  StoredEnvelope,
  'id' | 'envelope' | 'recipient' | 'sealed' | 'sealedSha256' | 'contentSha256' | 'supplierCopy' | 'bidderKey'
>;

/** The envelopes of a version, in no order. */
export const findKeptEnvelopes = (tx: Tx, versionId: string): Promise<KeptEnvelope[]> =>
  rowsOf<KeptEnvelope>(
    tx,
    `SELECT envelope.id, envelope.envelope, envelope.recipient, envelope.sealed,
            envelope.sealed_sha256 AS "sealedSha256", envelope.content_sha256 AS "contentSha256",
            envelope.supplier_copy AS "supplierCopy", envelope.bidder_key AS "bidderKey"
       FROM bid_envelope AS envelope
      WHERE envelope.version_id = ?`,
    [versionId],
  );
