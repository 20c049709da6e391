import { z } from 'zod';
import { isPositive } from '../kernel/money.ts';
import { readUnit } from '../kernel/unit-names.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';

// PostgreSQL cannot store the NUL character.
const code = z
  .string()
  .trim()
  .min(1, 'form.required')
  .max(60)
  .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const quantity = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true })
  .refine((typed) => isPositive(typed), 'form.must-be-positive');
const empty = z.string().trim().length(0);
const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const readable = z.string().trim().max(30);
const toUnit = (typed: string, check: z.RefinementCtx): string => {
  const read = readUnit(typed);
  if (read !== null) return read.unit;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
};

const terms = {
  supplierItemCode: code,
  unit: readable.min(1, 'form.required').transform(toUnit),
  supplierUnit: z.union([empty, readable.transform(toUnit)]).default(''),
  unitsPerSupplierUnit: z.union([empty.transform(() => '1'), quantity]).default('1'),
  packQuantity: z.union([empty, quantity]).transform(orNull).default(null),
  minimumQuantity: z.union([empty, quantity]).transform(orNull).default(null),
};
/** Where the supplier has no unit of its own it sells in ours. */
const inOurs = <T extends { readonly unit: string; readonly supplierUnit: string }>(typed: T): T => ({
  ...typed,
  supplierUnit: typed.supplierUnit === '' ? typed.unit : typed.supplierUnit,
});
const version = z.coerce.number().int().positive().max(1_000_000);

export const newSupplierItemForm = z
  .strictObject({ ...terms, itemCode: code, supplierId: z.uuid('form.required') })
  .transform(inOurs);
export const changeSupplierItemForm = z.strictObject({ ...terms, version }).transform(inOurs);
export const removeSupplierItemForm = z.strictObject({ version });

/** Numbers of a spreadsheet that was looked at: each is read again as if it were typed. */
const carriedSupplierItem = z
  .strictObject({
    ...terms,
    itemCode: code,
    supplierId: z.uuid(),
    /** As it was seen; null where it is new. */
    version: z.number().int().positive().max(1_000_000).nullable(),
  })
  .transform(inOurs);
export const importSupplierItemsForm = z.strictObject({
  item: z.preprocess(
    oneOrMany,
    z.array(z.string().max(1000).transform(readJson).pipe(carriedSupplierItem)).min(1).max(2000),
  ),
});

/** A filter that makes no sense is no filter. */
export const supplierItemsQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  item: z.string().trim().min(1).max(60).nullable().catch(null),
});
