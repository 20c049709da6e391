import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import { type Calendar, ordinaryWeek, provisionalAfter } from '../kernel/working-days.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './calendar.store.ts';
import type { KeptCalendar, NamedCalendar } from './calendar.ts';
import { findPlants } from './catalog.store.ts';

/** All calendars with their days, by code. */
export const listCalendars = (ctx: Ctx): Promise<KeptCalendar[]> => store.findCalendars(ctx.tx);

/** What counts as worked at a plant: its own calendar, else the company's, else Monday to Friday. */
export const calendarAt = async (ctx: Ctx, plantCode: string | null): Promise<Calendar> =>
  (await store.findRule(ctx.tx, plantCode)) ?? ordinaryWeek;

/**
 * The last day whose holidays are announced, where a deadline that was counted in working days lies beyond it: such a day
 * may turn out not to be worked. Null where all is known, or there is no deadline.
 */
export async function announcedBefore(
  ctx: Ctx,
  of: { readonly at: Date | null; readonly plantCode: string | null; readonly timeZone: string },
): Promise<Day | null> {
  return of.at === null
    ? null
    : provisionalAfter(dayIn(of.at, of.timeZone), await calendarAt(ctx, of.plantCode));
}

/** @throws AppError `calendar.code-in-use` */
export async function createCalendar(ctx: Ctx, calendar: NamedCalendar): Promise<void> {
  const id = newId();
  if (calendar.isCompany) await store.unmarkCompany(ctx.tx, calendar.code);
  if (!(await store.insertCalendar(ctx.tx, { ...calendar, id })))
    throw ruleBroken('calendar.code-in-use', 'There is a calendar of this code', { code: calendar.code });
  await record(ctx, {
    action: 'calendar.created',
    subject: { type: 'calendar', id },
    changes: { code: calendar.code, dayCount: calendar.days.length },
  });
}

/**
 * Changes a calendar. What was counted before stays as it was counted: documents keep their days.
 * @throws AppError `calendar.not-found`, `calendar.changed-meanwhile`
 */
export async function changeCalendar(ctx: Ctx, to: NamedCalendar & { version: number }): Promise<void> {
  const before = found('calendar', await store.lockCalendar(ctx.tx, to.code));
  if (before.version !== to.version)
    throw conflict('calendar.changed-meanwhile', 'Somebody else changed the calendar meanwhile', {
      code: to.code,
    });
  if (to.isCompany) await store.unmarkCompany(ctx.tx, to.code);
  await store.saveCalendar(ctx.tx, { ...to, id: before.id });
  await record(ctx, {
    action: 'calendar.changed',
    subject: { type: 'calendar', id: before.id },
    changes: { code: to.code, ...differences(before, to) },
  });
}

/** The days that came, that went, and that changed their kind: what an auditor asks about a calendar. */
function differences(before: NamedCalendar, after: NamedCalendar): Record<string, unknown> {
  const kinds = (calendar: NamedCalendar) =>
    new Map(calendar.days.map(({ day, isWorking }) => [day, isWorking]));
  const [was, is] = [kinds(before), kinds(after)];
  return {
    days: [...new Set([...was.keys(), ...is.keys()])].filter((day) => was.get(day) !== is.get(day)).sort(),
    isCompany: after.isCompany,
    workingWeekdays: after.workingWeekdays,
    confirmedUntil: after.confirmedUntil ?? null,
  };
}

/** @throws AppError `plant.not-found`, `calendar.not-found` */
export async function setPlantCalendar(
  ctx: Ctx,
  to: { plantCode: string; calendarCode: string | null },
): Promise<void> {
  if (to.calendarCode !== null) found('calendar', await store.lockCalendar(ctx.tx, to.calendarCode));
  const plantId = found('plant', await store.savePlantCalendar(ctx.tx, to.plantCode, to.calendarCode));
  await record(ctx, {
    action: 'plant.calendar-set',
    subject: { type: 'plant', id: plantId },
    changes: { code: to.plantCode, calendarCode: to.calendarCode },
  });
}

/**
 * Says which plants count by this calendar; others that did count by the company's again.
 */
export async function setPlantsOf(
  ctx: Ctx,
  of: { calendarCode: string; plantCodes: readonly string[] },
): Promise<void> {
  const plants = await findPlants(ctx.tx);
  for (const { code, calendarCode = null } of plants) {
    const isChosen = of.plantCodes.includes(code);
    if (isChosen === (calendarCode === of.calendarCode)) continue;
    await setPlantCalendar(ctx, { plantCode: code, calendarCode: isChosen ? of.calendarCode : null });
  }
}
