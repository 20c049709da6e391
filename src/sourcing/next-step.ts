import { type SourcingEvent, type SourcingEventState, stateAt } from './sourcing-event.ts';

/** What somebody has to do next on an event: where, and who may. Its words stand at `sourcing.step-to.<key>`. */
export type NextStep = {
  readonly key: string;
  /** Below the event's own page; empty for that page. */
  readonly path: string;
  readonly permission: string;
};

const STEPS: Readonly<Partial<Record<SourcingEventState, NextStep>>> = {
  draft: { key: 'finish', path: '/edit', permission: 'sourcing_event.manage' },
  pending_approval: { key: 'approve', path: '', permission: 'sourcing_event.approve' },
  approved: { key: 'publish', path: '', permission: 'sourcing_event.manage' },
  closed: { key: 'open', path: '/opening', permission: 'bid.open' },
  opening: { key: 'open', path: '/opening', permission: 'bid.open' },
  evaluation: { key: 'compare', path: '/comparison', permission: 'comparison.read' },
  award_proposed: { key: 'award', path: '/award', permission: 'award.read' },
  award_approval: { key: 'award', path: '/award', permission: 'award.read' },
};

/**
 * The step an event waits for; null while it waits for suppliers, for nothing any more, or for others than who looks:
 * nobody opens the bids of their own event.
 */
export function nextStepOf(
  event: Pick<SourcingEvent, 'state' | 'closesAt' | 'ownerId'>,
  looks: { userId: string | null; now: Date },
): NextStep | null {
  const step = STEPS[stateAt(event, looks.now)] ?? null;
  return step?.permission === 'bid.open' && event.ownerId === looks.userId ? null : step;
}
