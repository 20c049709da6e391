import { z } from 'zod';
import { incoterms } from '../kernel/incoterm.ts';
import { compareDecimals, trimDecimal } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';
import { oneOrMany, readJson } from '../platform/web/carried-values.ts';
import type { ItemDetails, NewEventItem } from './event-item.ts';
import type { Structure } from './event-lines.service.ts';
import { decimal, emptyOr, filled, orNull, quantity, rowId, text, unit } from './form-fields.ts';
import type { ImportedItem, NewLot } from './lot.ts';

const lineFields = {
  itemCode: text(60).default('').transform(orNull),
  description: filled(500),
  quantity,
  unit,
  needByOn: emptyOr(z.string().trim().refine(isDay, 'form.invalid-date')).default(null),
  estimatedPrice: emptyOr(decimal).default(null),
};

/** One line as it is typed. */
export const lineForm = z
  .strictObject({
    ...lineFields,
    id: rowId,
    lotNo: z
      .string()
      .regex(/^\d{0,3}$/)
      .default('')
      .transform((typed) => (typed === '' ? null : Number(typed))),
  })
  .transform(({ unit: read, ...line }): NewEventItem => ({ ...line, ...read }));

/** Quantities in a row: `500 1000; 5000`. Each once, and in order. */
export const tiers = text(400).transform((typed, check): string[] => {
  const read = typed.split(/[\s;；、]+/).filter((one) => one !== '');
  if (read.length <= 20 && read.every((one) => quantity.safeParse(one).success))
    return [...new Set(read.map(trimDecimal))].sort(compareDecimals);
  check.addIssue({ code: 'custom', message: 'sourcing.tiers-unreadable' });
  return z.NEVER;
});

/** One line as it was read from a spreadsheet. */
const importedLineForm = z
  .strictObject({
    ...lineFields,
    lot: text(200).default('').transform(orNull),
    specification: text(10_000).default(''),
    targetPrice: emptyOr(decimal).default(null),
    reservePrice: emptyOr(decimal).default(null),
    tiers: tiers.default([]),
    takesAlternates: z.boolean().default(false),
  })
  .transform(({ unit: read, ...line }): ImportedItem => ({ ...line, ...read }));

/** The lots of the form, in their rows. */
export const lotsForm = z
  .array(z.strictObject({ id: rowId, title: text(200), description: text(5000).default('') }))
  .max(100);

type TypedStructure = {
  readonly lots: readonly NewLot[];
  readonly lines: readonly NewEventItem[];
};

/** Rows of lots without a title are left out, and lines follow the lots that stay. */
export function tidyLots<T extends TypedStructure>(typed: T): Omit<T, 'lots' | 'lines'> & Structure {
  const { lots: rows, lines, ...rest } = typed;
  const lots = rows.filter((lot) => lot.title !== '');
  const newNo = new Map(rows.map((lot, index) => [index + 1, lots.indexOf(lot) + 1]));
  const placed = lines.map((line) => ({ ...line, lotNo: newNo.get(line.lotNo ?? 0) || null }));
  return { ...rest, lots, items: placed };
}

type TypedLine = Readonly<Record<string, unknown>>;
const isBlank = (line: TypedLine): boolean =>
  ['itemCode', 'description', 'quantity', 'estimatedPrice'].every((field) => {
    const typed = line[field];
    return typed === undefined || (typeof typed === 'string' && typed.trim() === '');
  });

/**
 * The body with its lines in a row: a form sends them by number, with gaps where some were removed. Rows
 * in which nothing was typed are left out; an unit or a date alone is not a line.
 */
export function tidyLines(body: unknown): Record<string, unknown> {
  const { lines, lots, ...rest } = (body ?? {}) as Record<string, unknown>;
  return {
    ...rest,
    ...(lots === undefined ? {} : { lots: inARow(lots) }),
    ...(lines === undefined ? {} : { lines: inARow(lines).filter((row) => !isBlank(row)) }),
  };
}

function inARow(given: unknown): TypedLine[] {
  const rows = typeof given === 'object' && given !== null ? Object.values(given) : [];
  return rows.filter((row): row is TypedLine => typeof row === 'object' && row !== null);
}

/** Lines that were looked at in a preview; each is a line's JSON, read again as if it were typed. */
export const importForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  mode: z.enum(['add', 'replace'], 'form.invalid-choice'),
  line: z.preprocess(
    oneOrMany,
    z.array(z.string().max(20_000).transform(readJson).pipe(importedLineForm)).min(1).max(2000),
  ),
});

const isChecked = z
  .literal('yes')
  .optional()
  .transform((typed) => typed === 'yes');

const scheduleRow = z.strictObject({
  quantity: z.union([z.string().trim().length(0), quantity]),
  deliverOn: z.union([z.string().trim().length(0), z.string().trim().refine(isDay, 'form.invalid-date')]),
});

/** What a line says beyond its columns, as its own page sends it. */
export const itemDetailsForm = z
  .strictObject({
    version: z.coerce.number().int().positive(),
    specification: text(10_000),
    targetPrice: emptyOr(decimal),
    reservePrice: emptyOr(decimal),
    takesAlternates: isChecked,
    asksCapacity: isChecked,
    incoterm: z.union([z.literal('').transform(() => null), z.enum(incoterms, 'form.invalid-choice')]),
    incotermPlace: text(200),
    tiers,
    schedule: z.preprocess(inARow, z.array(scheduleRow).max(60)),
  })
  .transform(({ version, schedule, ...details }, check): { version: number; details: ItemDetails } => {
    const parts = schedule.filter((part) => part.quantity !== '' || part.deliverOn !== '');
    for (const [index, part] of schedule.entries())
      if ((part.quantity === '') !== (part.deliverOn === ''))
        check.addIssue({
          code: 'custom',
          path: ['schedule', index, 'quantity'],
          message: 'sourcing.part-incomplete',
        });
    if (new Set(parts.map((part) => part.deliverOn)).size < parts.length)
      check.addIssue({ code: 'custom', path: ['schedule', 0, 'deliverOn'], message: 'sourcing.day-twice' });
    return { version, details: { ...details, schedule: parts } };
  });
