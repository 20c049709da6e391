import { compareDecimals, type DecimalString, trimDecimal } from '../../kernel/money.ts';
import { offeredUnits, type UnitCode } from '../../kernel/quantity.ts';
import { type Day, isDay } from '../../kernel/time.ts';
import type { Cell, Sheet } from './sheet.ts';

/** The value of a cell, or the code of what is wrong with it. */
export type Reading<T> =
  | { readonly value: T }
  | { readonly code: string; readonly params?: Readonly<Record<string, string | number>> };

/** Reads a filled cell; formulas and failed cells never come here. */
export type CellReader<T> = (cell: Cell, sheet: Sheet) => Reading<T>;

/** Text of at most `max` characters, as it was written. */
export const text =
  (max: number): CellReader<string> =>
  (cell) => {
    if (cell.text.length > max) return { code: 'sheet.text-too-long', params: { maximum: max } };
    // PostgreSQL cannot store the NUL character.
    if (cell.text.includes('\u0000')) return { code: 'sheet.not-text' };
    return { value: cell.text };
  };

/**
 * An exact number. A number cell is taken as it is shown. Text is read with a decimal point, and with
 * thousands separators only where they cannot be taken for anything else; `1.234,50`, `1,234` and the like
 * are refused with an example of how to write them, because a wrong guess is wrong by a factor of a thousand.
 */
export const decimal =
  (rules: { maxDecimals: number; maxDigits: number; min?: DecimalString }): CellReader<DecimalString> =>
  (cell, sheet) => {
    if (cell.kind !== 'number' && cell.kind !== 'text') return notANumber(cell);
    const read = cell.kind === 'number' ? { value: cell.text } : numberIn(cell.text, sheet.isPointCertain);
    if (!('value' in read)) return read;
    const [whole = '', fraction = ''] = read.value.replace('-', '').split('.');
    if (fraction.length > rules.maxDecimals)
      return { code: 'sheet.too-many-decimals', params: { value: cell.text, maximum: rules.maxDecimals } };
    if (whole.length > rules.maxDigits)
      return { code: 'sheet.number-too-large', params: { value: cell.text } };
    if (rules.min !== undefined && compareDecimals(read.value, rules.min) < 0)
      return { code: 'sheet.number-too-small', params: { value: cell.text, minimum: rules.min } };
    return read;
  };

/** A calendar day: a date cell, or text with the year first; `03/04/2026` is two days to two readers. */
export const day = (): CellReader<Day> => (cell) => {
  const [, year = '', month = '', date = ''] =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(cell.text.normalize('NFKC')) ?? [];
  const value = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isDay(value) && cell.kind !== 'number'
    ? { value }
    : { code: 'sheet.not-a-day', params: { value: cell.text, example: '2026-11-24' } };
};

/**
 * A unit by its UN/ECE Recommendation 20 code, or by a name the caller knows it by.
 * @param names other ways to write a unit, in lower case, with its code: `{ each: 'C62', 件: 'C62' }`
 */
export const unit =
  (names: Readonly<Record<string, UnitCode>> = {}): CellReader<UnitCode> =>
  (cell) => {
    const written = cell.text.normalize('NFKC').trim();
    const code = offeredUnits.find((one) => one === written.toUpperCase());
    const value =
      code ?? (Object.hasOwn(names, written.toLowerCase()) ? names[written.toLowerCase()] : undefined);
    return value === undefined
      ? { code: 'sheet.unknown-unit', params: { value: written.slice(0, 60), example: 'C62, KGM, MTR' } }
      : { value };
  };

/** One of a few values, each with the ways people write it: `{ yes: ['Yes', '是'] }`. */
export const oneOf =
  <T extends string>(choices: Readonly<Record<T, readonly string[]>>): CellReader<T> =>
  (cell) => {
    const written = cell.text.normalize('NFKC').toLowerCase();
    const all = Object.keys(choices) as T[];
    const value = all.find((one) =>
      [one, ...choices[one]].some((way) => way.normalize('NFKC').toLowerCase() === written),
    );
    return value === undefined
      ? {
          code: 'sheet.not-a-choice',
          params: {
            value: cell.text.slice(0, 60),
            choices: all.map((one) => choices[one][0] ?? one).join(', '),
          },
        }
      : { value };
  };

const notANumber = (cell: Cell): Reading<never> => ({
  code: 'sheet.not-a-number',
  params: { value: cell.text.slice(0, 60), example: '1234.50' },
});

function numberIn(written: string, isPointCertain: boolean): Reading<DecimalString> {
  if (written.length > 60) return notANumber({ kind: 'text', text: written });
  const digits = withoutGaps(written.normalize('NFKC').trim());
  const isPlain = /^[+-]?\d+(\.\d+)?$/.test(digits);
  // One point and three digits is a thousand to half of Europe, which also separates fields by semicolons.
  const isAmbiguous = !isPointCertain && /^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(digits);
  const isGrouped = /^[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})$/.test(digits);
  if ((isPlain && !isAmbiguous) || isGrouped) return { value: trimDecimal(digits.replaceAll(/[,+]/g, '')) };
  if (/^[+-]?\d[\d.,]*\d$/.test(digits))
    return { code: 'sheet.ambiguous-number', params: { value: written.slice(0, 60), example: '1234.50' } };
  return notANumber({ kind: 'text', text: written });
}

/** `1 234 567.5` and `1'234.50`: thousands set apart by something that is no decimal mark anywhere. */
const withoutGaps = (written: string): string =>
  /^[+-]?\d{1,3}(?:[\s'’]\d{3})+(?:\.\d+)?$/.test(written) ? written.replaceAll(/[\s'’]/g, '') : written;
