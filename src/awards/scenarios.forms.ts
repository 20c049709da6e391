import { z } from 'zod';
import { compareDecimals, isPositive } from '../kernel/money.ts';
import { scenarioGoals, scenarioMethods } from './scenario.ts';

const emptyAsNull = z.literal('').transform(() => null);

const percent = z
  .string()
  .trim()
  .regex(/^\d{1,2}(\.\d{1,4})?$/, { error: 'form.invalid-number', abort: true })
  .refine((value) => isPositive(value) && compareDecimals(value, '100') < 0, 'form.must-be-positive');

const count = z
  .string()
  .trim()
  .regex(/^\d{1,4}$/, { error: 'form.invalid-number', abort: true })
  .transform(Number)
  .refine((value) => value >= 1 && value <= 1000, 'form.must-be-positive');

/** What a new scenario is asked for by; each method takes its own fields, and the others are empty. */
export const scenarioForm = z
  .strictObject({
    name: z.string().trim().max(100).default(''),
    method: z.enum(scenarioMethods).exclude(['by-hand']),
    goal: z.enum(scenarioGoals, 'form.invalid-choice').default('cost'),
    supplierId: z.union([emptyAsNull, z.uuid()]).default(null),
    maxSuppliers: z.union([emptyAsNull, count]).default(null),
    maxSharePercent: z.union([emptyAsNull, percent]).default(null),
  })
  .superRefine((value, issues) => {
    const lacks = (path: string): void =>
      issues.addIssue({ code: 'custom', path: [path], message: 'form.required' });
    if (value.method === 'one-supplier' && value.supplierId === null) lacks('supplierId');
    if (value.method === 'limits' && value.maxSuppliers === null && value.maxSharePercent === null)
      lacks('maxSuppliers');
  })
  .transform((value) => ({
    ...value,
    goal: value.method === 'limits' ? value.goal : 'cost',
    supplierId: value.method === 'one-supplier' ? value.supplierId : null,
    maxSuppliers: value.method === 'limits' ? value.maxSuppliers : null,
    maxSharePercent: value.method === 'limits' ? value.maxSharePercent : null,
  }));

export const scenariosQuery = z.object({ page: z.coerce.number().int().min(1).max(1000).catch(1) });
