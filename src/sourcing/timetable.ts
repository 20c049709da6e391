import { type Day, dayIn, instantAt } from '../kernel/time.ts';
import { addWorkingDays, type Calendar, workingDaysBefore } from '../kernel/working-days.ts';
import type { EventTemplate } from './event-template.ts';

/** The days of a competition that follow from its closing. */
export type Timetable = {
  readonly enquiriesUntil: Date;
  readonly openingNotBefore: Date;
  readonly decisionByOn: Day;
};

const OPENING_HOUR = '10:00';

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
