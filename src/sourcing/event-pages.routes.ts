import type { Request, Response } from 'express';
import { approvalIdsOf, findApproval } from '../approvals/index.ts';
import { timelineOf } from '../audit/index.ts';
import { listAccounts } from '../budgets/index.ts';
import { listCategories } from '../catalog/index.ts';
import { documentsOf } from '../documents/index.ts';
import {
  findAbsences,
  findAbsencesInRole,
  findUsersByRole,
  isSeparated,
  may,
  mayUse,
} from '../identity/index.ts';
import { lineAmount } from '../kernel/money.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import { dayIn, wallClock } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { lastAmendmentNumber } from './amendments.queries.ts';
import { countEnquiries, enquirySubjects } from './enquiries.queries.ts';
import { enquiriesEndAt } from './enquiry.ts';
import { findPlan } from './evaluation-plan.service.ts';
import { type EventItem, estimatedValueOf } from './event-item.ts';
import { findAskedFor, structureShown } from './event-lines.service.ts';
import { type EventListFilter, type EventRow, listEvents } from './event-list.queries.ts';
import { eventsFile } from './event-list.report.ts';
import { findEventAccount, findSourcesOfEvent } from './event-sources.service.ts';
import { tellsOfBid, whileBidding } from './invitation.ts';
import type { Lot } from './lot.ts';
import { nextStepOf } from './next-step.ts';
import { asksForChain, toApprove } from './publication.service.ts';
import { type EventFilter, eventFilter } from './sourcing.forms.ts';
import { findOrdersOfEvent, invitedSuppliers, namesOfEvent } from './sourcing.queries.ts';
import { findEvent } from './sourcing.service.ts';
import {
  currenciesOf,
  eventSteps,
  isBidding,
  missingForPublication,
  needsApproval,
  type SourcingEvent,
  sourcingEventLifecycle,
  stateAt,
} from './sourcing-event.ts';
import { beyondCalendar } from './timetable.ts';

/** The list of events, and each event's page. */
export function addEventPages(router: PortalRouter, web: WebDeps): void {
  router.get('/events', 'sourcing_event.read', async (req, res) => {
    const filter = eventFilter.parse(req.query);
    const request = pageRequest(req);
    const { page, categories, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listEvents(ctx, filterOf(ctx, filter), request),
      categories: await listCategories(ctx),
      now: ctx.now,
    }));
    await web.showPage(res, 'sourcing/events', {
      titleKey: 'sourcing.title',
      page,
      categories,
      filter,
      query: asQuery(filter, 'newest'),
      isFiltered: isFiltered(filter),
      states: sourcingEventLifecycle.states,
      isFirst: request.after === null,
      stateOf: (row: EventRow) => stateAt(row, now),
      nextStepOf: (row: EventRow) => nextStepOf(row, { userId: req.actor.userId, now }),
    });
  });

  router.get('/events/export.csv', 'sourcing_event.read', async (req, res) => {
    const filter = eventFilter.parse(req.query);
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(
        await listEvents(ctx, filterOf(ctx, filter), { after: null, limit: MOST_ROWS_IN_A_FILE }),
      ),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, eventsFile(rows, day));
  });

  router.get('/events/:eventId', 'sourcing_event.read', (req, res) => showEvent(web, req, res));
}

const filterOf = (ctx: Ctx, { q, mine, ...filter }: EventFilter): EventListFilter => ({
  ...filter,
  search: q,
  ownerId: mine === null ? null : ctx.actor.userId,
});

/** What each line and each lot will cost if the estimates hold, by their ids. */
function valuesOf(
  { currency }: Pick<SourcingEvent, 'currency'>,
  { lots, items }: { lots: readonly Lot[]; items: readonly EventItem[] },
) {
  const amountOf = ({ quantity, estimatedPrice }: EventItem) =>
    estimatedPrice === null ? null : lineAmount({ quantity, unitPrice: estimatedPrice, currency });
  const lines = (lotId: string) => items.filter((item) => item.lotId === lotId);
  return {
    amounts: new Map(items.map((item) => [item.id, amountOf(item)])),
    lotValues: new Map(lots.map((lot) => [lot.id, estimatedValueOf(lines(lot.id), currency)])),
  };
}

/** Until the page is worth another look: the closing, or the sweep that follows it by seconds. */
const msUntil = (instant: Date | null, now: Date): number | null =>
  instant === null ? null : Math.max(instant.getTime() - now.getTime(), 0) + 3000;

