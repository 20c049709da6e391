import type { BidFile } from './bid-draft.ts';
import { canonicalJson } from './canonical-json.ts';
import type { AtClosing } from './closing-choice.ts';

/** What a supplier can prove its bid by: what was received, and when by the database's clock. */
export type Receipt = {
  readonly format: 'portico-receipt/1';
  readonly bidReference: string;
  readonly eventReference: string;
  readonly supplier: string;
  readonly version: number;
  /** Of the content, which the supplier can download and hash again. */
  readonly contentSha256: string;
  /** Of what is stored, which the minutes of the opening name. */
  readonly sealedSha256: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly files: readonly Pick<BidFile, 'fileName' | 'sizeBytes' | 'sha256'>[];
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
