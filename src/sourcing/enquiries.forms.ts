import { z } from 'zod';
import { audiences } from './enquiry.ts';

const words = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    // PostgreSQL cannot store the NUL character.
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => words(max).min(1, 'form.required');

export const enquiryForm = z.strictObject({ question: filled(5000) });

/** An answer; the question goes along in the words that its readers will see. */
export const responseForm = z.strictObject({
  question: filled(5000),
  answer: filled(10_000),
  audience: z.enum(audiences, 'form.invalid-choice'),
  reason: words(1000).default(''),
});
