import {
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
  type Recipient,
} from 'age-encryption';
import { combine, split } from 'shamir-secret-sharing';

// The one construction of sealed bids. The server and the bidder's browser run this same file, so it uses
// nothing that only one of them has.

export type KeyPair = { readonly recipient: string; readonly identity: string };

export async function makeKeyPair(): Promise<KeyPair> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Whom one envelope is sealed for: the event's time key, and beside it the house or k of n openers. */
export type SealingKeys = {
  readonly timeRecipient: string;
  /** Null where openers are appointed. */
  readonly houseRecipient: string | null;
  readonly openers: readonly { readonly openerId: string; readonly recipient: string }[];
  readonly threshold: number | null;
};

export type SealedShare = {
  readonly openerId: string;
  readonly sealed: Uint8Array;
  /** SHA-256 of the share, hex: whoever gives a wrong one is found at once. */
  readonly shareSha256: string;
};
export type SealedEnvelope = {
  /** Of the key pair made for this envelope alone. */
  readonly recipient: string;
  readonly sealed: Uint8Array;
  readonly timeShare: Uint8Array;
  readonly houseShare: Uint8Array | null;
  readonly openerShares: readonly SealedShare[];
};

/**
 * Seals content with a key of its own and splits that key in two: one half for the time key, the other for the house,
 * or by Shamir's scheme for any `threshold` of the openers. Gives the key too: it is the bidder's to keep.
 * @param agree how a recipient's key is agreed on: the library's way, or one that makes the same file
 */
export async function sealEnvelope(
  content: Uint8Array,
  keys: SealingKeys,
  agree: (recipient: string) => string | Recipient = (recipient) => recipient,
): Promise<SealedEnvelope & { readonly identity: string }> {
  const { identity, recipient } = await makeKeyPair();
  const [ofTime, ofOpening] = await split(encode(identity), 2, 2);
  if (ofTime === undefined || ofOpening === undefined) throw new Error('A key splits in two');
  const [sealed, timeShare, houseShare, openerShares] = await Promise.all([
    encrypt(pad(content), agree(recipient)),
    encrypt(ofTime, agree(keys.timeRecipient)),
    keys.houseRecipient === null ? null : encrypt(ofOpening, agree(keys.houseRecipient)),
    sealShares(ofOpening, keys),
  ]);
  return { identity, recipient, sealed, timeShare, houseShare, openerShares };
}

async function sealShares(secret: Uint8Array, keys: SealingKeys): Promise<SealedShare[]> {
  if (keys.threshold === null) return [];
  const shares = await split(secret, keys.openers.length, keys.threshold);
  return Promise.all(
    keys.openers.map(async ({ openerId, recipient }, index) => {
      const share = shares[index] ?? new Uint8Array();
      return { openerId, sealed: await encrypt(share, recipient), shareSha256: await sha256Of(share) };
    }),
  );
}

/** What was sealed to a key's holder, or null when it is for another or was altered. */
export async function openShare(sealed: Uint8Array, identity: string): Promise<Uint8Array | null> {
  return decrypt(sealed, identity);
}

/** The half that belongs to the openers, from as many of their shares as it takes; of fewer, or wrong ones, nothing. */
export async function combineShares(shares: readonly Uint8Array[]): Promise<Uint8Array | null> {
  try {
    return await combine(shares.map((share) => Uint8Array.from(share)));
  } catch {
    return null;
  }
}

/** The envelope's key from its two halves; null when they do not make the key of this recipient. */
export async function rebuildIdentity(
  halves: { ofTime: Uint8Array; ofOpening: Uint8Array },
  recipient: string,
): Promise<string | null> {
  const secret = await combineShares([halves.ofTime, halves.ofOpening]);
  if (secret === null) return null;
  const identity = new TextDecoder().decode(secret);
  return (await isKeyOf(identity, recipient)) ? identity : null;
}

/** Is this the key whose recipient that is? */
export async function isKeyOf(identity: string, recipient: string): Promise<boolean> {
  try {
    return (await identityToRecipient(identity)) === recipient;
  } catch {
    return false;
  }
}

/** Encrypts the content for the recipient, filled up to full steps so that its length says nothing. */
export const sealContent = (content: Uint8Array, recipient: string): Promise<Uint8Array> =>
  encrypt(pad(content), recipient);

/** The content, or null when the ciphertext was altered or is for another key. */
export async function openContent(sealed: Uint8Array, identity: string): Promise<Uint8Array | null> {
  const padded = await decrypt(sealed, identity);
  try {
    return padded === null ? null : unpad(padded);
  } catch {
    return null;
  }
}

async function encrypt(content: Uint8Array, recipient: string | Recipient): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(content);
}

async function decrypt(sealed: Uint8Array, identity: string): Promise<Uint8Array | null> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return await decrypter.decrypt(Uint8Array.from(sealed));
  } catch {
    return null;
  }
}

/** SHA-256 in hex, where there is no Node. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const STEP_BYTES = 4096;
const LENGTH_BYTES = 4;

/** Fills up to the next 4 KB; the first four bytes say how much of it is content. */
export function pad(content: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((content.length + LENGTH_BYTES) / STEP_BYTES) * STEP_BYTES);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, LENGTH_BYTES);
  return padded;
}

/** @throws RangeError when it was not padded by {@link pad}. */
export function unpad(padded: Uint8Array): Uint8Array {
  const length = new DataView(padded.buffer, padded.byteOffset, padded.byteLength).getUint32(0);
  if (length > padded.length - LENGTH_BYTES) throw new RangeError('The padding does not fit');
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
