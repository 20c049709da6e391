import { Temporal } from 'temporal-polyfill';
import type { Day } from './time.ts';

/** A week, by the day of its Monday. */
export type Week = Day;

/** The week that a day is in. */
export const weekOf = (day: Day): Week => {
  const date = Temporal.PlainDate.from(day);
  return date.subtract({ days: date.dayOfWeek - 1 }).toString();
};

/** As ISO 8601 names it: `2026-W49`. The year is that of its Thursday. */
export const weekName = (week: Week): string => {
  const { year, number } = numbered(week);
  return `${year}-W${String(number).padStart(2, '0')}`;
};

/** Its number in its year. */
export const weekNumber = (week: Week): number => numbered(week).number;

function numbered(week: Week): { year: number; number: number } {
  const { yearOfWeek = 0, weekOfYear = 0 } = Temporal.PlainDate.from(week);
  return { year: yearOfWeek, number: weekOfYear };
}

/** The week of this name, written with or without its hyphen; null for what is none. */
export function weekNamed(name: string): Week | null {
  const [, year, number] = /^(\d{4})-?W(\d{2})$/i.exec(name) ?? [];
  if (year === undefined || Number(number) < 1) return null;
  // The fourth of January is always in the first week.
  const first = Temporal.PlainDate.from(weekOf(`${year}-01-04`));
  const week = first.add({ days: 7 * (Number(number) - 1) }).toString();
  return weekName(week) === `${year}-W${number}` ? week : null;
}

/** So many weeks, from this one on. */
export const weeksFrom = (week: Week, count: number): Week[] => {
  const first = Temporal.PlainDate.from(week);
  return Array.from({ length: count }, (_, index) => first.add({ days: 7 * index }).toString());
};

/** How many weeks `to` is after `from`; negative when it is before. */
export const weeksBetween = (from: Week, to: Week): number =>
  Math.round(Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days / 7);
