import type { Envelope, SealingLevel } from '../sourcing/index.ts';
import { canonicalJson } from './canonical-json.ts';
import type { AtClosing } from './closing-choice.ts';

/** One sealed envelope, as it was received. */
export type ReceiptEnvelope = {
  readonly envelope: Envelope;
  /** Of the content, which the supplier can download and hash again. */
  readonly contentSha256: string;
  /** Of what is stored, which the minutes of the opening name. */
  readonly sealedSha256: string;
  /** Of the envelope's own key: whoever has that key can prove it. */
  readonly recipient: string;
  /** Where the browser sealed, their names are not known here, and size and hash are of what was sealed. */
  readonly files: readonly {
    readonly fileName?: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
};

/** What a supplier can prove its bid by: what was received, and when by the database's clock. */
export type Receipt = {
  readonly format: 'portico-receipt/2';
  readonly bidReference: string;
  readonly eventReference: string;
  readonly supplier: string;
  readonly version: number;
  readonly sealed: SealingLevel;
  /** In the order they are opened. */
  readonly envelopes: readonly ReceiptEnvelope[];
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** The newest checkpoint of the record as it was then: its size, its root (base64) and the whole signed note. */
  readonly recordCheckpoint?: { readonly size: number; readonly root: string; readonly note: string };
  /** The supplier had chosen that the closing submits it. */
  readonly atClosing?: AtClosing;
};

/** The exact bytes that are signed. */
export const receiptBytes = (receipt: Receipt): Uint8Array => Buffer.from(canonicalJson(receipt));

/** The receipt as a file: `signed` is the text the signature is over, `receipt` the same for reading. */
export const receiptFile = (receipt: Receipt, proof: { signature: string; publicKeyPem: string }) => ({
  receipt,
  signed: canonicalJson(receipt),
  signature: proof.signature,
  algorithm: 'Ed25519',
  publicKey: proof.publicKeyPem,
});
