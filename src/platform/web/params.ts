import type { Request } from 'express';
import type { z } from 'zod';
import { AppError, type FieldError, notFound } from '../../kernel/errors.ts';
import { isId } from '../../kernel/id.ts';
import type { PageRequest } from '../../kernel/page.ts';

/** A malformed id in a path names nothing, so it is a 404 and not a 400. */
export function idParam(req: Request, name: string): string {
  const value = req.params[name];
  if (!isId(value)) throw notFound(name.replace(/Id$/, ''));
  return value;
}

/**
 * Reads a body or query through its schema.
 * @throws AppError `invalid` `form.invalid` with one entry a wrong field: a zod message that is a key of
 * the catalogue (`form.required`) is shown in the reader's language, any other becomes `form.invalid-value`.
 */
export function parseForm<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const fields: FieldError[] = result.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    code: issue.message.includes('.') && !issue.message.includes(' ') ? issue.message : codeOf(issue),
    message: issue.message,
    params: paramsOf(issue),
  }));
  throw new AppError('invalid', 'form.invalid', 'The form has errors', { fields });
}

/** Zod's own findings under the names the catalogues know. */
function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') return 'form.too-long';
  if (issue.code === 'too_small') return 'form.required';
  if (issue.code === 'unrecognized_keys') return 'form.unknown-field';
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'form.required';
  return 'form.invalid-value';
}

function paramsOf(issue: z.core.$ZodIssue): Record<string, string | number> {
  return issue.code === 'too_big' ? { maximum: Number(issue.maximum) } : {};
}

/** `?after=…` of a list; lists show 50 rows. */
export function pageRequest(req: Request, limit = 50): PageRequest {
  const after = req.query['after'];
  return { after: typeof after === 'string' && after.length <= 200 ? after : null, limit };
}
