import { z } from 'zod';
import { chargeReasons } from '../../kernel/charge.ts';
import { untaxedCategories } from '../../kernel/tax-exemption.ts';
import { submissionForm } from '../invoices.forms.ts';
import { candidateKinds } from './candidate.ts';
import type { TypedFields } from './prefill.ts';

const version = z.coerce.number().int().positive().max(1_000_000);
const typed = (most: number) => z.string().max(most).default('');

/** A draft keeps what was typed, right or wrong: only how much of it there may be is said here. */
const keptForm = z.strictObject({
  version,
  supplierNumber: typed(60),
  issuedOn: typed(10),
  tax: typed(20),
  exemptions: z
    .partialRecord(z.enum(untaxedCategories), z.strictObject({ code: typed(30), reason: typed(500) }))
    .default({}),
  lines: z
    .array(z.strictObject({ poLineId: z.uuid(), quantity: typed(40), unitPrice: typed(40), tax: typed(20) }))
    .max(2_000)
    .default([]),
  charges: z
    .array(
      z.strictObject({
        orderChargeId: typed(36),
        reason: z.enum(chargeReasons, 'form.invalid-choice'),
        description: typed(200),
        amount: typed(40),
        tax: typed(20),
      }),
    )
    .max(20)
    .default([]),
});
export const draftForm = keptForm.transform(
  ({ version: current, ...fields }): { version: number; typed: TypedFields } => ({
    version: current,
    typed: fields,
  }),
);

export const draftSubmissionForm = z.strictObject({ ...submissionForm.shape, version });
export const draftVersionForm = z.strictObject({ version });
export const sourceForm = z
  .strictObject({ version, candidate: z.string().max(60) })
  .transform(({ version: current, candidate }, issues) => {
    const [kind, id] = candidate.split(':');
    const read = z.object({ kind: z.enum(candidateKinds), id: z.uuid() }).safeParse({ kind, id });
    if (read.success) return { version: current, source: read.data };
    issues.addIssue({ code: 'custom', path: ['candidate'], message: 'form.invalid-choice' });
    return z.NEVER;
  });

/** What the address of a draft's page asks for; what makes no sense there is not asked for. */
export const draftPageQuery = z.object({
  choose: z
    .literal('yes')
    .transform(() => true)
    .catch(false)
    .default(false),
  search: z.string().trim().max(100).default('').catch(''),
});
