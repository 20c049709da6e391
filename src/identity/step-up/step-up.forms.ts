import { z } from 'zod';
import { isOwnPath } from '../../platform/web/return-to.ts';
import { codeForm, passkeyForm } from '../identity.forms.ts';

/** What goes on after the proof: a form that waits, or a page. A wrong way back leads home. */
const onwards = {
  form: z.uuid().optional(),
  to: z
    .string()
    .max(500)
    .transform((path) => (isOwnPath(path) ? path : '/'))
    .optional(),
};
export const onwardsForm = z.strictObject(onwards);
export type Onwards = z.infer<typeof onwardsForm>;

export const codeProofForm = codeForm.extend(onwards);
export const passkeyProofForm = passkeyForm.extend(onwards);
export const passwordProofForm = z.strictObject({ password: z.string().min(1).max(200), ...onwards });

export const continuationQuery = z.strictObject({ form: z.uuid() });
