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

/** The day that is `days` working days (Monday to Friday) after `day`; a weekend counts from its Friday. */
export const addWorkingDays = (day: Day, days: number): Day => {
  let date = Temporal.PlainDate.from(day);
  for (let left = days; left > 0; ) {
    date = date.add({ days: 1 });
    if (date.dayOfWeek <= 5) left -= 1;
  }
  return date.toString();
};

/** The same time of day in `timeZone`, `days` working days (Monday to Friday) earlier. */
export const workingDaysBefore = (at: Date, days: number, timeZone: string): Date => {
  let moment = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  for (let left = days; left > 0; ) {
    moment = moment.subtract({ days: 1 });
    if (moment.dayOfWeek <= 5) left -= 1;
  }
  return new Date(moment.epochMilliseconds);
};

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

export const isDay = (value: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  try {
    Temporal.PlainDate.from(value, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
};
