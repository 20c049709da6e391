import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { type Award, isBinding } from './award.ts';

/** Taking back what was awarded: one asks for it, another confirms. */
export const withdrawalLifecycle = defineLifecycle('award_withdrawal', 'requested', {
  requested: { confirm: 'confirmed', refuse: 'refused' },
  confirmed: {},
  refused: {},
});
export type WithdrawalState = (typeof withdrawalLifecycle.states)[number];

export type Withdrawal = {
  readonly id: string;
  readonly awardId: string;
  /** Whose part; null for all of the award that stands. */
  readonly supplierId: string | null;
  readonly reason: string;
  /** Whoever loses its part cannot get the same lines again. */
  readonly excludes: boolean;
  readonly state: WithdrawalState;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionNote: string;
};

/** An order that was made from an award. */
export type AwardOrder = {
  readonly reference: string;
  readonly supplierId: string;
  readonly isSent: boolean;
  readonly isCancelled: boolean;
};

/**
 * What may be withdrawn: a part of a binding award that stands, whose order its supplier does not have. An order that
 * was sent is cancelled by its own way first: by a change that its supplier agrees to.
 * @throws AppError `award.cannot-cancel`, `award_withdrawal.nothing-stands`, `award_withdrawal.event-moved-on`,
 * `award_withdrawal.order-sent`
 */
export function assertWithdrawable(
  award: Pick<Award, 'state'>,
  of: {
    readonly eventState: string;
    /** Who has lines of the award that stand. */
    readonly standing: readonly string[];
    readonly supplierId: string | null;
    readonly orders: readonly AwardOrder[];
  },
): void {
  if (!isBinding(award)) throw ruleBroken('award.cannot-cancel', 'Only a binding award is withdrawn');
  if (of.eventState !== 'awarded')
    throw ruleBroken('award_withdrawal.event-moved-on', 'The event is not in the state awarded');
  const concerned = of.standing.filter((id) => of.supplierId === null || id === of.supplierId);
  if (concerned.length === 0)
    throw ruleBroken('award_withdrawal.nothing-stands', 'This supplier has nothing of the award any more');
  const sent = of.orders.filter(
    (order) => concerned.includes(order.supplierId) && order.isSent && !order.isCancelled,
  );
  if (sent.length > 0)
    throw ruleBroken('award_withdrawal.order-sent', 'An order that was sent is cancelled first', {
      orders: sent.map((order) => order.reference).join(', '),
    });
}

/** A withdrawal as the table of rights asks about it. */
export const toDecideOnWithdrawal = (
  withdrawal: Withdrawal,
  event: { readonly ownerId: string },
  behind: readonly string[],
): { state: WithdrawalState; ties: { requester: string; owner: string }; behind: readonly string[] } => ({
  state: withdrawal.state,
  behind,
  ties: { requester: withdrawal.requestedBy, owner: event.ownerId },
});
