import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { DecimalString } from '../kernel/money.ts';

export const awardLifecycle = defineLifecycle('award', 'proposed', {
  proposed: { submit: 'pending_approval' },
  pending_approval: { approve: 'active', return: 'returned' },
  active: { notify: 'notified', cancel: 'cancelled' },
  notified: { hold: 'standstill' },
  standstill: { finalise: 'final' },
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
  /** What the same quantities cost at the lowest price bid for each line. */
  readonly lowestAmount: DecimalString;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly justification: string;
  /** What bidders who did not win are told, in the buyer's words. */
  readonly debrief: string;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly returnReason: string | null;
};

/** What one supplier gets of one line. */
export type AwardLine = {
  readonly eventItemId: string;
  readonly supplierId: string;
  readonly bidLineId: string;
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

/** An award as the table of rights asks about it. */
export const toDecideOn = (
  award: Pick<Award, 'state' | 'proposedBy'>,
  event: { readonly ownerId: string },
  behind: readonly string[],
): { state: AwardState; ties: { proposer: string; owner: string }; behind: readonly string[] } => ({
  state: award.state,
  behind,
  ties: { proposer: award.proposedBy, owner: event.ownerId },
});
