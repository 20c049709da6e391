import { z } from 'zod';

/** A field that a form may hold once, often or not at all, as a list. */
export const oneOrMany = (value: unknown): unknown => (typeof value === 'string' ? [value] : (value ?? []));

/** What a page carries along as JSON, such as a row of a file that was looked at; the schema behind it reads it as if it were typed. */
export function readJson(typed: string, check: z.RefinementCtx): unknown {
  try {
    return JSON.parse(typed);
  } catch {
    check.addIssue({ code: 'custom', message: 'form.malformed' });
    return z.NEVER;
  }
}
