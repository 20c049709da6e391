import { type Document, documentsOf } from '../documents/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type AmendmentTold,
  acknowledgeAmendment,
  type EvaluationPlan,
  type EventItem,
  findAmendmentsTold,
  findAskedFor,
  findEventForSupplier,
  findInvitation,
  findPlan,
  findRoundFor,
  getSharedEnquiries,
  type Invitation,
  type Lot,
  markInvitation,
  noteAmendmentsSeen,
  noteViewed,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { findStandingBid } from './bid.store.ts';
import { assertTakesBids, type Bid } from './bid.ts';
import { assertMayAnswer, ownSupplierId } from './drafts.service.ts';

/** An event as an invited supplier sees it. */
export type InvitationPage = {
  readonly event: SourcingEvent;
  readonly lots: readonly Lot[];
  readonly items: readonly EventItem[];
  /** Of lots and lines. */
  readonly structureFiles: readonly Document[];
  /** What the event asks beside prices, and by what it judges. */
  readonly plan: EvaluationPlan;
  readonly documents: readonly Document[];
  readonly invitation: Invitation;
  readonly bid: Bid | null;
  /** The newest round it was asked in, with what it alone is told; null in the first. */
  readonly round: Awaited<ReturnType<typeof findRoundFor>>;
  readonly amendments: readonly AmendmentTold[];
  readonly enquiries: Awaited<ReturnType<typeof getSharedEnquiries>>;
};

/** @throws AppError `sourcing_event.not-found`, also for what the supplier was not invited to */
export async function getInvitation(ctx: Ctx, eventId: string): Promise<InvitationPage> {
  const supplierId = ownSupplierId(ctx);
  const event = await findEventForSupplier(ctx, eventId);
  return {
    event,
    ...(await findAskedFor(ctx, eventId)),
    documents: await documentsOf(ctx, 'sourcing_event', eventId),
    plan: await findPlan(ctx, eventId),
    invitation: found('sourcing_event', await findInvitation(ctx, eventId, supplierId)),
    bid: await findBidOfRound(ctx, event, supplierId),
    round: event.round === 1 ? null : await findRoundFor(ctx, { eventId, supplierId }),
    amendments: await findAmendmentsTold(ctx, { eventId, supplierId }),
    enquiries: await getSharedEnquiries(ctx, { eventId, supplierId }),
  };
}

/** The bid of the round the supplier is asked in; once bidding has ended for it, the last it made. */
async function findBidOfRound(ctx: Ctx, event: SourcingEvent, supplierId: string): Promise<Bid | null> {
  const newest = await findStandingBid(ctx.tx, event.id, supplierId);
  const isOfRound = newest !== undefined && (event.state !== 'open' || newest.round === event.round);
  return isOfRound ? newest : null;
}

/** Lets the buyer see that the invitation was looked at. @throws AppError `sourcing_event.not-found` */
export async function noteInvitationViewed(ctx: Ctx, eventId: string): Promise<void> {
  const supplierId = ownSupplierId(ctx);
  await findEventForSupplier(ctx, eventId);
  await noteViewed(ctx, { eventId, supplierId });
  await noteAmendmentsSeen(ctx, { eventId, supplierId });
}

/**
 * Accepts or declines, while bids are taken.
 * @throws AppError `bid.deadline-passed`, `bid.event-not-open`, `bid.invitation-ended`, `invitation.cannot-accept`,
 * `invitation.cannot-decline` once a bid was submitted: that is withdrawn first
 */
export async function answerInvitation(
  ctx: Ctx,
  answer: { eventId: string; action: 'accept' | 'decline'; reason?: string | undefined },
): Promise<void> {
  const supplierId = ownSupplierId(ctx);
  const { event, invitation } = await getInvitation(ctx, answer.eventId);
  assertTakesBids(event, ctx.now);
  assertMayAnswer(invitation);
  const { eventId, action, reason } = answer;
  await markInvitation(ctx, { eventId, supplierId, action, ...(reason === undefined ? {} : { reason }) });
}

/** Says that the supplier knows what was amended. @throws AppError `sourcing_event.not-found`, `amendment.not-found` */
export async function acknowledge(ctx: Ctx, of: { eventId: string; amendmentId: string }): Promise<void> {
  await findEventForSupplier(ctx, of.eventId);
  await acknowledgeAmendment(ctx, { ...of, supplierId: ownSupplierId(ctx) });
}
