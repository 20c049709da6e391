import { electronicFormatIBAN, extractIBAN, isValidBIC, isValidIBAN } from 'ibantools';
import { z } from 'zod';
import type { BankDetails } from './bank-account-change.ts';

// PostgreSQL cannot store the NUL character, and banks carry no line breaks.
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !/[\p{Cc}]/u.test(typed), 'form.invalid-value');
const filled = (max: number) => line(max).min(1, 'form.required');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const version = z.coerce.number().int().positive();

/** Details as they are sealed and read again. */
export const bankDetails: z.ZodType<BankDetails> = z.strictObject({
  holder: z.string(),
  bankName: z.string(),
  country: z.string(),
  iban: z.string().nullable(),
  accountNumber: z.string().nullable(),
  bic: z.string().nullable(),
  clearingCode: z.string().nullable(),
});

const compact = (max: number) =>
  line(max + 20).transform((typed) => typed.replace(/[\s.-]/g, '').toUpperCase());

/** An account as a supplier enters it: an IBAN, or an account number with its bank's BIC or clearing code. */
export const bankAccountForm = z
  .strictObject({
    holder: filled(140),
    bankName: filled(140),
    country: line(2)
      .transform((typed) => typed.toUpperCase())
      .pipe(z.string().regex(/^[A-Z]{2}$/, 'suppliers.invalid-country')),
    iban: compact(34).default(''),
    accountNumber: compact(34)
      .pipe(z.string().regex(/^[A-Z0-9]{0,34}$/, 'form.invalid-value'))
      .default(''),
    bic: compact(11).default(''),
    clearingCode: compact(35)
      .pipe(z.string().regex(/^[A-Z0-9]{0,35}$/, 'form.invalid-value'))
      .default(''),
    reason: filled(1000),
  })
  .transform(({ reason, ...typed }, check) => {
    const refuse = (path: string, message: string) =>
      check.addIssue({ code: 'custom', path: [path], message });
    const iban = typed.iban === '' ? null : electronicFormatIBAN(typed.iban);
    if (typed.iban !== '' && (iban === null || !isValidIBAN(iban)))
      refuse('iban', 'bank-accounts.invalid-iban');
    else if (iban !== null && extractIBAN(iban).countryCode !== typed.country)
      refuse('country', 'bank-accounts.country-differs');
    if ((iban === null) === (typed.accountNumber === ''))
      refuse('accountNumber', 'bank-accounts.one-of-iban-and-number');
    if (typed.bic !== '' && !isValidBIC(typed.bic)) refuse('bic', 'bank-accounts.invalid-bic');
    if (iban === null && typed.bic === '' && typed.clearingCode === '')
      refuse('bic', 'bank-accounts.bank-code-needed');
    const details: BankDetails = {
      holder: typed.holder,
      bankName: typed.bankName,
      country: typed.country,
      iban,
      accountNumber: orNull(typed.accountNumber),
      bic: orNull(typed.bic),
      clearingCode: orNull(typed.clearingCode),
    };
    return { details, reason };
  });

/** Who was called, and on which number. */
export const callbackForm = z.strictObject({
  version,
  contactId: z.uuid('form.required'),
  number: filled(40),
});

export const versionForm = z.strictObject({ version });
export const stopForm = z.strictObject({ version, reason: filled(1000) });
