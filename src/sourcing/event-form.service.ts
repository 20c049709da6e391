import { calendarAt, listCalendars, ruleOf } from '../catalog/index.ts';
import { addDays, dayIn, instantAt, isTimeZone, wallClock } from '../kernel/time.ts';
import { addWorkingDays } from '../kernel/working-days.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type TermFields, timetableFields } from './event-form.ts';
import { type EventTemplate, type EventType, eventTemplates } from './event-template.ts';
import { proposeTimetable } from './timetable.ts';

/**
 * The fields of a timetable proposed from what was typed: from its closing time, and without one from today. What
 * cannot be read is left as it is, for saving to complain about.
 */
export async function proposedFields(
  ctx: Ctx,
  of: { typed: Readonly<Record<string, unknown>>; eventType: EventType },
): Promise<Partial<TermFields>> {
  const at = (field: keyof TermFields): string => {
    const value = of.typed[field];
    return typeof value === 'string' ? value.trim() : '';
  };
  const timeZone = at('timeZone');
  if (!isTimeZone(timeZone)) return {};
  const template = eventTemplates[of.eventType];
  const chosen = (await listCalendars(ctx)).find((one) => one.code === at('calendarCode'));
  const calendar = chosen === undefined ? await calendarAt(ctx, at('plantCode')) : ruleOf(chosen);
  const closesAt = closingOf(at('closesAt'), { ctx, timeZone, template, calendar });
  if (closesAt === null) return {};
  return {
    closesAt: wallClock(closesAt, timeZone),
    ...timetableFields(proposeTimetable({ closesAt, timeZone, template, calendar }), timeZone),
  };
}

function closingOf(
  typed: string,
  of: {
    ctx: Ctx;
    timeZone: string;
    template: EventTemplate;
    calendar: Parameters<typeof addWorkingDays>[2];
  },
): Date | null {
  const today = dayIn(of.ctx.now, of.timeZone);
  const usual = `${addWorkingDays(today, of.template.timetable.toClosing, of.calendar)}T17:00`;
  try {
    const closesAt = instantAt(typed === '' ? usual : typed, of.timeZone);
    // A date far off has no working days that anybody knows of.
    return dayIn(closesAt, of.timeZone) <= addDays(today, 3650) ? closesAt : null;
  } catch {
    return null;
  }
}
