import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { announcedBefore } from '../catalog/index.ts';
import { may } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findById } from './dispute.store.ts';
import { type Dispute, disputeLifecycle, type Side, whoActs } from './dispute.ts';
import { type DisputeNames, findNames } from './disputes.queries.ts';
import { sideOf, toDecideOn } from './disputes.service.ts';
import { pageOfDocument } from './documents.service.ts';
import { readTalk, type Talk } from './messages.service.ts';
import { typesReadBy } from './readable-types.ts';

export type DisputePage = Talk & {
  readonly dispute: Dispute;
  readonly names: DisputeNames;
  readonly turn: Side | 'approver' | null;
  readonly isMyTurn: boolean;
  readonly isLate: boolean;
  /** Until when holidays are announced, where the due day lies beyond. */
  readonly announcedUntil: Day | null;
  readonly documentHref: string;
  /** What this reader may do now; an act asks again. */
  readonly offers: {
    readonly acknowledge: boolean;
    readonly answer: boolean;
    readonly propose: boolean;
    readonly accept: boolean;
    readonly escalate: boolean;
    readonly decide: boolean;
    readonly withdraw: boolean;
  };
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `dispute.not-found`, also for another supplier's */
export async function getDispute(ctx: Ctx, disputeId: string): Promise<DisputePage> {
  const { supplierId } = ctx.actor;
  const dispute = found(
    'dispute',
    await findById(ctx.tx, { id: disputeId, supplierId, types: typesReadBy(ctx), ...placesOf(ctx.actor) }),
  );
  const turn = whoActs(dispute);
  return {
    dispute,
    names: found('dispute', await findNames(ctx, disputeId)),
    turn,
    isMyTurn: turn === sideOf(ctx),
    isLate: dispute.dueAt !== null && dispute.dueAt < ctx.now,
    announcedUntil: await announcedBefore(ctx, {
      at: dispute.dueAt,
      plantCode: null,
      timeZone: ctx.policies.company.timeZone,
    }),
    documentHref: pageOfDocument(dispute.subjectType, dispute.subjectId),
    offers: offersOf(ctx, dispute),
    timeline: await timelineOf(ctx, disputeId),
    ...(await readTalk(ctx, { type: 'dispute', id: disputeId })),
  };
}

function offersOf(ctx: Ctx, dispute: Dispute): DisputePage['offers'] {
  const side = sideOf(ctx);
  const isMyTurn = whoActs(dispute) === side;
  const can = (action: Parameters<typeof disputeLifecycle.may>[1]) =>
    disputeLifecycle.may(dispute.state, action);
  const isProposed = dispute.state === 'proposed_resolution';
  return {
    acknowledge: can('acknowledge') && isMyTurn,
    answer: !disputeLifecycle.isTerminal(dispute.state),
    propose: can('propose') || (dispute.state === 'open' && isMyTurn),
    accept: isProposed && isMyTurn,
    escalate: can('escalate'),
    decide: may(ctx, 'dispute.decide', toDecideOn(dispute)),
    withdraw: can('withdraw') && dispute.openedBySide === side,
  };
}
