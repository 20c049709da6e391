import type { FieldError } from '../kernel/errors.ts';
import { compareDecimals, type DecimalString, isZero, trimDecimal } from '../kernel/money.ts';
import { type Day, isDay } from '../kernel/time.ts';

/** Notes what is wrong with a field; gives null, so that a reader can return it. */
export type Fail = (code: string, params?: FieldError['params']) => null;

const DECIMALS = 6;
const WHOLE_DIGITS = 12;
const DAYS_AT_MOST = 3650;
// What numeric(20,4) holds: the opening writes amounts there, and one bid must not stop it.
const PRICE_LIMIT = '1000000000000';
const AMOUNT_LIMIT = '10000000000000000';

export const isStorableAmount = (amount: DecimalString): boolean => compareDecimals(amount, AMOUNT_LIMIT) < 0;

/** What the columns of prices hold, and the content of a bid. */
export const isStorablePrice = (price: DecimalString): boolean => compareDecimals(price, PRICE_LIMIT) < 0;

const clean = (typed: string): string => typed.normalize('NFKC').trim();

/** A decimal point and no separators; anything that could be read in two ways is refused, never guessed. */
export function readPrice(typed: string, fail: Fail): DecimalString | null {
  const written = clean(typed);
  if (written === '') return null;
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(written) ?? [];
  if (whole === '') return fail('bid.price-not-a-number');
  if (fraction.length > DECIMALS) return fail('bid.price-too-precise', { maximum: DECIMALS });
  if (whole.replace(/^0+/, '').length > WHOLE_DIGITS) return fail('bid.amount-too-large');
  return trimDecimal(written);
}

/** How much can be made; none at all is no capacity. */
export function readCapacity(typed: string, fail: Fail): DecimalString | null {
  const capacity = readPrice(typed, () => fail('bid.capacity-not-a-number'));
  return capacity !== null && isZero(capacity) ? fail('bid.capacity-not-a-number') : capacity;
}

export function readDays(typed: string, fail: Fail): number | null {
  const written = clean(typed);
  if (written === '') return null;
  const days = /^\d{1,4}$/.test(written) ? Number(written) : Number.NaN;
  return days <= DAYS_AT_MOST ? days : fail('bid.lead-time-not-days', { maximum: DAYS_AT_MOST });
}

export function readDay(typed: string, fail: Fail): Day | null {
  const written = clean(typed);
  if (written === '') return null;
  return isDay(written) ? written : fail('bid.day-not-a-day');
}
