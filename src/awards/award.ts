import { ruleBroken } from '../kernel/errors.ts';
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

/** Who decides on an award, and whose event it is. */
export type Decision = {
  readonly deciderId: string | null;
  readonly eventOwnerId: string;
  readonly at: Date;
};

/**
 * Makes the award binding.
 * @throws AppError `rule-broken`: `award.decided-by-own-proposer`, `award.decided-by-event-owner`,
 * `award.cannot-approve`
 */
export function approve(award: Award, decision: Decision): Award {
  refuseOwnDecision(award, decision);
  return {
    ...award,
    state: awardLifecycle.next(award.state, 'approve'),
    decidedBy: decision.deciderId,
    decidedAt: decision.at,
  };
}

/**
 * Sends the award back to the buyer, who proposes another one.
 * @throws AppError `rule-broken`: `award.decided-by-own-proposer`, `award.decided-by-event-owner`,
 * `award.cannot-return`
 */
export function returnToBuyer(award: Award, decision: Decision & { readonly reason: string }): Award {
  refuseOwnDecision(award, decision);
  return {
    ...award,
    state: awardLifecycle.next(award.state, 'return'),
    decidedBy: decision.deciderId,
    decidedAt: decision.at,
    returnReason: decision.reason,
  };
}

/** May this person decide on the award? What the buttons are drawn from; the server asks again. */
export const mayDecide = (
  award: Pick<Award, 'state' | 'proposedBy'>,
  person: { readonly userId: string | null; readonly eventOwnerId: string },
): boolean =>
  awardLifecycle.may(award.state, 'approve') &&
  person.userId !== null &&
  person.userId !== award.proposedBy &&
  person.userId !== person.eventOwnerId;

/** Four eyes: who wants the award or runs the event does not also approve it. */
function refuseOwnDecision(award: Award, decision: Decision): void {
  if (decision.deciderId === award.proposedBy)
    throw ruleBroken('award.decided-by-own-proposer', 'Whoever proposed an award does not decide on it');
  if (decision.deciderId === decision.eventOwnerId)
    throw ruleBroken('award.decided-by-event-owner', 'Whoever runs the event does not decide on its award');
}
