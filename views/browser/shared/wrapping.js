// A key wrapped by a passphrase: scrypt, as the age format has it. Neither leaves the browser.
import { Decrypter, Encrypter } from 'age-encryption';

export const PASSPHRASE_AT_LEAST = 12;

export async function wrapKey(identity, passphrase) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(identity);
}

/** The key, or null when that is another passphrase. */
export async function unwrapKey(wrapped, passphrase) {
  try {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    return await decrypter.decrypt(wrapped, 'text');
  } catch {
    return null;
  }
}

/** Lets the browser say that it works, before it does so for a second. */
export const letItShow = () => new Promise((resolve) => setTimeout(resolve, 50));
