import { createPublicKey, hash, verify } from 'node:crypto';

/** How many rows the record had, the root over them, and when that was signed. */
export type Checkpoint = {
  readonly origin: string;
  readonly treeSize: number;
  readonly rootHash: Buffer;
  readonly at: Date;
};

/** What checks a signature: the public key is enough. */
export type Verifier = {
  verify(bytes: Uint8Array, signature: string): boolean;
  readonly publicKeyPem: string;
};
/** The part of the key ring that signs. */
export type Signer = Verifier & { sign(bytes: Uint8Array): string };

const ED25519 = Buffer.from([1]);
const SIGNATURE = /^— (\S+) ([A-Za-z0-9+/=]+)$/;
const SIZE = /^(0|[1-9]\d{0,15})$/;

/** The name of this record, the same wherever it runs: it is made of the key that signs it. */
export const originOf = (signer: Verifier): string =>
  `portico-record/${hash('sha256', rawPublicKey(signer)).slice(0, 16)}`;

/** The key as verifiers of signed notes take it: name, key id and key. */
export const verifierKey = (signer: Verifier): string =>
  `${originOf(signer)}+${keyIdOf(signer).toString('hex')}+${Buffer.concat([ED25519, rawPublicKey(signer)]).toString('base64')}`;

// RFC 8410: the fixed DER head of an Ed25519 public key; its 32 bytes follow.
const ED25519_SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Checks with a public key alone, given as PEM or as the line that {@link verifierKey} writes.
 * @throws Error when it is no Ed25519 public key
 */
export function verifierOf(key: string): Verifier {
  const [, line] = /^\S+\+[0-9a-f]{8}\+(\S+)$/.exec(key.trim()) ?? [];
  const publicKey = createPublicKey(
    line === undefined
      ? key
      : {
          key: Buffer.concat([ED25519_SPKI_HEAD, Buffer.from(line, 'base64').subarray(1)]),
          format: 'der',
          type: 'spki',
        },
  );
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error('This is no Ed25519 public key');
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    verify: (bytes, signature) => verify(null, bytes, publicKey, Buffer.from(signature, 'base64')),
  };
}

/**
 * The checkpoint as a signed note: origin, size, root and time, then the signature.
 * @source https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note
 */
export function signCheckpoint(checkpoint: Omit<Checkpoint, 'origin'>, signer: Signer): string {
  const origin = originOf(signer);
  const text = `${origin}\n${checkpoint.treeSize}\n${checkpoint.rootHash.toString('base64')}\nat ${checkpoint.at.toISOString()}\n`;
  const signature = Buffer.from(signer.sign(Buffer.from(text)), 'base64');
  return `${text}\n— ${origin} ${Buffer.concat([keyIdOf(signer), signature]).toString('base64')}\n`;
}

/** Reads a signed note whoever signed it; null when it is none. A mail program's line ends do no harm. */
export function readCheckpoint(note: string): Checkpoint | null {
  const [origin, size, root, at] = linesOf(note);
  if (origin === undefined || size === undefined || root === undefined || at === undefined) return null;
  const rootHash = Buffer.from(root, 'base64');
  const instant = new Date(at.replace(/^at /, ''));
  if (!SIZE.test(size) || rootHash.length !== 32 || Number.isNaN(instant.getTime())) return null;
  return { origin, treeSize: Number(size), rootHash, at: instant };
}

/** Is the note signed by this record's key, every byte of it? */
export function isSignedBy(note: string, signer: Verifier): boolean {
  const lines = linesOf(note);
  const end = lines.indexOf('');
  if (end < 0) return false;
  const text = Buffer.from(`${lines.slice(0, end).join('\n')}\n`);
  const keyId = keyIdOf(signer);
  return lines.slice(end + 1).some((line) => {
    const [, name, encoded] = SIGNATURE.exec(line) ?? [];
    if (name !== originOf(signer) || encoded === undefined) return false;
    const bytes = Buffer.from(encoded, 'base64');
    return bytes.subarray(0, 4).equals(keyId) && signer.verify(text, bytes.subarray(4).toString('base64'));
  });
}

const linesOf = (note: string): string[] =>
  note
    .trim()
    .split(/\r?\n/)
    .map((line) => line.trimEnd());

const known = new WeakMap<Verifier, Buffer>();

/** Reading a PEM takes longer than checking a signature: once a key is enough. */
function rawPublicKey(signer: Verifier): Buffer {
  const key =
    known.get(signer) ??
    Buffer.from(createPublicKey(signer.publicKeyPem).export({ format: 'jwk' }).x ?? '', 'base64url');
  known.set(signer, key);
  return key;
}

const keyIdOf = (signer: Verifier): Buffer =>
  hash(
    'sha256',
    Buffer.concat([Buffer.from(`${originOf(signer)}\n`), ED25519, rawPublicKey(signer)]),
    'buffer',
  ).subarray(0, 4);
