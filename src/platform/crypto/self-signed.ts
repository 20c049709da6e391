import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A private key (PKCS #8) and its certificate (X.509), both PEM. */
export type KeyPair = { readonly privateKey: string; readonly certificate: string };

/**
 * The key pair kept in this folder under this name; made at the first call. For the demonstration and
 * development: a company brings its own. Processes that start at once agree on one pair.
 */
export function keptKeyPair(folder: string, of: { name: string; commonName: string }): KeyPair {
  const file = path.join(folder, `${of.name}.pem`);
  const kept = read(file);
  if (kept !== null) return kept;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = makeKeyPair(of.commonName);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, made.privateKey + made.certificate, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
  return read(file) ?? made;
}

function read(file: string): KeyPair | null {
  try {
    const text = readFileSync(file, 'utf8');
    const at = text.indexOf('-----BEGIN CERTIFICATE-----');
    return { privateKey: text.slice(0, at), certificate: text.slice(at) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A new RSA key of 3072 bits with a certificate it signs itself. */
export function makeKeyPair(commonName: string): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: selfSigned({ privateKey, publicKey, commonName }),
  };
}

/** Does this private key belong to this certificate? */
export const belongTogether = (pair: KeyPair): boolean =>
  createPublicKey(createPrivateKey(pair.privateKey))
    .export({ type: 'spki', format: 'der' })
    .equals(createPublicKey(pair.certificate).export({ type: 'spki', format: 'der' }));

// DER, as much of it as one certificate needs (X.690): tag, length, content.
const der = (tag: number, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
};
const sequence = (...items: Uint8Array[]): Buffer => der(0x30, ...items);
const SHA256_WITH_RSA = sequence(Buffer.from('06092a864886f70d01010b0500', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const VERSION_3 = Buffer.from('a003020102', 'hex');
/** RFC 5280: whoever compares certificates by key needs no end; this is "no well-defined expiration". */
const VALIDITY = sequence(der(0x17, Buffer.from('260101000000Z')), der(0x18, Buffer.from('99991231235959Z')));

/** @source RFC 5280, section 4.1 */
function selfSigned(of: { privateKey: KeyObject; publicKey: KeyObject; commonName: string }): string {
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(of.commonName)))));
  const serial = der(0x02, Buffer.from([0x01]), randomBytes(15));
  const toBeSigned = sequence(
    VERSION_3,
    serial,
    SHA256_WITH_RSA,
    name,
    VALIDITY,
    name,
    of.publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, of.privateKey));
  const base64 = sequence(toBeSigned, SHA256_WITH_RSA, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
