import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import type { NamedCalendar } from './calendar.ts';
import { readDays } from './calendar-days.ts';

const name = z.string().trim().min(1, 'form.required').max(100);

const fields = {
  nameEn: name,
  nameZh: name,
  weekday: z.preprocess(
    oneOrMany,
    z.array(z.coerce.number().int().min(1).max(7)).min(1, 'calendar.no-weekday').max(7),
  ),
  isCompany: z.literal('yes').optional(),
  confirmedUntil: z
    .union([z.literal(''), z.string().trim().refine(isDay, 'form.invalid-date')])
    .default('')
    .transform((day) => (day === '' ? null : day)),
  plant: z.preprocess(oneOrMany, z.array(z.string().max(20)).max(1000)),
  days: z
    .string()
    .max(100_000)
    .transform((typed, check) => {
      const read = readDays(typed);
      if ('days' in read) return read.days;
      check.addIssue({ code: 'custom', message: 'calendar.line-unreadable' });
      return z.NEVER;
    }),
};

type Typed = z.output<z.ZodObject<typeof fields>>;
const toCalendar = ({ weekday, isCompany, plant, ...rest }: Typed) => ({
  ...rest,
  workingWeekdays: [...new Set(weekday)].sort((a, b) => a - b),
  isCompany: isCompany === 'yes',
  plantCodes: plant,
});

const code = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9-]{1,20}$/, 'calendar.invalid-code');

export type TypedCalendar = NamedCalendar & { readonly plantCodes: readonly string[] };

/** A new calendar, with the plants it counts for. */
export const newCalendarForm = z
  .strictObject({ ...fields, code })
  .transform(({ code: typed, ...rest }): TypedCalendar => ({ code: typed, ...toCalendar(rest) }));

/** A calendar as it is to be from now on, and the version that was seen. */
export const changeCalendarForm = z
  .strictObject({ ...fields, version: z.coerce.number().int().positive() })
  .transform(({ version, ...rest }): Omit<TypedCalendar, 'code'> & { version: number } => ({
    version,
    ...toCalendar(rest),
  }));
