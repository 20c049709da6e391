import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { type ApprovalRule, type Approver, approverRoles, decisions } from './approval.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const code = text(20).default('').transform(orNull);

const days = z
  .string()
  .trim()
  .regex(/^\d{0,2}$/, 'approvals.invalid-days')
  .default('')
  .transform((typed) => (typed === '' ? null : Number(typed)))
  .refine((count) => count === null || (count >= 1 && count <= 60), 'approvals.invalid-days');

/** A person's id, or `role:approver`. */
const approver = z
  .string()
  .max(60)
  .min(1, 'form.required')
  .transform((typed, check): Approver => {
    const role = approverRoles.find((one) => typed === `role:${one}`);
    if (role !== undefined) return { approverId: null, approverRole: role };
    if (z.uuid().safeParse(typed).success) return { approverId: typed, approverRole: null };
    check.addIssue({ code: 'custom', message: 'form.invalid-choice' });
    return z.NEVER;
  });

const ruleForm = z
  .strictObject({
    fromAmount: z
      .string()
      .trim()
      .regex(/^(\d{1,14}(\.\d{1,4})?)?$/, 'form.invalid-number')
      .default('')
      .transform((typed) => (typed === '' ? '0' : typed)),
    categoryCode: code,
    plantCode: code,
    stage: z
      .string()
      .trim()
      .regex(/^[1-9]$/, 'form.invalid-choice')
      .transform(Number),
    needs: z.enum(['all', 'any'], 'form.invalid-choice'),
    approver,
    remindAfterDays: days,
    escalateAfterDays: days,
    escalateTo: z
      .union([z.literal(''), z.uuid('form.invalid-choice')])
      .default('')
      .transform(orNull),
  })
  .transform(({ approver: who, ...rule }): ApprovalRule => ({ ...rule, ...who }))
  .refine((rule) => rule.escalateTo === null || rule.escalateAfterDays !== null, {
    path: ['escalateAfterDays'],
    message: 'form.required',
  });

/** A new version of the rules. */
export const policyForm = z.strictObject({
  version: z.coerce.number().int().nonnegative(),
  validFrom: z.string().trim().refine(isDay, 'form.invalid-date'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'form.invalid-choice'),
  note: text(1000).default(''),
  rules: z.array(ruleForm).max(200).default([]),
  next: z.enum(['save']).default('save'),
});

/** The rows in which somebody is chosen; the others are empty ones that were offered. */
export function tidyRules(body: unknown): Record<string, unknown> {
  const { rules, ...rest } = (body ?? {}) as Record<string, unknown>;
  const rows = typeof rules === 'object' && rules !== null ? Object.values(rules) : [];
  const chosen = rows.filter((row) => {
    const who = (row as { approver?: unknown } | null)?.approver;
    return typeof who === 'string' && who !== '';
  });
  return { ...rest, rules: chosen };
}

/** What an approver says. */
export const decisionForm = z.strictObject({
  decision: z.enum(decisions, 'form.invalid-choice'),
  comment: text(2000).default(''),
});