/** Who opens the bids that wait: whoever looks, openers of its own, or these people of ours. */
async function whoOpens(ctx: Ctx, event: SourcingEvent) {
  if (!['closed', 'opening'].includes(event.state)) return null;
  const { state, closesAt, openerThreshold } = event;
  const resource = { state, closesAt, ties: { owner: event.ownerId } };
  const act = state === 'opening' ? 'start-evaluation' : 'start-opening';
  const hasOwnOpeners = openerThreshold !== null;
  return {
    hasOwnOpeners,
    mayOpen: !hasOwnOpeners && may(ctx, `sourcing_event.${act}`, resource),
    people: hasOwnOpeners
      ? []
      : (await findUsersByRole(ctx, 'bid_opener')).filter(({ id }) => id !== event.ownerId).slice(0, 5),
  };
}

/** The orders that were made of it, for whoever may see orders. */
const ordersOf = async (ctx: Ctx, event: SourcingEvent) =>
  mayUse(ctx, 'order.read') ? findOrdersOfEvent(ctx, event.id) : [];

/** The page of an event; acts that are refused show it again, with what was wrong. */
export async function showEvent(web: WebDeps, req: Request, res: Response): Promise<void> {
  const eventId = idParam(req, 'eventId');
  const model = await web.runInTx(whoOf(req), async (ctx) => {
    const event = await findEvent(ctx, eventId);
    const asked = await findAskedFor(ctx, eventId);
    const { items } = asked;
    const invitations = await invitedSuppliers(ctx, eventId);
    const invitationIds = invitations.map((invitation) => invitation.id);
    const enquiryIds = await enquirySubjects(ctx, eventId);
    const plan = await findPlan(ctx, eventId);
    const timeline = await timelineOf(
      ctx,
      eventId,
      ...(await approvalIdsOf(ctx, eventId)),
      ...invitationIds,
      ...enquiryIds,
    );
    const isOpenCompetition = isBidding(event);
    const counts = { lineCount: items.length, invitationCount: invitations.length, now: ctx.now };
    const { userId } = ctx.actor;
    return {
      event,
      items,
      lots: asked.lots,
      ...structureShown(asked),
      ...valuesOf(event, asked),
      currencies: currenciesOf(event),
      invitations: isOpenCompetition ? invitations.map(whileBidding) : invitations,
      beyondCalendar: beyondCalendar(event),
      shownState: stateAt(event, ctx.now),
      closesInMs: event.state === 'open' ? msUntil(event.closesAt, ctx.now) : null,
      whoOpens: await whoOpens(ctx, event),
      planCounts: { questions: plan.requirements.length, criteria: plan.criteria.length },
      names: await namesOfEvent(ctx, eventId),
      documents: await documentsOf(ctx, 'sourcing_event', eventId),
      sources: await findSourcesOfEvent(ctx, eventId),
      orders: await ordersOf(ctx, event),
      account: await findEventAccount(ctx, eventId),
      accounts: event.state === 'draft' ? await listAccounts(ctx) : [],
      enquiries: {
        ...(await countEnquiries(ctx, eventId)),
        endAt: enquiriesEndAt(event),
        isOpen: isOpenCompetition,
      },
      timeline: isOpenCompetition ? timeline.filter((entry) => !tellsOfBid(entry.action)) : timeline,
      amendmentCount: event.publishedAt === null ? 0 : await lastAmendmentNumber(ctx, eventId),
      missing: missingForPublication(event, counts),
      mustBeApproved:
        needsApproval(event, items, ctx.policies.eventApprovalFrom) || (await asksForChain(ctx, event)),
      asksForChain: await asksForChain(ctx, event),
      approval: await findApproval(ctx, { documentType: 'sourcing_event', documentId: eventId }),
      threshold: ctx.policies.eventApprovalFrom,
      isManager: mayUse(ctx, 'sourcing_event.manage'),
      isOwn:
        userId === event.ownerId ||
        userId === event.approvalRequestedBy ||
        isSeparated(ctx, 'sourcing_event.approve', await toApprove(ctx, event)),
      absences:
        event.state === 'pending_approval'
          ? await findAbsencesInRole(ctx, 'approver')
          : await findAbsences(ctx, [event.ownerId]),
    };
  });
  const { event } = model;
  await web.showPage(res, 'sourcing/event', {
    ...model,
    title: `${event.reference} ${event.title}`,
    closesLocally: event.closesAt === null ? '' : wallClock(event.closesAt, event.timeZone),
    steps: eventSteps.map((step) => step.key),
    currentStep: eventSteps.findIndex((step) => step.states.includes(event.state)),
    actions: sourcingEventLifecycle.actionsIn(event.state),
    takesInvitationsBack: model.isManager && isBidding(event),
  });
}
