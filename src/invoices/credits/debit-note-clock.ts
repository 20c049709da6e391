import { dayIn, instantAt } from '../../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../../kernel/working-days.ts';

/** By when a supplier answers our debit note, and how often it was reminded. */
export type DebitClock = {
  /** Null once nobody is reminded any more. */
  readonly answerDueAt: Date | null;
  readonly reminders: number;
};
export type AnswerTime = {
  readonly workingDays: number;
  readonly calendar: Calendar;
  readonly timeZone: string;
};

const dueFrom = (at: Date, { workingDays, calendar, timeZone }: AnswerTime): Date =>
  instantAt(`${addWorkingDays(dayIn(at, timeZone), workingDays, calendar)}T18:00`, timeZone);

/** The clock of a note that was sent, or sent again. */
export const startClock = (at: Date, time: AnswerTime): DebitClock => ({
  answerDueAt: dueFrom(at, time),
  reminders: 0,
});

/**
 * What time does to a note that was not answered: first its supplier is reminded, then buyer and finance are told that it
 * says nothing. Nothing is ever accepted by it. @returns null while it is not due
 */
export function passTime(
  clock: DebitClock,
  at: Date,
  time: AnswerTime,
): { readonly clock: DebitClock; readonly act: 'reminded' | 'escalated' } | null {
  if (clock.answerDueAt === null || clock.answerDueAt > at) return null;
  return clock.reminders === 0
    ? { act: 'reminded', clock: { answerDueAt: dueFrom(at, time), reminders: 1 } }
    : { act: 'escalated', clock: { answerDueAt: null, reminders: 2 } };
}
