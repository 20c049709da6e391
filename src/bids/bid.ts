import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { SealingLevel } from '../sourcing/index.ts';

/** A later submission is a new version of the same bid; what was withdrawn stays withdrawn, a new bid may follow. */
export const bidLifecycle = defineLifecycle('bid', 'draft', {
  draft: { submit: 'submitted' },
  submitted: { submit: 'submitted', withdraw: 'withdrawn', invalidate: 'invalid', seal: 'sealed' },
  withdrawn: {},
  invalid: { redraft: 'draft' },
  // While nothing is opened, an event that takes bids again gives them back.
  sealed: { open: 'opened', unseal: 'submitted' },
  opened: { validate: 'valid', disqualify: 'disqualified', flag: 'abnormally_low' },
  abnormally_low: { validate: 'valid', disqualify: 'disqualified', supersede: 'superseded' },
  valid: {
    flag: 'abnormally_low',
    disqualify: 'disqualified',
    shortlist: 'shortlisted',
    award: 'awarded',
    'part-award': 'part_awarded',
    lose: 'unsuccessful',
    supersede: 'superseded',
  },
  superseded: {},
  shortlisted: {
    award: 'awarded',
    'part-award': 'part_awarded',
    lose: 'unsuccessful',
    supersede: 'superseded',
  },
  disqualified: {},
  // What came back by a withdrawal is awarded again: who has a part may get more, who lost is in the running again.
  awarded: { award: 'awarded', 'part-award': 'part_awarded', reinstate: 'valid' },
  part_awarded: { award: 'awarded', 'part-award': 'part_awarded', reinstate: 'valid' },
  unsuccessful: { reinstate: 'valid' },
});
export type BidAction = ReturnType<typeof bidLifecycle.actionsIn>[number];
export type BidState = (typeof bidLifecycle.states)[number];

export type Bid = {
  readonly id: string;
  readonly reference: string;
  readonly eventId: string;
  readonly supplierId: string;
  readonly state: BidState;
  /** 0 until the first submission. */
  readonly currentVersion: number;
  /** The round of its event it is an offer in. */
  readonly round: number;
  /** Who seals it: the server when it arrives, or the bidder's browser. */
  readonly sealingLevel: SealingLevel;
};

/** What of an event decides whether it takes bids. */
export type BidWindow = { readonly state: string; readonly closesAt: Date | null };

/** Bids may be written, submitted and withdrawn until, and not at, the closing instant. */
export const takesBids = (event: BidWindow, at: Date): boolean =>
  event.state === 'open' && event.closesAt !== null && at < event.closesAt;

/** @throws AppError `bid.deadline-passed`, `bid.event-not-open` */
export function assertTakesBids(event: BidWindow, at: Date): void {
  if (takesBids(event, at)) return;
  // While it is paused the closing time means nothing: it is moved on at resuming.
  const isPast = event.closesAt !== null && at >= event.closesAt && event.state !== 'paused';
  if (event.state === 'closed' || isPast)
    throw ruleBroken('bid.deadline-passed', 'Bids closed; nothing can be changed any more');
  throw ruleBroken('bid.event-not-open', 'The event takes no bids now');
}

/**
 * Makes the next version of a bid; allowed until, and not at, the closing instant.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-submit`
 */
export function submit(bid: Bid, event: BidWindow, at: Date): Bid {
  assertTakesBids(event, at);
  return {
    ...bid,
    state: bidLifecycle.next(bid.state, 'submit'),
    currentVersion: bid.currentVersion + 1,
  };
}

/**
 * Takes a submitted bid back; allowed until, and not at, the closing instant.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-withdraw`
 */
export function withdraw(bid: Bid, event: BidWindow, at: Date): Bid {
  assertTakesBids(event, at);
  return { ...bid, state: bidLifecycle.next(bid.state, 'withdraw') };
}

/**
 * Sets an opened bid aside: allowed until an award is proposed, so that nobody decides on it meanwhile. `isJudged` says
 * that an envelope is open and being judged while the next ones are sealed: those of this bid then stay so for ever.
 * @throws AppError `bid.event-not-in-evaluation`, `bid.cannot-disqualify`
 */
export function disqualify(
  bid: Bid,
  event: Pick<BidWindow, 'state'>,
  between: { isJudged: boolean } = { isJudged: false },
): Bid {
  assertSetAsideNow(event, between);
  return { ...bid, state: bidLifecycle.next(bid.state, 'disqualify') };
}

/** The same of a lot of it. @throws AppError `bid.event-not-in-evaluation` */
export function assertSetAsideNow(
  event: Pick<BidWindow, 'state'>,
  { isJudged }: { readonly isJudged: boolean },
): void {
  if (event.state !== 'evaluation' && !(event.state === 'opening' && isJudged))
    throw ruleBroken('bid.event-not-in-evaluation', 'Bids are set aside while they are evaluated');
}

/** Still to be opened, decided on or compared: while there is one, an event does not end without an award. */
export const standingStates: readonly BidState[] = [
  'submitted',
  'sealed',
  'opened',
  'abnormally_low',
  'valid',
  'shortlisted',
];

/**
 * A draft is written only while it can still become a bid.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-submit`
 */
export function assertMayBeWritten(bid: Bid, event: BidWindow, at: Date): void {
  submit(bid, event, at);
}

/** May the server read the bid's draft, and so submit it by itself? Not where the bidder's browser seals. */
export const isReadableByServer = (bid: Pick<Bid, 'sealingLevel'>): boolean =>
  bid.sealingLevel === 'on_arrival';

const ONLY_BROWSER = {
  write: ['bid.sealed-in-browser', 'This bid is written where the browser seals it'],
  'submit-at-closing': ['bid.browser-submits', 'Only the browser that seals this bid can submit it'],
  compare: ['bid.browser-compares', 'Only the bidder’s key opens the versions of this bid'],
} as const;

/** What for the server would read a bid. */
export type ReadBy = keyof typeof ONLY_BROWSER;

/**
 * What the server does with what a bid says, it does where it can read it.
 * @throws AppError `bid.sealed-in-browser`, `bid.browser-submits`, `bid.browser-compares`
 */
export function assertReadable(bid: Pick<Bid, 'sealingLevel'>, to: ReadBy): void {
  if (isReadableByServer(bid)) return;
  const [code, message] = ONLY_BROWSER[to];
  throw ruleBroken(code, message);
}
