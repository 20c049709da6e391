import { type Day, dayIn, instantAt } from '../kernel/time.ts';
import {
  addWorkingDays,
  type Calendar,
  isConfirmedUntil,
  workingDaysBefore,
} from '../kernel/working-days.ts';
import type { EventTemplate } from './event-template.ts';
import type { SourcingEvent } from './sourcing-event.ts';

/** The days of a competition that follow from its closing. */
export type Timetable = {
  readonly enquiriesUntil: Date;
  readonly openingNotBefore: Date;
  readonly decisionByOn: Day;
};

const OPENING_HOUR = '10:00';

/**
 * The last day whose holidays are known, where a day of the event lies beyond it: such a day may turn out not to be worked,
 * and what is counted to it may move. Null where all is known.
 */
export function beyondCalendar(
  event: Pick<SourcingEvent, 'closesAt' | 'openingNotBefore' | 'decisionByOn' | 'timeZone' | 'calendar'>,
): Day | null {
  const { closesAt, openingNotBefore, decisionByOn, timeZone, calendar } = event;
  const days = [closesAt, openingNotBefore].flatMap((at) => (at === null ? [] : [dayIn(at, timeZone)]));
  const isKnown = [...days, ...(decisionByOn === null ? [] : [decisionByOn])].every((day) =>
    isConfirmedUntil(day, calendar),
  );
  return isKnown ? null : (calendar.confirmedUntil ?? null);
}

/** A timetable for a closing, in working days of the calendar: bids are opened in the morning of the next one. */
export function proposeTimetable(of: {
  closesAt: Date;
  timeZone: string;
  template: EventTemplate;
  calendar: Calendar;
}): Timetable {
  const { closesAt, timeZone, template, calendar } = of;
  const { enquiriesBeforeClosing, decisionAfterClosing } = template.timetable;
  const closesOn = dayIn(closesAt, timeZone);
  return {
    enquiriesUntil: workingDaysBefore(closesAt, enquiriesBeforeClosing, of),
    openingNotBefore: instantAt(`${addWorkingDays(closesOn, 1, calendar)}T${OPENING_HOUR}`, timeZone),
    decisionByOn: addWorkingDays(closesOn, decisionAfterClosing, calendar),
  };
}
