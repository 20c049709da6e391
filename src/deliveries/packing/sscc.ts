import { ruleBroken } from '../../kernel/errors.ts';

const LENGTH = 18;

/**
 * The check digit of a GS1 number: its digits, from the right, count three times and once in turn.
 * @source GS1 General Specifications, 7.9.1
 */
export function checkDigitOf(digits: string): string {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}

/** Is this a serial shipping container code: 18 digits, the last of which checks the others? */
export const isSscc = (typed: string): boolean =>
  /^\d{18}$/.test(typed) && checkDigitOf(typed.slice(0, -1)) === typed.at(-1);

/** As people type or scan it: with the application identifier before it, and blanks between. */
export const readSscc = (typed: string): string =>
  typed.replaceAll(/[\s.-]/g, '').replace(/^(\(00\)|00(?=\d{18}$))/, '');

/**
 * The code of the unit with this serial reference.
 * @throws AppError `handling_unit.numbers-used-up` once the prefix has no serial reference left
 */
export function ssccOf(of: { companyPrefix: string; extensionDigit: string; serial: bigint }): string {
  const places = LENGTH - 2 - of.companyPrefix.length;
  const serial = String(of.serial).padStart(places, '0');
  if (serial.length > places)
    throw ruleBroken('handling_unit.numbers-used-up', 'All serial references of the prefix are given');
  const digits = `${of.extensionDigit}${of.companyPrefix}${serial}`;
  return `${digits}${checkDigitOf(digits)}`;
}

/** In groups, as it stands on a label: extension, company and serial, check digit. */
export const shownSscc = (sscc: string): string => sscc.replace(/^(\d)(\d{7})(\d{9})(\d)$/, '$1 $2 $3 $4');
