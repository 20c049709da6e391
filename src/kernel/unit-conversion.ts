import { compareDecimals, type DecimalString, isPositive, multiplyDecimals, trimDecimal } from './money.ts';
import type { UnitCode } from './quantity.ts';

/** So many (`from`, a whole number) of one unit are so many (`to`) of another: 1 box is 12 pieces, 12 pieces are 1 box. */
export type UnitRatio = { readonly from: DecimalString; readonly to: DecimalString };

/** Both sides stay numbers that people can read, and that a price can be multiplied by. */
const FROM_AT_MOST = 1_000_000n;
const TO_AT_MOST = 1_000_000_000n;
const DECIMALS = 6;

const units = (of: Record<UnitCode, string>): [UnitCode, bigint][] =>
  Object.entries(of).map(([code, size]) => {
    const [whole = '0', fraction = ''] = size.split('.');
    return [code, BigInt(whole + fraction.padEnd(12, '0'))];
  });

/**
 * What is exact by definition, each kind in a unit of its own. A pair is two; what a box, a set or a roll holds, and how
 * many hours a working day has, nobody can know.
 * @source International yard and pound (1959); SI; US gallon of 231 cubic inches
 */
const KINDS: readonly ReadonlyMap<UnitCode, bigint>[] = [
  units({ C62: '1', EA: '1', PR: '2', NPR: '2' }),
  units({ GRM: '1', KGM: '1000', TNE: '1000000', LBR: '453.59237', STN: '907184.74' }),
  units({ MMT: '1', CMT: '10', MTR: '1000', INH: '25.4', FOT: '304.8', LF: '304.8', SMI: '1609344' }),
  units({ MTK: '1', HAR: '10000', FTK: '0.09290304', YDK: '0.83612736', ACR: '4046.8564224' }),
  units({ LTR: '1', MTQ: '1000', FTQ: '28.316846592', YDQ: '764.554857984', GLL: '3.785411784' }),
].map((kind) => new Map(kind));

/** How many of a unit another is, by definition; null where nothing says so, or no exact ratio of numbers that people read does. */
export function knownRatio(from: UnitCode, to: UnitCode): UnitRatio | null {
  if (from === to) return { from: '1', to: '1' };
  for (const kind of KINDS) {
    const [one, other] = [kind.get(from), kind.get(to)];
    if (one !== undefined && other !== undefined) return ratioOf(one, other);
  }
  return null;
}

/** `12`, `0.025`, or where that is no decimal a fraction: `1/12`. Null for what is none of these, or zero. */
export function readRatio(typed: string): UnitRatio | null {
  const written = typed.normalize('NFKC').replaceAll(/\s/g, '').replaceAll('⁄', '/');
  if (/^\d{1,9}(\.\d{1,6})?$/.test(written))
    return isPositive(written) ? { from: '1', to: trimDecimal(written) } : null;
  const [, to = '0', from = '0'] = /^(\d{1,9})\/(\d{1,7})$/.exec(written) ?? [];
  return BigInt(to) === 0n || BigInt(from) === 0n ? null : ratioOf(BigInt(to), BigInt(from));
}

/** As {@link readRatio} reads it. */
export const writeRatio = ({ from, to }: UnitRatio): string => (from === '1' ? to : `${to}/${from}`);

export const isSameRatio = (a: UnitRatio, b: UnitRatio): boolean =>
  compareDecimals(multiplyDecimals(a.from, b.to), multiplyDecimals(b.from, a.to)) === 0;

function ratioOf(to: bigint, from: bigint): UnitRatio | null {
  const divisor = gcd(to, from);
  const [top, bottom] = [to / divisor, from / divisor];
  const scale = 10n ** BigInt(DECIMALS);
  if (scale % bottom === 0n) {
    const digits = String(top * (scale / bottom)).padStart(DECIMALS + 1, '0');
    const decimal = trimDecimal(`${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`);
    return top / bottom <= TO_AT_MOST ? { from: '1', to: decimal } : null;
  }
  return bottom <= FROM_AT_MOST && top <= TO_AT_MOST ? { from: String(bottom), to: String(top) } : null;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
