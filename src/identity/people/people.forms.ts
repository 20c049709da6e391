import { z } from 'zod';
import { staffRoles, supplierRoles } from '../../kernel/actor.ts';
import { addDays, instantAt, isDay } from '../../kernel/time.ts';
import { oneOrMany } from '../../platform/web/carried-values.ts';
import { personSorts } from './people.queries.ts';
import { failureKinds } from './sign-in-failure.ts';

// PostgreSQL cannot store the NUL character.
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes('\0'), 'form.invalid-value');
const reason = line(1000).min(1, 'form.required');
const version = z.coerce.number().int().positive();

/** What the list of people is filtered by; a filter that makes no sense is no filter. */
export const personFilter = z.object({
  q: line(100).catch(''),
  kind: z.enum(['staff', 'supplier']).nullable().catch(null),
  role: z
    .enum([...staffRoles, ...supplierRoles])
    .nullable()
    .catch(null),
  standing: z.enum(['active', 'deactivated']).nullable().catch(null),
  sort: z.enum(personSorts).catch('name'),
});

export const grantForm = z.strictObject({ role: z.enum(staffRoles, 'form.invalid-choice'), reason, version });
export const removalForm = z.strictObject({ reason, version });
export const staffRole = z.enum(staffRoles);

export const decisionForm = z.strictObject({
  decision: z.enum(['grant', 'refuse'], 'form.invalid-choice'),
  reason: line(1000)
    .optional()
    .transform((text) => (text === undefined || text === '' ? null : text)),
});

const codes = z.preprocess(oneOrMany, z.array(z.string().regex(/^[A-Z0-9-]{1,20}$/)).max(500));

/** The plants and categories somebody is limited to. */
export const scopeForm = z.strictObject({ plants: codes, categories: codes, version });

const day = z
  .string()
  .refine((text) => isDay(text))
  .nullable()
  .catch(null);

/** What the list of failed sign-ins is filtered by. */
export const failureFilter = z.object({
  kind: z.enum(failureKinds).nullable().catch(null),
  email: line(320).catch(''),
  person: z.uuid().nullable().catch(null),
  network: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .nullable()
    .catch(null),
  from: day,
  to: day,
});
export type FailureQuery = z.infer<typeof failureFilter>;

/** Days are those of the reader's zone, both of them included. */
export const failureBounds = (
  query: Pick<FailureQuery, 'from' | 'to'>,
  timeZone: string,
): { from: Date | null; to: Date | null } => ({
  from: query.from === null ? null : instantAt(`${query.from}T00:00`, timeZone),
  to: query.to === null ? null : instantAt(`${addDays(query.to, 1)}T00:00`, timeZone),
});
