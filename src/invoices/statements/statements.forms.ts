import { z } from 'zod';
import { oneOrMany } from '../../platform/web/carried-values.ts';
import { statementStates } from './statement.ts';

const version = z.coerce.number().int().positive().max(1_000_000);
// PostgreSQL cannot store the NUL character.
const words = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
/** `2026-03` as the first day of the month. */
const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .transform((typed) => `${typed}-01`);

/** The filters of the list's address: what makes no sense there is not asked for. */
export const statementListQuery = z.object({
  state: z.enum(statementStates).nullable().default(null).catch(null),
  month: month.nullable().default(null).catch(null),
});
export const buildQuery = z.object({ month: month.nullable().default(null).catch(null) });

/** Whose, where, in which currency, as a tick carries it. */
const which = z
  .string()
  .max(120)
  .transform((typed) => typed.split('|'))
  .pipe(z.tuple([z.uuid(), z.string().min(1).max(40), z.string().regex(/^[A-Z]{3}$/)]))
  .transform(([supplierId, plantCode, currency]) => ({ supplierId, plantCode, currency }));
export const buildForm = z.strictObject({
  month,
  which: z.preprocess(oneOrMany, z.array(which).min(1, 'statement.nothing-chosen').max(200)),
});

const ids = z.preprocess(oneOrMany, z.array(z.uuid()).max(2_000)).transform((all) => new Set(all));
/** What was written beside lines; lines without a word are not in it. */
const said = z
  .array(z.strictObject({ lineId: z.uuid(), text: words(1000) }))
  .max(2_000)
  .default([])
  .transform(
    (all) => new Map(all.flatMap(({ lineId, text }) => (text === '' ? [] : [[lineId, text] as const]))),
  );

export const confirmationForm = z.strictObject({ version });
export const sendingForm = z.strictObject({ version, leftOut: ids });
export const revisionForm = z
  .strictObject({ version, leftOut: ids, lines: said })
  .transform(({ lines: answers, ...form }) => ({ ...form, answers }));
export const disputeForm = z
  .strictObject({ version, remark: words(1000).default(''), lines: said })
  .transform(({ lines: reasons, remark, ...form }) => ({
    ...form,
    reasons,
    remark: remark === '' ? null : remark,
  }));
