import { ruleBroken } from '../kernel/errors.ts';
import { type Bid, bidLifecycle } from './bid.ts';

/** A question to one bidder about its own bid, and its answer. */
export type Clarification = {
  readonly id: string;
  readonly bidId: string;
  readonly question: string;
  readonly askedAt: Date;
  /** Until, and not at, this instant it is answered. */
  readonly answerUntil: Date;
  readonly answer: string | null;
  readonly answeredAt: Date | null;
};

type Evaluated = { readonly state: string };

/**
 * Calls a bid in question as abnormally low: nobody builds on it until somebody has decided. One that is in question
 * already stays so. Done while bids are evaluated.
 * @throws AppError `bid.event-not-in-evaluation`, `bid.cannot-flag`
 */
export function putInQuestion(bid: Bid, event: Evaluated): Bid {
  assertInEvaluation(event);
  return bid.state === 'abnormally_low' ? bid : { ...bid, state: bidLifecycle.next(bid.state, 'flag') };
}

/**
 * Somebody has looked at it, and takes the price as it is.
 * @throws AppError `bid.event-not-in-evaluation`, `bid.cannot-validate`
 */
export function acceptPrice(bid: Bid, event: Evaluated): Bid {
  assertInEvaluation(event);
  return { ...bid, state: bidLifecycle.next(bid.state, 'validate') };
}

function assertInEvaluation(event: Evaluated): void {
  if (event.state !== 'evaluation')
    throw ruleBroken('bid.event-not-in-evaluation', 'Bids are decided on while they are evaluated');
}

/** @throws AppError `clarification.answered-already`, `clarification.too-late` */
export function assertMayBeAnswered(of: Pick<Clarification, 'answer' | 'answerUntil'>, clock: Date): void {
  if (of.answer !== null) throw ruleBroken('clarification.answered-already', 'It was answered');
  if (clock >= of.answerUntil) throw ruleBroken('clarification.too-late', 'The time to answer is over');
}
