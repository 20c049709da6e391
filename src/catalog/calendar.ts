import type { Day } from '../kernel/time.ts';
import type { Calendar } from '../kernel/working-days.ts';

/** A day that differs from its week, with why. */
export type CalendarDay = {
  readonly day: Day;
  /** True: a weekend day that is worked. False: a holiday. */
  readonly isWorking: boolean;
  readonly nameEn: string;
  readonly nameZh: string;
};

/** Days that are worked, by a name that documents refer to. */
export type NamedCalendar = {
  readonly code: string;
  readonly nameEn: string;
  readonly nameZh: string;
  /** 1 is Monday. */
  readonly workingWeekdays: readonly number[];
  /** Counts for every plant that has none of its own, and for what belongs to no plant. At most one does. */
  readonly isCompany: boolean;
  readonly days: readonly CalendarDay[];
  /** The last day whose holidays were announced; null where nothing is waited for. */
  readonly confirmedUntil?: Day | null;
};

/** A calendar as the page changes it, with the version that was seen. */
export type KeptCalendar = NamedCalendar & { readonly id: string; readonly version: number };

/** The rule alone, for counting. */
export const ruleOf = (
  calendar: Pick<NamedCalendar, 'workingWeekdays' | 'days' | 'confirmedUntil'>,
): Calendar => ({
  workingWeekdays: calendar.workingWeekdays,
  ...((calendar.confirmedUntil ?? null) === null ? {} : { confirmedUntil: calendar.confirmedUntil ?? '' }),
  days: Object.fromEntries(calendar.days.map(({ day, isWorking }) => [day, isWorking])),
});
