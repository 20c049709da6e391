import { z } from 'zod';
import { incoterms } from '../kernel/incoterm.ts';
import { isPositive } from '../kernel/money.ts';
import { readTax, taxKey } from '../kernel/tax.ts';
import { readUnit } from '../kernel/unit-names.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import { type ItemConversion, readConversions } from './item.ts';

// PostgreSQL cannot store the NUL character.
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const wrong = (check: z.RefinementCtx, message: string): never => {
  check.addIssue({ code: 'custom', message });
  return z.NEVER;
};

const unit = text(30)
  .min(1, 'form.required')
  .transform((typed, check): string => readUnit(typed)?.unit ?? wrong(check, 'sourcing.unknown-unit'));
const conversions = text(500)
  .default('')
  .transform(
    (typed, check): ItemConversion[] =>
      readConversions(typed) ?? wrong(check, 'items.unreadable-conversions'),
  );
const quantity = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => isPositive(typed), 'form.must-be-positive');
const tax = text(12)
  .default('')
  .transform((typed, check): string | null => {
    if (typed === '') return null;
    const read = readTax(typed);
    return read === null ? wrong(check, 'form.invalid-choice') : taxKey(read);
  });

const terms = {
  description: text(500).min(1, 'form.required'),
  descriptionZh: text(500).default('').transform(orNull),
  categoryCode: text(20).min(1, 'form.required'),
  unit,
  conversions,
  packQuantity: z
    .union([z.literal(''), quantity])
    .default('')
    .transform(orNull),
  packaging: text(200).default('').transform(orNull),
  tax,
  incoterm: z
    .union([z.literal('').transform(() => null), z.enum(incoterms, 'form.invalid-choice')])
    .prefault(''),
};
const code = text(60).min(1, 'form.required');
const version = z.coerce.number().int().positive().max(1_000_000);

export const newItemForm = z.strictObject({ ...terms, code });
export const changeItemForm = z.strictObject({ ...terms, version });
/** The move of an item, as its page was when somebody chose it. */
export const itemMoveForm = z.strictObject({ version });

/** An item of a spreadsheet that was looked at: each is read again as if it were typed. */
const carriedItem = z.strictObject({
  ...terms,
  code,
  state: z.enum(['active', 'retired']),
  /** As it was seen; null where it is new. */
  version: z.number().int().positive().max(1_000_000).nullable(),
});
export type CarriedItem = z.infer<typeof carriedItem>;

export const importItemsForm = z.strictObject({
  item: z.preprocess(
    oneOrMany,
    z.array(z.string().max(4000).transform(readJson).pipe(carriedItem)).min(1).max(2000),
  ),
});

/** A filter that makes no sense is no filter; retired items are shown when asked for. */
export const itemsQuery = z.object({
  q: text(100).catch(''),
  category: z.string().min(1).max(20).nullable().catch(null),
  state: z.enum(['active', 'retired', 'all']).catch('active'),
});
