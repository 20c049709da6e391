import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

/** The key pair of one event: whatever is sealed to the recipient opens with the identity alone. */
export type EventKeyPair = { readonly recipient: string; readonly identity: string };

export async function makeEventKeyPair(): Promise<EventKeyPair> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Encrypts the content for the event's recipient, filled up to full steps so that its length says nothing. */
export async function sealContent(content: Uint8Array, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(pad(content));
}

/** The content, or null when the ciphertext was altered or is for another key. */
export async function openContent(sealed: Uint8Array, identity: string): Promise<Uint8Array | null> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return unpad(await decrypter.decrypt(Uint8Array.from(sealed)));
  } catch {
    return null;
  }
}

const STEP_BYTES = 4096;
const LENGTH_BYTES = 4;

/** Fills up to the next 4 KB; the first four bytes say how much of it is content. */
export function pad(content: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(Math.ceil((content.length + LENGTH_BYTES) / STEP_BYTES) * STEP_BYTES);
  padded.writeUInt32BE(content.length);
  padded.set(content, LENGTH_BYTES);
  return padded;
}

/** @throws RangeError when it was not padded by {@link pad}. */
export function unpad(padded: Uint8Array): Uint8Array {
  const bytes = Buffer.from(padded.buffer, padded.byteOffset, padded.byteLength);
  const length = bytes.readUInt32BE();
  if (length > bytes.length - LENGTH_BYTES) throw new RangeError('The padding does not fit');
  return bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
