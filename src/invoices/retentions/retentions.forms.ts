import { z } from 'zod';
import { retentionStates } from './retention.ts';

const version = z.coerce.number().int().positive().max(1_000_000);

export const releaseForm = z.strictObject({ version });
export const reasonForm = z.strictObject({
  version,
  reason: z
    .string()
    .trim()
    .min(1, 'form.required')
    .max(1000)
    // PostgreSQL cannot store the NUL character.
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value'),
});

/** The filters of the list's address: what makes no sense there is not asked for. */
export const retentionListQuery = z.object({
  state: z.enum(retentionStates).nullable().default(null).catch(null),
  supplier: z.uuid().nullable().default(null).catch(null),
});
