import { timingSafeEqual } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { invalid } from '../kernel/errors.ts';
import { commonPasswords } from './common-passwords.ts';

/** An Argon2id hash in its PHC form; made by `hashPassword` only. */
export type PasswordHash = string & { readonly brand: 'PasswordHash' };

const LEAST_LENGTH = 12;
/** Argon2id takes 19 MiB and a core for each hash: this many at a time, and so many waiting. */
const AT_ONCE = 4;
const WAITING_AT_MOST = 100;
/** OWASP's first choice for Argon2id; @source OWASP Password Storage Cheat Sheet. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Twelve characters or more, none of the well-known ones, and not one's own address.
 * @throws AppError `password.too-short`, `password.too-common` at field `password` */
export function assertGoodPassword(password: string, of: { email: string }): void {
  if ([...password].length < LEAST_LENGTH)
    throw badPassword('password.too-short', 'Use at least 12 characters');
  const plain = password.toLowerCase();
  const mailbox = of.email.toLowerCase().split('@')[0] ?? '';
  const isOwn =
    plain === of.email.toLowerCase() || (mailbox.length > 3 && plain.replaceAll(/\d/g, '') === mailbox);
  if (isOwn || isCommon(plain)) throw badPassword('password.too-common', 'This password is easy to guess');
}

const badPassword = (code: string, message: string) =>
  invalid(code, message, [{ path: 'password', code, message }]);

/** A well-known password, also with digits or signs around it, or one or two characters over and over. */
function isCommon(plain: string): boolean {
  const core = plain.replaceAll(/^[\d\W_]+|[\d\W_]+$/g, '');
  return commonPasswords.has(plain) || commonPasswords.has(core) || new Set(plain).size <= 3;
}

/** Hashes a password by Argon2id, with the salt of another hash where one is given; at most four at once, the others wait.
 * @throws AppError `password.busy` when too many wait */
export const hashPassword = (password: string, like?: string): Promise<PasswordHash> =>
  inTurn(async () => (await hash(password, { ...COST, ...saltLike(like) })) as PasswordHash);

/** A hash without its last part: how it was made, and with which salt. */
export const saltOf = (hashed: string): string => hashed.slice(0, hashed.lastIndexOf('$'));

const saltLike = (hashed: string | undefined): { salt?: Uint8Array } => {
  const salt = hashed?.split('$')[4];
  return salt === undefined ? {} : { salt: Buffer.from(salt, 'base64') };
};

// A hash of random bytes that nobody knows: an unknown address costs the same time as a known one.
let decoy: Promise<PasswordHash> | undefined;

/** Is this the password? Takes the same time where there is no hash to check against. */
export async function isPassword(password: string, against: string | undefined): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const known = against ?? (await decoy);
  const isRight = await inTurn(() => verify(known, password));
  return isRight && against !== undefined;
}

/**
 * Whose password this is, of several accounts with one address. They share a salt, so it is one check whether
 * there is one, none, or many; one whose salt is its own is checked besides.
 */
export async function whosePassword<Account extends { readonly passwordHash: string }>(
  password: string,
  accounts: readonly Account[],
): Promise<Account | undefined> {
  const salts = [...new Set(accounts.map((account) => saltOf(account.passwordHash)))];
  const found: Account[] = [];
  for (const salt of salts.length === 0 ? [undefined] : salts) {
    const sharing = accounts.filter((account) => saltOf(account.passwordHash) === salt);
    const [first] = sharing;
    if (sharing.length < 2) {
      if ((await isPassword(password, first?.passwordHash)) && first !== undefined) found.push(first);
    } else {
      const given = await hashPassword(password, first?.passwordHash);
      found.push(...sharing.filter((account) => isSame(account.passwordHash, given)));
    }
  }
  return found[0];
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_AT_MOST)
      throw invalid('password.busy', 'Too many sign-ins at once; try again');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
