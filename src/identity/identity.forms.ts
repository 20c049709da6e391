import { z } from 'zod';
import { locales } from '../platform/i18n/catalogue.ts';
import { isOwnPath } from '../platform/web/return-to.ts';
import { asTimeZone, themes } from './user.ts';

const secret = z.string().min(1).max(200);

export const signInForm = z.strictObject({
  email: z.string().trim().min(1).max(320),
  password: secret,
});

/** A one-time or recovery code, as people type it. */
export const codeForm = z.strictObject({ code: z.string().trim().min(1).max(40) });

/** What a passkey answered: JSON in a field; what is in it is the library's to check. */
const passkeyAnswer = z
  .string()
  .max(20_000)
  .transform((text, context): { id: string } => {
    try {
      return z.looseObject({ id: z.string().min(1).max(2_000) }).parse(JSON.parse(text));
    } catch {
      context.addIssue('passkey.not-accepted');
      return z.NEVER;
    }
  });
export const passkeyForm = z.strictObject({ response: passkeyAnswer });
export const passkeyNameForm = z.strictObject({ name: z.string().trim().max(60), response: passkeyAnswer });

export const newLinkForm = z.strictObject({
  email: z.string().trim().min(1).max(320),
  lostLink: z
    .string()
    .max(100)
    .transform((token) => (token === '' ? null : token))
    .default(null),
});

export const passwordForm = z
  .strictObject({ current: z.string().max(200).optional(), password: secret, repeated: secret })
  .refine((form) => form.password === form.repeated, {
    path: ['repeated'],
    error: 'password.repeated-differs',
  });

/** What the header sends: each part alone or together. A wrong way back leads home. */
export const preferencesForm = z.strictObject({
  locale: z.enum(locales).optional(),
  theme: z.enum(themes).optional(),
  timeZone: z
    .string()
    .refine((zone) => asTimeZone(zone) !== null, { error: 'form.invalid-choice' })
    .optional(),
  returnTo: z
    .string()
    .transform((path) => (isOwnPath(path) ? path : '/'))
    .default('/'),
});

export const ticketForm = z.strictObject({ ticket: z.string().min(1).max(100) });
