import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';

/**
 * The keys the process holds outside the database. All are derived from one master secret.
 * `seal` binds its ciphertext to the place it is stored in, so that a row cannot be moved to another.
 */
export type KeyRing = {
  /** AES-256-GCM; `place` is `table.column.row-id`. */
  seal(plain: Uint8Array, place: string): Buffer;
  /** @throws Error when the ciphertext was altered or belongs to another place. */
  unseal(sealed: Uint8Array, place: string): Buffer;
  /** Ed25519 over the bytes, base64. */
  sign(bytes: Uint8Array): string;
  verify(bytes: Uint8Array, signature: string): boolean;
  /** The public key that verifies `sign`, SPKI PEM. */
  readonly publicKeyPem: string;
  /** A keyed hash for look-ups of secrets (session ids, tokens), hex. */
  fingerprint(secret: string): string;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;
// RFC 8410: the fixed DER head of an Ed25519 private key; its 32-byte seed follows.
const ED25519_PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

const derive = (master: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `portico/${purpose}`, 32));

const signingKey = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([ED25519_PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });

/** @param master at least 32 random bytes, kept outside the database. */
export function makeKeyRing(master: Uint8Array): KeyRing {
  if (master.length < 32) throw new Error('The master key must have at least 32 bytes');
  // Key objects are made once: with the bare bytes, Node makes one at each use, which takes five times as long.
  const sealKey = createSecretKey(derive(master, 'column-sealing/1'));
  const hashKey = createSecretKey(derive(master, 'fingerprint/1'));
  const privateKey = signingKey(derive(master, 'receipt-signing/1'));
  const publicKey = createPublicKey(privateKey);
  return {
    seal(plain, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    unseal(sealed, place) {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    },
    sign: (bytes) => sign(null, bytes, privateKey).toString('base64'),
    verify: (bytes, signature) => verify(null, bytes, publicKey, Buffer.from(signature, 'base64')),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: (secret) => createHmac('sha256', hashKey).update(secret).digest('hex'),
  };
}

export const sha256Hex = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Compares two strings in a time that does not tell where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
