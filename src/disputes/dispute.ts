import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { dayIn, instantAt } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';

const ended = { withdraw: 'withdrawn', escalate: 'escalated' } as const;

/** A disagreement about a document, until both agree or somebody above decides. Silence ends nothing. */
export const disputeLifecycle = defineLifecycle('dispute', 'open', {
  open: { acknowledge: 'acknowledged', ...ended },
  acknowledged: {
    'ask-supplier': 'awaiting_supplier',
    'ask-buyer': 'awaiting_buyer',
    propose: 'proposed_resolution',
    ...ended,
  },
  awaiting_supplier: { 'ask-buyer': 'awaiting_buyer', propose: 'proposed_resolution', ...ended },
  awaiting_buyer: { 'ask-supplier': 'awaiting_supplier', propose: 'proposed_resolution', ...ended },
  proposed_resolution: {
    accept: 'resolved',
    'ask-supplier': 'awaiting_supplier',
    'ask-buyer': 'awaiting_buyer',
    ...ended,
  },
  escalated: { decide: 'decided' },
  resolved: {},
  decided: {},
  withdrawn: {},
});
export type DisputeState = (typeof disputeLifecycle.states)[number];

export const disputeTopics = ['price', 'quantity', 'quality', 'delivery', 'payment', 'other'] as const;
export type DisputeTopic = (typeof disputeTopics)[number];

/** The documents that may be talked and disagreed about. */
export const disputedTypes = [
  'forecast',
  'purchase_order',
  'despatch_advice',
  'goods_receipt',
  'invoice',
] as const;
export type DisputedType = (typeof disputedTypes)[number];

export type Side = 'buyer' | 'supplier';
export const otherSide = (side: Side): Side => (side === 'buyer' ? 'supplier' : 'buyer');

export type Dispute = {
  readonly id: string;
  /** What people call it by: `DSP-2026-0007`. */
  readonly reference: string;
  readonly subjectType: DisputedType;
  readonly subjectId: string;
  readonly subjectReference: string;
  readonly supplierId: string;
  /** Who answers for the buying side. */
  readonly ownerId: string;
  readonly topic: DisputeTopic;
  readonly title: string;
  readonly state: DisputeState;
  readonly openedBy: string;
  readonly openedBySide: Side;
  readonly proposal: string | null;
  readonly proposedBy: string | null;
  readonly proposedBySide: Side | null;
  /** By when the side whose turn it is answers; null once it has ended. */
  readonly dueAt: Date | null;
  /** When the side that is late was reminded. */
  readonly remindedAt: Date | null;
  readonly decision: string | null;
  readonly decidedBy: string | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly version: number;
};

/** Whose turn it is; `approver` once it was escalated, null when it has ended. */
export function whoActs(
  dispute: Pick<Dispute, 'state' | 'openedBySide' | 'proposedBySide'>,
): Side | 'approver' | null {
  switch (dispute.state) {
    case 'open':
    case 'acknowledged':
      return otherSide(dispute.openedBySide);
    case 'awaiting_supplier':
      return 'supplier';
    case 'awaiting_buyer':
      return 'buyer';
    case 'proposed_resolution':
      return otherSide(dispute.proposedBySide ?? dispute.openedBySide);
    case 'escalated':
      return 'approver';
    case 'resolved':
    case 'decided':
    case 'withdrawn':
      return null;
  }
}

/** How long each side has: see `config/policies.ts`. */
export type DisputeTimes = {
  readonly answerWorkingDays: number;
  readonly timeZone: string;
  readonly calendar: Calendar;
};

const dueFrom = (at: Date, { answerWorkingDays, timeZone, calendar }: DisputeTimes): Date =>
  instantAt(`${addWorkingDays(dayIn(at, timeZone), answerWorkingDays, calendar)}T18:00`, timeZone);

const handOver = (to: Side) => (to === 'supplier' ? 'ask-supplier' : 'ask-buyer');

/** A new dispute: the other side's turn. */
export const openDispute = (
  of: Omit<
    Dispute,
    | 'state'
    | 'proposal'
    | 'proposedBy'
    | 'proposedBySide'
    | 'dueAt'
    | 'remindedAt'
    | 'decision'
    | 'decidedBy'
    | 'closedAt'
    | 'version'
  >,
  times: DisputeTimes,
): Dispute => ({
  ...of,
  state: 'open',
  proposal: null,
  proposedBy: null,
  proposedBySide: null,
  dueAt: dueFrom(of.createdAt, times),
  remindedAt: null,
  decision: null,
  decidedBy: null,
  closedAt: null,
  version: 1,
});

/** The other side has taken note: it still is its turn.
 * @throws AppError `dispute.cannot-acknowledge`, `dispute.others-turn` */
export function acknowledge(dispute: Dispute, side: Side): Dispute {
  const state = disputeLifecycle.next(dispute.state, 'acknowledge');
  if (whoActs(dispute) !== side) throw othersTurn();
  return { ...dispute, state };
}

