import { z } from 'zod';
import { supplierRoles } from '../kernel/actor.ts';
import { isTimeZone } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { contactForm, supplierForm } from './suppliers.forms.ts';

// PostgreSQL cannot store the NUL character.
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes('\0'), 'form.invalid-value');
const filled = (max: number) => line(max).min(1, 'form.required');
const timeZone = z.string().max(64).refine(isTimeZone, 'form.invalid-choice');
const version = z.coerce.number().int().positive();
const ids = z.preprocess(oneOrMany, z.array(z.uuid()).max(200));
const roles = z.preprocess(
  oneOrMany,
  z.array(z.enum(supplierRoles, 'form.invalid-choice')).min(1, 'form.required').max(4),
);

/** A site as the supplier's administrator enters it. */
export const siteForm = z.strictObject({
  name: filled(120),
  country: supplierForm.shape.country,
  address: supplierForm.shape.address,
  timeZone,
});
export const siteRevisionForm = siteForm.extend({ version });

/** Somebody who is to be let in. */
export const invitationForm = contactForm.omit({ isPrimary: true }).extend({ siteIds: ids });

/** What somebody may do, and where. */
export const rightsForm = z.strictObject({ roles, siteIds: ids, version });

/** Why somebody leaves and who takes over; an empty successor is nobody. */
export const leavingForm = z.strictObject({
  reason: filled(1000),
  successorId: z.union([z.uuid(), z.literal('')]).transform((id) => (id === '' ? null : id)),
});

export const reasonForm = z.strictObject({ reason: filled(1000) });

/** A new administrator for a supplier that has nobody who can let people in. */
export const recoveryForm = z.strictObject({
  reason: filled(1000),
  replacedContactId: z.union([z.uuid(), z.literal('')]).transform((id) => (id === '' ? null : id)),
  name: filled(120),
  email: contactForm.shape.email,
  phone: contactForm.shape.phone,
  locale: contactForm.shape.locale,
  timeZone,
});

/** A decision on it; only an approval needs no reason. */
export const decisionForm = z.strictObject({
  decision: z.enum(['approve', 'overrule', 'reject'], 'form.invalid-choice'),
  reason: line(1000).default(''),
});
