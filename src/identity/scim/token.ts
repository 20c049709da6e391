import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Is this the header of somebody who holds the token? Only the token's SHA-256 is known; two of them are compared
 * in a time that tells nothing.
 */
export function bearsToken(header: string | undefined, tokenSha256: string): boolean {
  const token = /^Bearer ([\x21-\x7e]{32,512})$/i.exec(header ?? '')?.[1] ?? '';
  const given = createHash('sha256').update(token).digest();
  return timingSafeEqual(given, Buffer.from(tokenSha256, 'hex'));
}