/**
 * What is said moves the turn to the other side when it was this side's; said out of turn, it moves nothing.
 * An answer to what nobody acknowledged acknowledges it.
 * @throws AppError `dispute.has-ended`
 */
export function answer(dispute: Dispute, by: { side: Side; at: Date }, times: DisputeTimes): Dispute {
  if (disputeLifecycle.isTerminal(dispute.state)) throw ruleBroken('dispute.has-ended', 'It has ended');
  const mayMove = whoActs(dispute) === by.side && dispute.state !== 'proposed_resolution';
  if (!mayMove) return dispute;
  const acknowledged = dispute.state === 'open' ? acknowledge(dispute, by.side) : dispute;
  const state = disputeLifecycle.next(acknowledged.state, handOver(otherSide(by.side)));
  return { ...acknowledged, state, dueAt: dueFrom(by.at, times), remindedAt: null };
}

/** Offers the other side an end. @throws AppError `dispute.cannot-propose` */
export function propose(
  dispute: Dispute,
  by: { userId: string; side: Side; at: Date; proposal: string },
  times: DisputeTimes,
): Dispute {
  const taken =
    dispute.state === 'open' && whoActs(dispute) === by.side ? acknowledge(dispute, by.side) : dispute;
  return {
    ...taken,
    state: disputeLifecycle.next(taken.state, 'propose'),
    proposal: by.proposal,
    proposedBy: by.userId,
    proposedBySide: by.side,
    dueAt: dueFrom(by.at, times),
    remindedAt: null,
  };
}

/** Both agree. @throws AppError `dispute.cannot-accept`, `dispute.own-proposal` */
export function accept(dispute: Dispute, by: { side: Side; at: Date }): Dispute {
  const state = disputeLifecycle.next(dispute.state, 'accept');
  if (whoActs(dispute) !== by.side) throw ownProposal();
  return { ...dispute, state, dueAt: null, closedAt: by.at };
}

/** The proposal is not taken; it is the proposer's turn again.
 * @throws AppError `dispute.cannot-refuse`, `dispute.own-proposal` */
export function refuse(dispute: Dispute, by: { side: Side; at: Date }, times: DisputeTimes): Dispute {
  if (dispute.state !== 'proposed_resolution')
    throw ruleBroken('dispute.cannot-refuse', 'There is no proposal', { state: dispute.state });
  if (whoActs(dispute) !== by.side) throw ownProposal();
  const state = disputeLifecycle.next(dispute.state, handOver(otherSide(by.side)));
  return {
    ...dispute,
    state,
    proposal: null,
    proposedBy: null,
    proposedBySide: null,
    dueAt: dueFrom(by.at, times),
    remindedAt: null,
  };
}

/** Takes it to somebody above both, who then decides. @throws AppError `dispute.cannot-escalate` */
export const escalate = (dispute: Dispute, at: Date, times: DisputeTimes): Dispute => ({
  ...dispute,
  state: disputeLifecycle.next(dispute.state, 'escalate'),
  dueAt: dueFrom(at, times),
  remindedAt: null,
});

/** Who took part may not decide: the table of rights says so. @throws AppError `dispute.cannot-decide` */
export const decideOn = (dispute: Dispute, by: { userId: string; at: Date; decision: string }): Dispute => ({
  ...dispute,
  state: disputeLifecycle.next(dispute.state, 'decide'),
  decision: by.decision,
  decidedBy: by.userId,
  dueAt: null,
  closedAt: by.at,
});

/** The side that opened it takes it back. @throws AppError `dispute.cannot-withdraw`, `dispute.withdrawn-by-other` */
export function withdraw(dispute: Dispute, by: { side: Side; at: Date }): Dispute {
  const state = disputeLifecycle.next(dispute.state, 'withdraw');
  if (dispute.openedBySide !== by.side)
    throw ruleBroken('dispute.withdrawn-by-other', 'Only the side that opened it takes it back');
  return { ...dispute, state, dueAt: null, closedAt: by.at };
}

/**
 * What the clock does to a dispute that is due: first a reminder, with as much time again; then it goes to an
 * approver. What was escalated is reminded about, and never decided by time.
 */
export function passTime(
  dispute: Dispute,
  at: Date,
  times: DisputeTimes,
): { readonly did: 'nothing' | 'reminded' | 'escalated'; readonly dispute: Dispute } {
  if (dispute.dueAt === null || dispute.dueAt > at) return { did: 'nothing', dispute };
  if (dispute.remindedAt === null || dispute.state === 'escalated')
    return { did: 'reminded', dispute: { ...dispute, remindedAt: at, dueAt: dueFrom(at, times) } };
  return { did: 'escalated', dispute: escalate(dispute, at, times) };
}

const othersTurn = () => ruleBroken('dispute.others-turn', 'It is the other side’s turn');
const ownProposal = () => ruleBroken('dispute.own-proposal', 'The other side answers a proposal');
