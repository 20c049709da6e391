import { conflict, ruleBroken } from '../kernel/errors.ts';
import {
  compareDecimals,
  type DecimalString,
  multiplyDecimals,
  ratio,
  roundDecimal,
  subtractDecimals,
} from '../kernel/money.ts';
import { type SourcingEvent, sourcingEventLifecycle } from './sourcing-event.ts';

/** What a bidder of a new round is told of where it stands: nothing, its rank, or how far it is from the best. */
export const feedbackKinds = ['none', 'rank', 'gap'] as const;
export type FeedbackKind = (typeof feedbackKinds)[number];
/** Of the whole bid, or line by line as well. */
export const feedbackReaches = ['total', 'line'] as const;
export type FeedbackReach = (typeof feedbackReaches)[number];

/** What one bidder is told, and nobody else. A gap is in percent of the best price. */
export type Told = { readonly rank: number } | { readonly gapPercent: DecimalString };
export type Feedback = { readonly total: Told | null; readonly lines: Readonly<Record<string, Told>> };

export type Round = {
  readonly id: string;
  readonly eventId: string;
  readonly number: number;
  readonly reason: string;
  readonly feedback: FeedbackKind;
  readonly feedbackOn: FeedbackReach;
  /** The lines that are asked again; null for all. The others stay as each bidder offered them. */
  readonly itemIds: readonly string[] | null;
  readonly closesAtBefore: Date;
  readonly closesAt: Date;
  readonly startedBy: string;
  readonly startedAt: Date;
};

/** A bid as the feedback compares it: in one currency, and null where nothing was offered. */
export type Compared = {
  readonly supplierId: string;
  readonly total: DecimalString | null;
  readonly lines: ReadonlyMap<string, DecimalString>;
};

/**
 * What a bidder is told, among all bids that are compared. Equal prices have the same rank, the best is 1; how many bids
 * there are is not told.
 */
export function feedbackFor(
  supplierId: string,
  bids: readonly Compared[],
  of: { kind: FeedbackKind; reach: FeedbackReach },
): Feedback | null {
  const own = bids.find((bid) => bid.supplierId === supplierId);
  if (of.kind === 'none' || own === undefined) return null;
  const tell = (price: DecimalString | null, prices: readonly (DecimalString | null)[]): Told | null =>
    price === null ? null : toldOf(price, { among: prices.filter((one) => one !== null), kind: of.kind });
  const lines =
    of.reach === 'total'
      ? []
      : [...own.lines].flatMap(([itemId, price]) => {
          const told = tell(
            price,
            bids.map((bid) => bid.lines.get(itemId) ?? null),
          );
          return told === null ? [] : [[itemId, told] as const];
        });
  return {
    total: tell(
      own.total,
      bids.map((bid) => bid.total),
    ),
    lines: Object.fromEntries(lines),
  };
}

function toldOf(price: DecimalString, of: { among: readonly DecimalString[]; kind: FeedbackKind }): Told {
  if (of.kind === 'rank')
    return { rank: 1 + of.among.filter((other) => compareDecimals(other, price) < 0).length };
  const best = of.among.reduce((low, other) => (compareDecimals(other, low) < 0 ? other : low), price);
  const isFree = compareDecimals(best, '0') === 0;
  const gap = isFree ? '0' : ratio(multiplyDecimals(subtractDecimals(price, best), '100'), best);
  return { gapPercent: roundDecimal(gap, 1) };
}

/**
 * Which lines a round asks again: null where it asks all of them.
 * @throws AppError `round.chooses-no-line`, `round.line-unknown`
 */
export function linesAskedAgain(
  chosen: readonly string[] | null,
  of: { readonly itemIds: readonly string[] },
): readonly string[] | null {
  if (chosen === null || of.itemIds.length === 0) return null;
  const asked = [...new Set(chosen)];
  if (asked.length === 0) throw ruleBroken('round.chooses-no-line', 'Choose the lines that are asked again');
  if (asked.some((id) => !of.itemIds.includes(id)))
    throw conflict('round.line-unknown', 'One of the lines is not there any more');
  return asked.length === of.itemIds.length ? null : asked;
}

/**
 * Asks for better bids, after the opening: the event takes bids again, in its next round, from those who were chosen.
 * @throws AppError `sourcing_event.cannot-start-round`, `sourcing_event.closes-in-the-past`, `round.chooses-nobody`,
 * `round.needs-a-reason`
 */
export function nextRound(
  event: SourcingEvent,
  to: { supplierIds: readonly string[]; closesAt: Date; clock: Date; reason: string },
): SourcingEvent {
  const state = sourcingEventLifecycle.next(event.state, 'start-round');
  if (to.supplierIds.length === 0) throw ruleBroken('round.chooses-nobody', 'Choose who goes on');
  if (to.closesAt <= to.clock)
    throw ruleBroken('sourcing_event.closes-in-the-past', 'The closing time has passed');
  if (to.reason.trim() === '') throw ruleBroken('round.needs-a-reason', 'Say why');
  return {
    ...event,
    state,
    round: event.round + 1,
    closesAt: to.closesAt,
    closedAt: null,
    openingNotBefore: null,
  };
}
