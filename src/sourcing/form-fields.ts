import { z } from 'zod';
import { readUnit } from '../catalog/index.ts';
import { isZero } from '../kernel/money.ts';

// PostgreSQL cannot store the NUL character.
export const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
export const filled = (max: number) => text(max).min(1, 'form.required');
export const orNull = (typed: string): string | null => (typed === '' ? null : typed);

/** At most 14 digits and 6 decimals, as the columns hold; separators are refused, never guessed. */
export const decimal = z
  .string()
  .trim()
  .regex(/^\d{1,14}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
export const quantity = decimal.refine((typed) => !isZero(typed), 'form.must-be-positive');
export const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z.union([z.string().trim().length(0), schema]).transform(orNull);

export const unit = filled(30).transform((typed, check) => {
  const read = readUnit(typed);
  if (read !== null) return read;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});

export const localTime = z
  .string()
  .trim()
  .regex(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?)?$/, 'form.invalid-time');

/** The id of a row that is there; nothing for a new one. */
export const rowId = z
  .union([z.literal(''), z.uuid()])
  .default('')
  .transform((id) => (id === '' ? undefined : id));
