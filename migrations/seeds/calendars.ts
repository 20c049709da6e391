import type { CalendarDay, NamedCalendar } from '../../src/catalog/index.ts';
import { addDays, daysBetween } from '../../src/kernel/time.ts';

type Span = readonly [first: string, last: string, nameEn: string, nameZh: string];

/** @source General Office of the State Council, holidays of 2026: days off, in the order of the year. */
const offIn2026: readonly Span[] = [
  ['2026-01-01', '2026-01-03', 'New Year', '元旦'],
  ['2026-02-15', '2026-02-23', 'Spring Festival', '春节'],
  ['2026-04-04', '2026-04-06', 'Qingming Festival', '清明节'],
  ['2026-05-01', '2026-05-05', 'Labour Day', '劳动节'],
  ['2026-06-19', '2026-06-21', 'Dragon Boat Festival', '端午节'],
  ['2026-09-25', '2026-09-27', 'Mid-Autumn Festival', '中秋节'],
  ['2026-10-01', '2026-10-07', 'National Day', '国庆节'],
];
/** Weekend days that are worked to make up for them. */
const workedIn2026: readonly string[] = [
  '2026-01-04',
  '2026-02-14',
  '2026-02-28',
  '2026-05-09',
  '2026-09-20',
  '2026-10-10',
];
/**
 * For 2027 the days that the law itself makes holidays. Longer spans and the days that make up for them are announced
 * late in the year before; a company enters them then.
 * @source Regulation on Public Holidays for National Annual Festivals and Memorial Days, as amended in 2024
 */
const offIn2027: readonly Span[] = [
  ['2027-01-01', '2027-01-01', 'New Year', '元旦'],
  ['2027-02-05', '2027-02-08', 'Spring Festival', '春节'],
  ['2027-04-05', '2027-04-05', 'Qingming Festival', '清明节'],
  ['2027-05-01', '2027-05-02', 'Labour Day', '劳动节'],
  ['2027-06-09', '2027-06-09', 'Dragon Boat Festival', '端午节'],
  ['2027-09-15', '2027-09-15', 'Mid-Autumn Festival', '中秋节'],
  ['2027-10-01', '2027-10-03', 'National Day', '国庆节'],
];

const daysOf = ([first, last, nameEn, nameZh]: Span): CalendarDay[] =>
  Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => ({
    day: addDays(first, index),
    isWorking: false,
    nameEn,
    nameZh,
  }));
const worked = (day: string): CalendarDay => ({
  day,
  isWorking: true,
  nameEn: 'Worked in place of a holiday',
  nameZh: '调休上班',
});

const week = [1, 2, 3, 4, 5];

/** China's, which is the company's, and an ordinary week for whoever needs it. */
export const calendars: readonly NamedCalendar[] = [
  {
    code: 'CN',
    nameEn: 'China, public holidays',
    nameZh: '中国法定节假日',
    workingWeekdays: week,
    isCompany: true,
    // Those of the next year are announced in November or December.
    confirmedUntil: '2026-12-31',
    days: [...offIn2026.flatMap(daysOf), ...workedIn2026.map(worked), ...offIn2027.flatMap(daysOf)],
  },
  {
    code: 'MON-FRI',
    nameEn: 'Monday to Friday',
    nameZh: '周一至周五',
    workingWeekdays: week,
    isCompany: false,
    days: [],
  },
];
