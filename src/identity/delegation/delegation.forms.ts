import { z } from 'zod';
import { isDay } from '../../kernel/time.ts';
import { oneOrMany } from '../../platform/web/carried-values.ts';
import { delegableRoles } from './delegation.ts';

const day = z.string().refine(isDay, 'form.required');

export const delegationForm = z.strictObject({
  delegateId: z.uuid('form.required'),
  roles: z.preprocess(
    oneOrMany,
    z.array(z.enum(delegableRoles, 'form.invalid-choice')).min(1, 'form.required').max(delegableRoles.length),
  ),
  fromOn: day,
  untilOn: day,
  note: z
    .string()
    .trim()
    .max(500)
    .refine((text) => !text.includes('\0'), 'form.invalid-value')
    .default(''),
});
