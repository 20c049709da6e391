import { z } from 'zod';
import { isZero } from '../kernel/money.ts';
import { isDay } from '../kernel/time.ts';

const orNull = (typed: string): string | null => (typed === '' ? null : typed);
const emptyOr = <T extends z.ZodType<string, string>>(schema: T) =>
  z
    .union([z.string().trim().length(0), schema])
    .transform(orNull)
    .default(null);
const quantity = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: 'form.invalid-number', abort: true });
const day = emptyOr(z.string().trim().refine(isDay, 'form.invalid-date'));

const typed = z.strictObject({
  formKey: z.uuid(),
  plantCode: z.string().trim().min(1, 'form.required').max(20),
  dueOn: day,
  account: z.string().trim().min(1, 'form.required').max(40),
  lines: z
    .array(z.strictObject({ agreementLineId: z.uuid(), quantity: emptyOr(quantity), dueOn: day }))
    .max(2000)
    .default([]),
});

/** Which lines of an agreement are ordered, how much of each, and for when; a line without a quantity is not ordered. */
export const callOffForm = typed.transform(({ formKey, dueOn, lines, ...form }) => ({
  ...form,
  id: formKey,
  lines: lines.flatMap((line) =>
    line.quantity === null || isZero(line.quantity)
      ? []
      : [{ ...line, quantity: line.quantity, dueOn: line.dueOn ?? dueOn }],
  ),
}));
