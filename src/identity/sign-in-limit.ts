import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../kernel/errors.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Database } from '../platform/db/database.ts';

/** How many sign-ins may be tried, counted in PostgreSQL by all processes together. */
export type SignInLimit = {
  /** Counts one try.
   * @throws AppError `sign-in.too-many-tries` */
  count(of: { address: string; email: string }): Promise<void>;
  /** Forgets the tries of this person after a right password. */
  forget(of: { address: string; email: string }): Promise<void>;
};

const QUARTER_HOUR_S = 15 * 60;
const HOUR_S = 60 * 60;

/** Tries a quarter of an hour: ten for one account from one address, 100 from one address, 300 for one account. The
 * last is high, because whoever could reach it could lock a bidder out just before closing. */
export function makeSignInLimit(db: Database): SignInLimit {
  const limiter = (name: string, points: number) =>
    makeLimiter(db, { name: `sign-in ${name}`, points, seconds: QUARTER_HOUR_S });
  const both = limiter('both', 10);
  const account = limiter('account', 300);
  const address = limiter('address', 100);
  return {
    async count(of) {
      await orRefuse(both.consume(keyOf(`${of.address} ${of.email}`)));
      await orRefuse(account.consume(keyOf(of.email)));
      await orRefuse(address.consume(keyOf(of.address)));
    },
    async forget(of) {
      await both.delete(keyOf(`${of.address} ${of.email}`));
    },
  };
}

/** Links asked for an hour: three for one account, 20 from one address. */
export function makeLinkRequestLimit(db: Database): Pick<SignInLimit, 'count'> {
  const account = makeLimiter(db, { name: 'new-link account', points: 3, seconds: HOUR_S });
  const address = makeLimiter(db, { name: 'new-link address', points: 20, seconds: HOUR_S });
  return {
    async count(of) {
      await orRefuse(address.consume(keyOf(of.address)));
      await orRefuse(account.consume(keyOf(of.email)));
    },
  };
}

const makeLimiter = (
  db: Database,
  of: { name: string; points: number; seconds: number },
): RateLimiterPostgres =>
  new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'rate_limit',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: of.name,
    points: of.points,
    duration: of.seconds,
  });

/** Addresses people type are kept as hashes: the table is a counter, not a list of our suppliers. */
const keyOf = (text: string): string => sha256Hex(text.trim().toLowerCase());

async function orRefuse(consumed: Promise<RateLimiterRes>): Promise<void> {
  try {
    await consumed;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const minutes = Math.max(1, Math.ceil(error.msBeforeNext / 60_000));
    throw new AppError('rule-broken', 'sign-in.too-many-tries', 'Too many tries', { params: { minutes } });
  }
}
