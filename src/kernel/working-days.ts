import { Temporal } from 'temporal-polyfill';
import type { Day } from './time.ts';

/** Which days are worked: the days of the week (1 is Monday), and the days that differ from their week, either way. */
export type Calendar = {
  readonly workingWeekdays: readonly number[];
  /** By day: true for a weekend day that is worked, false for a holiday. */
  readonly days: Readonly<Record<Day, boolean>>;
  /** The last day whose holidays were announced; not there where nothing is waited for. */
  readonly confirmedUntil?: Day;
};

/** Monday to Friday, without any holiday: what counts where nobody keeps a calendar. */
export const ordinaryWeek: Calendar = { workingWeekdays: [1, 2, 3, 4, 5], days: {} };

export const isWorkingDay = (day: Day, calendar: Calendar): boolean =>
  calendar.days[day] ?? calendar.workingWeekdays.includes(Temporal.PlainDate.from(day).dayOfWeek);

/** Are the holidays up to this day known? What was counted beyond may move when they are announced. */
export const isConfirmedUntil = (day: Day, { confirmedUntil }: Calendar): boolean =>
  confirmedUntil === undefined || day <= confirmedUntil;

/** The last day whose holidays are known, where this one lies beyond it: it is provisional. Null where all is known. */
export const provisionalAfter = (day: Day, calendar: Calendar): Day | null =>
  isConfirmedUntil(day, calendar) ? null : (calendar.confirmedUntil ?? null);

// No calendar has so few working days; without a limit a wrong one would be counted for ever.
const DAYS_AT_MOST = 3660;

function step(
  from: Day,
  workingDays: number,
  by: { readonly days: 1 | -1; readonly calendar: Calendar },
): Day {
  let date = Temporal.PlainDate.from(from);
  for (let left = workingDays, tried = 0; left > 0 && tried < DAYS_AT_MOST; tried += 1) {
    date = date.add({ days: by.days });
    if (isWorkingDay(date.toString(), by.calendar)) left -= 1;
  }
  return date.toString();
}

/** The day that is `days` working days after `day`; a day that is not worked counts from the last one that was. */
export const addWorkingDays = (day: Day, days: number, calendar: Calendar): Day =>
  step(day, days, { days: 1, calendar });

/** The same time of day in `timeZone`, `days` working days earlier. */
export function workingDaysBefore(
  at: Date,
  days: number,
  of: { readonly timeZone: string; readonly calendar: Calendar },
): Date {
  const moment = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(of.timeZone);
  const day = step(moment.toPlainDate().toString(), days, { days: -1, calendar: of.calendar });
  return new Date(
    Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: of.timeZone, plainTime: moment.toPlainTime() })
      .epochMilliseconds,
  );
}

/** How many working days come after `from` up to and with `to`; 0 when `to` is not later. */
export function workingDaysUntil(from: Day, to: Day, calendar: Calendar): number {
  let count = 0;
  let date = Temporal.PlainDate.from(from);
  const end = Temporal.PlainDate.from(to);
  for (let tried = 0; tried < DAYS_AT_MOST && Temporal.PlainDate.compare(date, end) < 0; tried += 1) {
    date = date.add({ days: 1 });
    if (isWorkingDay(date.toString(), calendar)) count += 1;
  }
  return count;
}
