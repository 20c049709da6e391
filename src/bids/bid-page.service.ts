import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findEventForSupplier, type SourcingEvent } from '../sourcing/index.ts';
import { findOwnBid } from './bid.store.ts';
import { type Bid, takesBids } from './bid.ts';
import type { Clarification } from './clarification.ts';
import { findClarifications } from './clarifications.service.ts';
import { findChoice } from './closing-choice.store.ts';
import type { ClosingChoice } from './closing-choice.ts';
import { findStoredDraft } from './draft.store.ts';
import { ownSupplierId } from './drafts.service.ts';
import { getSubmission, type KeptSubmission } from './kept-submission.service.ts';
import { findVersionsOf, type VersionFacts } from './version.store.ts';

/** A bid as its supplier finds it: what it said, when it was received, and what can still be done. */
export type BidPage = {
  readonly bid: Bid;
  readonly event: SourcingEvent;
  readonly versions: readonly VersionFacts[];
  /** The last submission; null while there is none. */
  readonly submission: KeptSubmission | null;
  readonly isUnsubmitted: boolean;
  /** Bids can still be changed, submitted and withdrawn. */
  readonly isOpen: boolean;
  /** An amendment made it invalid, and it can be taken up again. */
  readonly mayBeTakenUp: boolean;
  /** That the closing submits what is complete; null: it does not. */
  readonly closingChoice: ClosingChoice | null;
  /** What the buyer asked about it after the opening. */
  readonly clarifications: readonly Clarification[];
  readonly timeline: readonly TimelineEntry[];
  readonly now: Date;
};

/** @throws AppError `bid.not-found`, also for another supplier's */
export async function getBid(ctx: Ctx, bidId: string): Promise<BidPage> {
  const bid = found('bid', await findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  const event = await findEventForSupplier(ctx, bid.eventId);
  const draft = found('bid', await findStoredDraft(ctx.tx, bidId));
  const standsOpen = bid.state === 'draft' || bid.state === 'submitted';
  return {
    bid,
    event,
    versions: await findVersionsOf(ctx.tx, bidId),
    submission: bid.currentVersion === 0 ? null : await getSubmission(ctx, bidId, null),
    isUnsubmitted: standsOpen && draft.submittedRevision !== draft.revision,
    isOpen: standsOpen && takesBids(event, ctx.now),
    mayBeTakenUp: bid.state === 'invalid' && takesBids(event, ctx.now),
    closingChoice: (await findChoice(ctx.tx, bidId)) ?? null,
    clarifications: await findClarifications(ctx.tx, bidId),
    timeline: await timelineOf(ctx, bidId),
    now: ctx.now,
  };
}
