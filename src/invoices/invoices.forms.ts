import { z } from 'zod';
import { chargeReasons } from '../kernel/charge.ts';
import { readTax, type Tax } from '../kernel/tax.ts';
import { untaxedCategories } from '../kernel/tax-exemption.ts';
import { isDay } from '../kernel/time.ts';
import type { TypedCharge } from './charges/charge-form.ts';
import type { EnteredInvoice } from './figures.ts';
import { invoiceStates } from './invoice.ts';
import { isNumber, type TypedRow } from './invoice-form.ts';
import type { InvoiceFilter } from './invoice-list.queries.ts';

const part = z.string().trim().min(1).max(100).nullable().default(null).catch(null);
const yes = z
  .literal('yes')
  .transform(() => true)
  .catch(false)
  .default(false);

/** The filters of the list's address: what makes no sense there is not asked for. */
export const invoiceListQuery = z.object({
  state: z.enum(invoiceStates).nullable().default(null).catch(null),
  supplier: part,
  search: part,
  overdue: yes,
});

/** The filter as an address carries it, without what is not asked for. */
export const asQuery = (filter: InvoiceFilter): Record<string, string> => ({
  ...(filter.state === null ? {} : { state: filter.state }),
  ...(filter.supplier === null ? {} : { supplier: filter.supplier }),
  ...(filter.search === null ? {} : { search: filter.search }),
  ...(filter.overdue ? { overdue: 'yes' } : {}),
});

export const exceptionListQuery = z.object({
  mine: yes,
  owner: z.enum(['supplier', 'buyer']).nullable().default(null).catch(null),
});

const version = z.coerce.number().int().positive().max(1_000_000);
const day = z.string().refine((value) => isDay(value), 'form.invalid-date');
const number = z.string().trim().min(1, 'form.required').refine(isNumber, 'form.invalid-number');

function asTax(key: string, ctx: z.RefinementCtx): Tax {
  const read = readTax(key);
  if (read !== null) return read;
  ctx.addIssue({ code: 'custom', message: 'form.invalid-choice' });
  return z.NEVER;
}
const tax = z.string().max(20).transform(asTax);
const orNull = (text: string): string | null => (text === '' ? null : text);
/** Empty: as all other lines. */
const ownTax = z
  .string()
  .max(20)
  .default('')
  .transform((key, ctx) => (key === '' ? null : asTax(key, ctx)));

const line = z
  .strictObject({
    poLineId: z.uuid(),
    quantity: z.string().trim().max(40),
    unitPrice: z.string().trim().max(40),
    tax: ownTax,
  })
  .superRefine((row, issues) => {
    if (isLeftOut(row.quantity)) return;
    for (const field of ['quantity', 'unitPrice'] as const)
      for (const issue of number.safeParse(row[field]).error?.issues ?? [])
        issues.addIssue({ code: 'custom', path: [field], message: issue.message });
  });

/** An empty quantity, or none, leaves the line for another invoice. */
const isLeftOut = (quantity: string): boolean => quantity === '' || /^0+(\.0*)?$/.test(quantity);

const charge = z
  .strictObject({
    orderChargeId: z.union([z.literal(''), z.uuid()]).default(''),
    reason: z.enum(chargeReasons, 'form.invalid-choice'),
    description: z.string().trim().max(200).default(''),
    amount: z.string().trim().max(40).default(''),
    tax: ownTax,
  })
  .superRefine((row, issues) => {
    if (isLeftOut(row.amount)) return;
    for (const issue of number.safeParse(row.amount).error?.issues ?? [])
      issues.addIssue({ code: 'custom', path: ['amount'], message: issue.message });
  });

/** Why no tax is charged; what is left empty is not said. */
const exemption = z.strictObject({
  code: z.string().max(30).default('').transform(orNull),
  reason: z.string().trim().max(500).default('').transform(orNull),
});
const exemptions = z.partialRecord(z.enum(untaxedCategories), exemption).default({});

const figures = {
  supplierNumber: z.string().trim().min(1, 'form.required').max(60),
  issuedOn: day,
  tax,
  exemptions,
  lines: z.array(line).max(2_000).default([]),
  charges: z.array(charge).max(20).default([]),
};
export const submissionForm = z.strictObject(figures);
export const correctionForm = z.strictObject({ ...figures, version });

/** What was entered, by the rows that invoice something. */
export const enteredOf = (form: z.infer<typeof submissionForm>): EnteredInvoice => ({
  supplierNumber: form.supplierNumber,
  issuedOn: form.issuedOn,
  tax: form.tax,
  exemptions: form.exemptions,
  lines: form.lines.flatMap((row, index) => (isLeftOut(row.quantity) ? [] : [{ ...row, row: index }])),
  charges: form.charges.flatMap((row, index) =>
    isLeftOut(row.amount)
      ? []
      : [{ ...row, orderChargeId: row.orderChargeId === '' ? null : row.orderChargeId, row: index }],
  ),
});

const reason = z.string().trim().min(1, 'form.required').max(2000);
export const approvalForm = z.strictObject({ version });
export const reasonForm = z.strictObject({ version, reason });
export const paymentForm = z.strictObject({
  version,
  paidOn: day,
  paymentReference: z.string().trim().min(1, 'form.required').max(100),
});

const typed = z.string().max(1000).catch('');
const typedFigures = z.object({
  tax: typed,
  lines: z
    .array(z.object({ poLineId: typed, quantity: typed, unitPrice: typed, tax: typed }))
    .max(2_000)
    .catch([]),
  charges: z
    .array(
      z.object({
        orderChargeId: typed,
        reason: z.enum(chargeReasons).catch('other'),
        description: typed,
        amount: typed,
        tax: typed,
      }),
    )
    .max(20)
    .catch([]),
});
/** The form as it was typed, to be shown again: nothing is refused here. Null when nothing was sent. */
export function typedOf(
  body: unknown,
): { tax: string; rows: ReadonlyMap<string, TypedRow>; charges: readonly TypedCharge[] } | null {
  const read = typedFigures.safeParse(body);
  if (!read.success) return null;
  const { lines, ...rest } = read.data;
  return { ...rest, rows: new Map(lines.map((row) => [row.poLineId, row])) };
}

/** Without JavaScript the sums are made new by the server. */
export const asksToRecalculate = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'recalculate');
