import { addDecimals, minorUnits } from '../../kernel/money.ts';
import type { Locale } from './catalogue.ts';
import { makeMemory } from './memory.ts';

/** How amounts, quantities and times are written, one way each, in the reader's language. */
export type Format = {
  /** `12,345.60 USD`; an em dash for a price nobody entered. */
  money(amount: string | null, currency: string): string;
  /** The amount alone, with the currency's decimals. */
  amount(amount: string | null, currency: string): string;
  /** A unit price keeps all its decimals, at least the currency's. */
  price(amount: string | null, currency: string): string;
  quantity(quantity: string | null): string;
  count(value: number): string;
  percent(value: string): string;
  /** `24 Nov 2026 17:00 GMT+8` in the given zone. */
  instant(at: Date | string | null, timeZone: string): string;
  day(day: string | null): string;
  /** `March 2026`, of any of its days. */
  month(day: string): string;
  bytes(size: number): string;
};

const NOTHING = '—';
// As PostgreSQL and our own arithmetic write it: nothing to bring into form.
const PLAIN = /^\d+(\.\d+)?$/;
const made = new Map<Locale, Format>();

export function formatFor(locale: Locale): Format {
  let format = made.get(locale);
  if (format === undefined) {
    format = makeFormat(locale);
    made.set(locale, format);
  }
  return format;
}

function makeFormat(locale: Locale): Format {
  const numbers = new Map<string, Intl.NumberFormat>();
  const instants = new Map<string, Intl.DateTimeFormat>();
  const decimals = (least: number, most: number): Intl.NumberFormat => {
    const key = `${least}-${most}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const fresh = new Intl.NumberFormat(locale, {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
    numbers.set(key, fresh);
    return fresh;
  };
  // Intl formats a decimal string exactly; turning it into a number first would not.
  const write = (value: string, least: number, most: number): string =>
    decimals(least, most).format(
      (PLAIN.test(value) ? value : addDecimals([value])) as Intl.StringNumericLiteral,
    );
  const zoned = (timeZone: string): Intl.DateTimeFormat => {
    const known = instants.get(timeZone);
    if (known !== undefined) return known;
    const fresh = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
      day: 'numeric',
      month: locale === 'en' ? 'short' : 'numeric',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone,
      timeZoneName: 'short',
    });
    instants.set(timeZone, fresh);
    return fresh;
  };
  const days = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: 'numeric',
    month: locale === 'en' ? 'short' : 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const months = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const writtenDays = makeMemory<string>();
  const amount = (value: string | null, currency: string): string =>
    value === null ? NOTHING : write(value, minorUnits(currency), minorUnits(currency));
  return {
    amount,
    money: (value, currency) => (value === null ? NOTHING : `${amount(value, currency)} ${currency}`),
    price: (value, currency) => (value === null ? NOTHING : write(value, minorUnits(currency), 6)),
    quantity: (value) => (value === null ? NOTHING : write(value, 0, 6)),
    count: (value) => decimals(0, 0).format(value),
    percent: (value) => `${write(value, 0, 2)} %`,
    instant: (at, timeZone) => (at === null ? NOTHING : inOrder(zoned(timeZone).formatToParts(new Date(at)))),
    day: (day) =>
      day === null ? NOTHING : writtenDays(day, () => days.format(new Date(`${day}T00:00:00Z`))),
    month: (day) => months.format(new Date(`${day}T00:00:00Z`)),
    bytes: (size) =>
      size < 1_048_576
        ? `${decimals(0, 1).format(size / 1024)} KB`
        : `${decimals(0, 1).format(size / 1_048_576)} MB`,
  };
}

/** Date, time, zone, in this order in every language: Intl puts the zone before the time in Chinese. */
function inOrder(parts: readonly Intl.DateTimeFormatPart[]): string {
  const of = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? '';
  const isDate = (part: Intl.DateTimeFormatPart): boolean => ['year', 'month', 'day'].includes(part.type);
  const first = parts.findIndex(isDate);
  const last = parts.findLastIndex(isDate);
  const date = parts
    .slice(first, last + 1)
    .map((part) => part.value)
    .join('');
  return `${date} ${of('hour')}:${of('minute')} ${of('timeZoneName')}`;
}
