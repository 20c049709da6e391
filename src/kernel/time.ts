import { Temporal } from 'temporal-polyfill';

/** A calendar day, `YYYY-MM-DD`, without zone. */
export type Day = string;

/** The instant that a wall clock in `timeZone` shows as `localDateTime` (`2026-11-24T17:00`).
 * @throws RangeError for a time that the zone skips or an unknown zone: nobody's deadline is moved silently. */
export const instantAt = (localDateTime: string, timeZone: string): Date =>
  new Date(
    Temporal.PlainDateTime.from(localDateTime).toZonedDateTime(timeZone, { disambiguation: 'reject' })
      .epochMilliseconds,
  );

/** What a wall clock in `timeZone` shows at `at`: `2026-11-24T17:00`, as a datetime-local input wants it. */
export const wallClock = (at: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });

/** The day it is in `timeZone` at `at`. */
export const dayIn = (at: Date, timeZone: string): Day =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();

/** The instant at which this day begins in `timeZone`, also where its midnight is skipped. */
export const startOfDay = (day: Day, timeZone: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds);

export const addDays = (day: Day, days: number): Day => Temporal.PlainDate.from(day).add({ days }).toString();

/** The same day so many months later, or the last of a month that is shorter. */
export const addMonths = (day: Day, months: number): Day =>
  Temporal.PlainDate.from(day).add({ months }).toString();

/** How many days `to` is after `from`; negative when it is before. */
export const daysBetween = (from: Day, to: Day): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;

export const isTimeZone = (name: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};

/** The first day of the month after the one that a day is in. */
export const nextMonth = (day: Day): Day =>
  Temporal.PlainDate.from(day).with({ day: 1 }).add({ months: 1 }).toString();

/** The first day of the month so many months before the one that a day is in. */
export const monthsBefore = (day: Day, months: number): Day =>
  Temporal.PlainDate.from(day).with({ day: 1 }).subtract({ months }).toString();

export const isDay = (value: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  try {
    Temporal.PlainDate.from(value, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
};
