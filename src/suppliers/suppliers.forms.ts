import { z } from 'zod';
import { supplierRoles } from '../kernel/actor.ts';
import { isTimeZone } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { supplierLifecycle } from './supplier.ts';
import { supplierSorts } from './suppliers.queries.ts';

// PostgreSQL cannot store the NUL character.
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes('\0'), 'form.invalid-value');
const filled = (max: number) => line(max).min(1, 'form.required');
const orNull = (text: string): string | null => (text === '' ? null : text);

/** A supplier as a buyer enters it. */
export const supplierForm = z.strictObject({
  name: filled(200),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^([A-Z]{2})?$/, 'supplier.invalid-country')
    .transform(orNull),
  address: line(600).transform((text) =>
    text
      .split('\n')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ),
  taxId: line(60).transform(orNull),
  language: z.enum(['en', 'zh-CN'], 'form.invalid-choice'),
});

/** What is known of a supplier, changed by somebody who saw this version of it. */
export const revisionForm = supplierForm.extend({ version: z.coerce.number().int().positive() });

/** Why a supplier is put on hold or released. */
export const reasonForm = z.strictObject({ reason: filled(1000) });

/** Somebody who answers for a supplier. */
export const contactForm = z.strictObject({
  name: filled(120),
  email: z.email('form.invalid-email').max(254),
  phone: line(40).transform(orNull),
  isPrimary: z
    .literal('yes')
    .optional()
    .transform((value) => value === 'yes'),
  roles: z.preprocess(
    oneOrMany,
    z.array(z.enum(supplierRoles, 'form.invalid-choice')).min(1, 'form.required').max(4),
  ),
  locale: z.enum(['en', 'zh-CN'], 'form.invalid-choice'),
  timeZone: z.string().max(64).refine(isTimeZone, 'form.invalid-choice'),
});

/** What the list of suppliers is filtered by; a filter that makes no sense is no filter. */
export const supplierFilter = z.object({
  q: line(100).catch(''),
  state: z.enum(supplierLifecycle.states).nullable().catch(null),
  sort: z.enum(supplierSorts).catch('name'),
});
