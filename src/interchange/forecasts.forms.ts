import { z } from 'zod';
import { readUnit } from '../catalog/index.ts';
import { fewestWeeks, mostLines, mostWeeks } from '../forecasts/index.ts';
import { trimDecimal } from '../kernel/money.ts';
import { weekNamed } from '../kernel/week.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const filled = (max: number) => text(max).min(1, 'form.required');
const week = z.string().transform((name, check) => {
  const read = weekNamed(name);
  if (read !== null) return read;
  check.addIssue({ code: 'custom', message: 'forecast.no-such-week' });
  return z.NEVER;
});
const unit = text(30).transform((written, check) => {
  const read = written === '' ? '' : readUnit(written)?.unit;
  if (read !== undefined) return read;
  check.addIssue({ code: 'custom', message: 'sourcing.unknown-unit' });
  return z.NEVER;
});
const quantities = z
  .record(z.string().max(10), z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'forecast.no-quantity'))
  .transform((byName, check) => {
    const byWeek = new Map<string, string>();
    for (const [name, quantity] of Object.entries(byName)) {
      const read = weekNamed(name);
      if (read === null) check.addIssue({ code: 'custom', message: 'forecast.no-such-week', path: [name] });
      else byWeek.set(read, trimDecimal(quantity));
    }
    return byWeek;
  });

/** A version of a forecast as a system sends it. Numbers are strings: a number of JSON is not exact. */
export const forecastBody = z.strictObject({
  plannerEmail: z.email('form.invalid-value').max(254),
  supplier: filled(40),
  plantCode: filled(20),
  categoryCode: filled(20),
  fromWeek: week,
  weeks: z
    .int()
    .min(fewestWeeks, 'forecast.weeks-out-of-range')
    .max(mostWeeks, 'forecast.weeks-out-of-range'),
  firmWeeks: z.int().min(0).max(mostWeeks).nullable().default(null),
  tradeOffWeeks: z.int().min(0).max(mostWeeks).nullable().default(null),
  note: text(2000).default(''),
  publish: z.boolean().default(false),
  lines: z
    .array(
      z.strictObject({
        itemCode: filled(60),
        description: text(500).default(''),
        unit: unit.default(''),
        quantities,
      }),
    )
    .min(1)
    .max(mostLines),
});
export type ForecastBody = z.infer<typeof forecastBody>;
