import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
/** As many steps early or late as clocks of phones are off. */
const WINDOW = 1;

/** A new seed of 160 bits, in base32 as authenticator apps take it. */
export const newSeed = (): string => new Secret({ size: 20 }).base32;

const totpOf = (seed: string, label: string): TOTP =>
  new TOTP({ issuer: 'Portico', label, period: PERIOD_S, digits: 6, secret: Secret.fromBase32(seed) });

/** What the QR code says. */
export const enrolmentUri = (seed: string, label: string): string => totpOf(seed, label).toString();

/**
 * The time step that this code is of, when it is right and later than the last one used: a code seen over a
 * shoulder, or passed on by a false page a moment later, is used up. Null otherwise.
 */
export function stepOfCode(
  seed: string,
  given: { code: string; now: Date; lastUsedStep: number },
): number | null {
  const timestamp = given.now.getTime();
  const delta = totpOf(seed, '').validate({
    token: given.code.replaceAll(/\s/g, ''),
    timestamp,
    window: WINDOW,
  });
  if (delta === null) return null;
  const step = Math.floor(timestamp / 1000 / PERIOD_S) + delta;
  return step > given.lastUsedStep ? step : null;
}

/** How many recovery codes a user gets at a time. */
export const RECOVERY_CODES = 10;
/** No letters that are read for another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Codes of 16 letters, 79 bits each: for whoever has lost phone and passkey. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from({ length: 16 }, () => ALPHABET[randomIndex()]).join('');
    return letters.replaceAll(/.{4}(?=.)/g, '$&-');
  });

/** Each letter is as likely as any other: bytes past the last whole multiple are thrown again. */
function randomIndex(): number {
  const [byte = 255] = randomBytes(1);
  return byte < 256 - (256 % ALPHABET.length) ? byte % ALPHABET.length : randomIndex();
}

/** A recovery code however it was typed. */
export const plainRecoveryCode = (typed: string): string => typed.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
