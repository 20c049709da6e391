import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { DecimalString } from '../kernel/money.ts';

export const awardLifecycle = defineLifecycle('award', 'proposed', {
  proposed: { submit: 'pending_approval', cancel: 'cancelled' },
  pending_approval: { approve: 'active', return: 'returned', cancel: 'cancelled' },
  active: { notify: 'notified', cancel: 'cancelled' },
  notified: { hold: 'standstill', cancel: 'cancelled' },
  standstill: { finalise: 'final', cancel: 'cancelled' },
  returned: {},
  cancelled: {},
  final: {},
});
export type AwardState = (typeof awardLifecycle.states)[number];

/** The decided allocation of one event: who gets what, at which price and why. */
export type Award = {
  readonly id: string;
  readonly reference: string;
  readonly eventId: string;
  readonly state: AwardState;
  readonly currency: string;
  readonly totalAmount: DecimalString;
  /** The total less what it costs us more, delivered, than the cheapest bid of each line: never above the total. */
  readonly lowestAmount: DecimalString;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly justification: string;
  /** What bidders who did not win are told, in the buyer's words. */
  readonly debrief: string;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly returnReason: string | null;
  /** Between the letters and the orders, in working days; none: orders follow the approval. */
  readonly standstillDays: number;
  /** The standstill's end; null before the letters and where there is none. */
  readonly standstillUntil: Date | null;
  readonly tells: Tells;
  /** The withdrawal whose lines this award decides again. */
  readonly withdrawalId: string | null;
  /** The lines it decides on, where it follows a withdrawal; null: all. */
  readonly eventItemIds: readonly string[] | null;
};

/** What bidders are told besides their own lines. */
export type Tells = { readonly rank: boolean; readonly distance: boolean; readonly winners: boolean };

/** What one supplier gets of one line. */
export type AwardLine = {
  readonly eventItemId: string;
  readonly supplierId: string;
  readonly bidLineId: string;
  /** What it gets in place of what was asked for; null for that itself. */
  readonly bidAlternateId: string | null;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
  readonly isLowest: boolean;
  /** Why this supplier, where another's price was lower; empty on the lowest. */
  readonly reason: string;
};

/** Who decides on an award. That it is neither who proposed it nor who runs the event, the table of rights says. */
export type Decision = {
  readonly deciderId: string | null;
  readonly at: Date;
};

/**
 * Makes the award binding.
 * @throws AppError `rule-broken`: `award.cannot-approve`
 */
export const approve = (award: Award, decision: Decision): Award => ({
  ...award,
  state: awardLifecycle.next(award.state, 'approve'),
  decidedBy: decision.deciderId,
  decidedAt: decision.at,
});

/**
 * Sends the award back to the buyer, who proposes another one.
 * @throws AppError `rule-broken`: `award.cannot-return`
 */
export const returnToBuyer = (award: Award, decision: Decision & { readonly reason: string }): Award => ({
  ...award,
  state: awardLifecycle.next(award.state, 'return'),
  decidedBy: decision.deciderId,
  decidedAt: decision.at,
  returnReason: decision.reason,
});

/**
 * Every bidder has been written to; with a standstill the award waits until its end, and only then is final.
 * @throws AppError `rule-broken`: `award.cannot-notify`
 */
export function markTold(award: Award, standstillUntil: Date | null): { told: Award; held: Award | null } {
  const told: Award = { ...award, state: awardLifecycle.next(award.state, 'notify') };
  if (award.standstillDays === 0 || standstillUntil === null) return { told, held: null };
  return { told, held: { ...told, state: awardLifecycle.next(told.state, 'hold'), standstillUntil } };
}

/** Until, and not at, the end of the standstill a bidder may object. */
export const takesObjections = (award: Pick<Award, 'state' | 'standstillUntil'>, clock: Date): boolean =>
  award.state === 'standstill' && award.standstillUntil !== null && clock < award.standstillUntil;

const bindingStates: readonly AwardState[] = ['active', 'notified', 'standstill', 'final'];
/** Approved, and not cancelled: what it gives is somebody's. */
export const isBinding = ({ state }: Pick<Award, 'state'>): boolean => bindingStates.includes(state);

/** An award as the table of rights asks about it. */
export const toDecideOn = (
  award: Pick<Award, 'state' | 'proposedBy'>,
  event: { readonly ownerId: string; readonly scorerIds: readonly string[] },
  behind: readonly string[],
): {
  state: AwardState;
  ties: { proposer: string; owner: string; scorer: readonly string[] };
  behind: readonly string[];
} => ({
  state: award.state,
  behind,
  ties: { proposer: award.proposedBy, owner: event.ownerId, scorer: event.scorerIds },
});
