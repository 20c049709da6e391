import { addDays, type Day, daysBetween, isDay } from '../kernel/time.ts';
import type { CalendarDay } from './calendar.ts';

/** A line that cannot be read, counted from 1. */
export type DaysFault = { readonly line: number; readonly text: string };

const WORKED = new Set(['work', 'worked', 'working', '班', '上班']);
const OFF = new Set(['off', 'holiday', '休', '放假']);
const DAYS_IN_A_ROW = 60;

/**
 * Reads a calendar's days, a line each: a day or the first and last of several, `off` or `work`, and why, in both
 * languages with a bar between: `2026-10-01..2026-10-07 off National Day | 国庆节`. The last line about a day counts.
 */
export function readDays(text: string): { days: CalendarDay[] } | { fault: DaysFault } {
  const days = new Map<Day, CalendarDay>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line.normalize('NFKC').trim());
    if (read === null) return { fault: { line: index + 1, text: line.trim().slice(0, 60) } };
    for (const day of read) days.set(day.day, day);
  }
  return { days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)) };
}

function readLine(line: string): CalendarDay[] | null {
  const [, first = '', last = first, kind = '', why = ''] =
    /^(\d{4}-\d\d-\d\d)(?:\s*(?:\.\.|~|–|至)\s*(\d{4}-\d\d-\d\d))?\s+(\S+)\s*(.*)$/.exec(line) ?? [];
  const isWorking = WORKED.has(kind.toLowerCase());
  if (!isDay(first) || !isDay(last) || (!isWorking && !OFF.has(kind.toLowerCase()))) return null;
  const count = daysBetween(first, last);
  const [nameEn = '', nameZh = nameEn] = why.split('|').map((name) => name.trim());
  if (count < 0 || count > DAYS_IN_A_ROW || nameEn.length > 100 || nameZh.length > 100) return null;
  return Array.from({ length: count + 1 }, (_, index) => ({
    day: addDays(first, index),
    isWorking,
    nameEn,
    nameZh,
  }));
}

/** The same, written: days in a row of one kind and name are one line. */
export function writeDays(days: readonly CalendarDay[]): string {
  const rows: { first: CalendarDay; last: Day }[] = [];
  for (const day of days) {
    const row = rows.at(-1);
    if (row !== undefined && goesOn(row, day)) row.last = day.day;
    else rows.push({ first: day, last: day.day });
  }
  return rows.map(({ first, last }) => lineOf(first, last)).join('\n');
}

const goesOn = ({ first, last }: { first: CalendarDay; last: Day }, day: CalendarDay): boolean =>
  addDays(last, 1) === day.day &&
  first.isWorking === day.isWorking &&
  first.nameEn === day.nameEn &&
  first.nameZh === day.nameZh;

function lineOf({ day, isWorking, nameEn, nameZh }: CalendarDay, last: Day): string {
  const when = day === last ? day : `${day}..${last}`;
  const why = nameEn === nameZh ? nameEn : `${nameEn} | ${nameZh}`;
  return `${when} ${isWorking ? 'work' : 'off'} ${why}`.trim();
}
