import { z } from 'zod';
import type { DecimalString } from '../../kernel/money.ts';
import { quantity, text } from '../deliveries.forms.ts';
import { unitKinds } from './handling-unit.ts';
import { readSscc } from './sscc.ts';

const SERIALS_AT_MOST = 1000;

/** As a list comes out of a scanner or a sheet: each on a line of its own, or with commas or blanks between. */
const serialNumbers = text(60_000)
  .transform((typed) => typed.split(/[\s,;，；、]+/).filter((serial) => serial !== ''))
  .refine((serials) => serials.length <= SERIALS_AT_MOST, 'handling_unit.too-many-serial-numbers')
  .refine((serials) => serials.every((serial) => serial.length <= 60), 'handling_unit.serial-number-too-long')
  .default([]);

/** At most 9 digits and 3 decimals, as the column holds. */
const weight = z
  .string()
  .trim()
  .regex(/^(\d{1,9}(\.\d{1,3})?)?$/, 'form.invalid-number')
  .transform((typed): DecimalString | null => (/[1-9]/.test(typed) ? typed : null))
  .default(null);

const content = z.strictObject({
  poLineId: z.union([z.uuid(), z.literal('')]).default(''),
  quantity,
  lotNumber: text(50).default(''),
  serialNumbers,
});

/** The units of a delivery; rows without a line and units without rows are left out later. */
export const packingForm = z.strictObject({
  packingNo: z.coerce.number().int().min(0),
  units: z
    .array(
      z.strictObject({
        kind: z.enum(unitKinds),
        sscc: text(40).transform(readSscc).default(''),
        grossWeightKg: weight,
        contents: z.array(content).max(100).default([]),
      }),
    )
    .max(200)
    .default([]),
});

/** How the form is filled at first: all in one unit, or so much of each line in each. */
export const proposalQuery = z
  .looseObject({
    kind: z.enum(unitKinds).catch('pallet').default('pallet'),
    mode: z.enum(['together', 'by-line']).catch('together').default('together'),
  })
  .transform(({ kind, mode, ...rest }) => ({ kind, mode, perUnit: perUnitIn(rest) }));
export type Proposal = z.output<typeof proposalQuery>;

/** `per-<line id>=500` of the address, by line. */
const perUnitIn = (query: Readonly<Record<string, unknown>>): ReadonlyMap<string, DecimalString> =>
  new Map(
    Object.entries(query).flatMap(([key, value]) =>
      key.startsWith('per-') &&
      typeof value === 'string' &&
      /^\d{1,14}(\.\d{1,6})?$/.test(value) &&
      /[1-9]/.test(value)
        ? [[key.slice('per-'.length), value]]
        : [],
    ),
  );

/** How many rows each unit of a form has that was sent, so that it is shown again with all of them. */
export const typedRows = z
  .looseObject({
    units: z
      .array(z.looseObject({ contents: z.array(z.unknown()).catch([]).default([]) }))
      .catch([])
      .default([]),
  })
  .transform(({ units }) => units.map((unit) => unit.contents.length))
  .catch([]);
