import { conflict, ruleBroken } from '../kernel/errors.ts';
import { workingDaysBefore } from '../kernel/working-days.ts';
import type { Invitation } from './invitation.ts';
import { isBidding, isOpenAt, type SourcingEvent } from './sourcing-event.ts';

/** A supplier's question about an event. Who asked is known to the asker and to the buying side, to nobody else. */
export type Enquiry = {
  readonly id: string;
  readonly eventId: string;
  readonly supplierId: string;
  readonly askedBy: string;
  readonly question: string;
  readonly askedAt: Date;
};

export const audiences = ['everybody', 'asker'] as const;
export type Audience = (typeof audiences)[number];

/** What was answered. `question` is in the words its readers see; the buyer takes out what tells who asked. */
export type EnquiryResponse = {
  readonly id: string;
  readonly enquiryId: string;
  readonly eventId: string;
  readonly audience: Audience;
  readonly question: string;
  readonly answer: string;
  /** Why only the asker is answered; null when everybody is. */
  readonly reason: string | null;
  readonly answeredBy: string;
  readonly answeredAt: Date;
};

/** Time for the last answers to be read and used. */
const WORKING_DAYS_BEFORE_CLOSING = 2;
/** More than this one supplier does not ask about one event. */
const MOST_OF_ONE_SUPPLIER = 100;

type Timetable = Pick<SourcingEvent, 'closesAt' | 'publishedAt' | 'timeZone' | 'enquiriesUntil' | 'calendar'>;

/**
 * Until when, and not at which, suppliers may ask: as the buyer said, else two working days before closing. An event
 * too short for that takes questions until it closes.
 */
export function enquiriesEndAt(event: Timetable): Date | null {
  const { closesAt, publishedAt } = event;
  if (event.enquiriesUntil !== null) return event.enquiriesUntil;
  if (closesAt === null) return null;
  const usual = workingDaysBefore(closesAt, WORKING_DAYS_BEFORE_CLOSING, event);
  return publishedAt !== null && usual <= publishedAt ? closesAt : usual;
}

type Asked = Timetable & Pick<SourcingEvent, 'state'>;

/** Questions are taken while the event is open, until and not at the cut-off. `clock` is the database's. */
export function takesEnquiries(event: Asked, clock: Date): boolean {
  const end = enquiriesEndAt(event);
  return isOpenAt(event, clock) && end !== null && clock < end;
}

/**
 * @throws AppError `enquiry.cut-off-passed`, `enquiry.event-not-open`, `enquiry.not-taking-part`, `enquiry.too-many`
 */
export function assertMayAsk(
  event: Asked,
  by: { invitation: Pick<Invitation, 'state'>; askedCount: number; clock: Date },
): void {
  if (!isOpenAt(event, by.clock)) throw ruleBroken('enquiry.event-not-open', 'The event is not open');
  if (!takesEnquiries(event, by.clock))
    throw ruleBroken('enquiry.cut-off-passed', 'The time for questions is over');
  if (by.invitation.state === 'declined')
    throw ruleBroken('enquiry.not-taking-part', 'Who declined asks no questions');
  if (by.askedCount >= MOST_OF_ONE_SUPPLIER)
    throw ruleBroken('enquiry.too-many', 'Too many questions', { maximum: MOST_OF_ONE_SUPPLIER });
}

/** An answer helps nobody once bids are in.
 * @throws AppError `enquiry.event-is-over`, `enquiry.already-answered` */
export function assertMayAnswer(
  event: Pick<SourcingEvent, 'state' | 'closesAt'>,
  of: { isAnswered: boolean; clock: Date },
): void {
  const isOver = event.state === 'open' ? !isOpenAt(event, of.clock) : !isBidding(event);
  if (isOver) throw ruleBroken('enquiry.event-is-over', 'Bids are no longer taken');
  if (of.isAnswered) throw conflict('enquiry.already-answered', 'Somebody has answered meanwhile');
}

/** A question is answered to the asker alone only for a reason. @throws AppError `enquiry.needs-a-reason` */
export function assertAudience(of: { audience: Audience; reason: string }): void {
  if (of.audience === 'asker' && of.reason === '')
    throw ruleBroken('enquiry.needs-a-reason', 'Say why nobody else is answered');
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_.-]+/g, ' ');
const isLetter = (character: string | undefined): boolean => /[\p{Script=Latin}\d]/u.test(character ?? '');

/** Whether `text` says `name`, written how ever; a Latin name counts as a whole word only. */
function says(text: string, name: string): boolean {
  const [within, sought] = [plain(text), plain(name).trim()];
  if (sought.length < 2) return false;
  for (let at = within.indexOf(sought); at !== -1; at = within.indexOf(sought, at + 1)) {
    const touches =
      (isLetter(sought[0]) && isLetter(within[at - 1])) ||
      (isLetter(sought.at(-1)) && isLetter(within[at + sought.length]));
    if (!touches) return true;
  }
  return false;
}

/**
 * What everybody reads names neither the asking company nor the person, also not in the name of a file.
 * @throws AppError `enquiry.names-asker`
 */
export function assertTellsNotWhoAsked(texts: readonly string[], names: readonly string[]): void {
  const named = names.find((name) => texts.some((text) => says(text, name)));
  if (named !== undefined) throw ruleBroken('enquiry.names-asker', 'It names who asked', { name: named });
}
