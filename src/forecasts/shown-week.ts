import { type Week, weekName, weekNumber, weeksFrom } from '../kernel/week.ts';
import { type ForecastTerms, type Zone, zoneAt, zones } from './forecast.ts';

/** A column of the grid. */
export type ShownWeek = {
  readonly week: Week;
  readonly name: string;
  /** As a field of a form is called: without the hyphen. */
  readonly field: string;
  readonly number: number;
  readonly zone: Zone;
  readonly isOver: boolean;
};
export const shownWeeks = (terms: ForecastTerms, currentWeek: Week): ShownWeek[] =>
  weeksFrom(terms.fromWeek, terms.weeks).map((week, place) => ({
    week,
    name: weekName(week),
    field: weekName(week).replace('-', ''),
    number: weekNumber(week),
    zone: zoneAt(place, terms),
    isOver: week < currentWeek,
  }));

/** The zones that a version has, and how many weeks each is long. */
export const shownZones = (terms: ForecastTerms): { zone: Zone; weeks: number }[] =>
  zones
    .map((zone) => ({
      zone,
      weeks: Array.from({ length: terms.weeks }, (_, place) => zoneAt(place, terms)).filter(
        (one) => one === zone,
      ).length,
    }))
    .filter(({ weeks }) => weeks > 0);
