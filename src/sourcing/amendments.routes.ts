import type { Request, Response } from 'express';
import { approvalIdsOf, findApproval } from '../approvals/index.ts';
import { timelineOf } from '../audit/index.ts';
import { documentsOf } from '../documents/index.ts';
import { isSeparated } from '../identity/index.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { type Amendment, assertAmendable } from './amendment.ts';
import {
  amendmentToApprove,
  approveAmendment,
  requestAmendmentApproval,
  returnAmendment,
} from './amendment-approval.service.ts';
import { isEmpty, toldOf } from './amendment-difference.ts';
import { addAmendmentDrafting } from './amendment-draft.routes.ts';
import { prospectOf } from './amendment-prospect.service.ts';
import { publishAmendment } from './amendment-publication.service.ts';
import { seenForm } from './amendments.forms.ts';
import { acknowledgementsOf, amendmentsOf, eventOfAmendment } from './amendments.queries.ts';
import { draftAmendment, findAmendment, withdrawAmendment } from './amendments.service.ts';
import { reasonForm } from './sourcing.forms.ts';
import { findEvent } from './sourcing.service.ts';
import type { SourcingEvent } from './sourcing-event.ts';
import { beyondCalendar } from './timetable.ts';

const ofRequest = (req: Request): { eventId: string; id: string } => ({
  eventId: idParam(req, 'eventId'),
  id: idParam(req, 'amendmentId'),
});

/** Amending an open event: drafting it beside the event, seeing the difference, and publishing it. */
export function addAmendments(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const showList = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, eventId);
      return {
        event,
        amendments: await amendmentsOf(ctx, eventId),
        isAmendable: isAmendable(event, ctx.now),
      };
    });
    await web.showPage(res, 'sourcing/amendments', {
      titleKey: 'amendments.title',
      titleParams: { reference: model.event.reference },
      ...model,
    });
  };
  router.get('/events/:eventId/amendments', 'sourcing_event.read', showList);
  router.post('/events/:eventId/amendments', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let id = '';
    await web.submitForm(req, res, {
      act: async () => {
        id = await web.runInTx(whoOf(req), (ctx) => draftAmendment(ctx, eventId));
      },
      goTo: () => `/events/${eventId}/amendments/${id}/edit`,
      orShow: showList,
    });
  });
  const show = (req: Request, res: Response): Promise<void> => showAmendment(web, req, res);
  router.get('/events/:eventId/amendments/:amendmentId', 'sourcing_event.read', show);
  addAmendmentDrafting(router, web, limits);
  addActs(router, web, show);

  // What an approver is asked for is named by its own id.
  router.get('/amendments/:amendmentId', 'sourcing_event.read', async (req, res) => {
    const id = idParam(req, 'amendmentId');
    const eventId = await web.runInTx(whoOf(req), (ctx) => eventOfAmendment(ctx, id));
    res.redirect(303, `/events/${eventId}/amendments/${id}`);
  });
}

const isAmendable = (event: SourcingEvent, now: Date): boolean => {
  try {
    assertAmendable(event, now);
    return true;
  } catch {
    return false;
  }
};

async function showAmendment(web: WebDeps, req: Request, res: Response): Promise<void> {
  const of = ofRequest(req);
  const model = await web.runInTx(whoOf(req), async (ctx) => {
    const { event, amendment } = await findAmendment(ctx, of);
    return { event, amendment, ...(await aboutAmendment(ctx, event, amendment)) };
  });
  await web.showPage(res, 'sourcing/amendment', {
    titleKey: 'amendments.title',
    titleParams: { reference: model.event.reference },
    ...model,
  });
}

async function aboutAmendment(ctx: Ctx, event: SourcingEvent, amendment: Amendment) {
  const isPublished = amendment.state === 'published';
  const prospect =
    isPublished || amendment.state === 'withdrawn'
      ? null
      : await prospectOf(ctx, { event, amendment, now: ctx.now });
  const difference = prospect?.difference ?? amendment.changes ?? { terms: [], lines: [] };
  return {
    approval: await findApproval(ctx, { documentType: 'amendment', documentId: amendment.id }),
    prospect,
    difference,
    beyondCalendar: beyondCalendar({ ...event, closesAt: prospect?.closesAt ?? event.closesAt }),
    documents: await documentsOf(ctx, 'amendment', amendment.id),
    changesNothing: isEmpty(toldOf(difference)),
    isStale: !isPublished && event.version !== amendment.eventVersion,
    isAmendable: isAmendable(event, ctx.now),
    noticeWorkingDays: ctx.policies.amendments.noticeWorkingDays,
    isOwn: isSeparated(ctx, 'amendment.approve', await amendmentToApprove(ctx, event, amendment)),
    acknowledgements: isPublished ? await acknowledgementsOf(ctx, amendment.id) : [],
    timeline: await timelineOf(ctx, amendment.id, ...(await approvalIdsOf(ctx, amendment.id))),
  };
}

type Show = (req: Request, res: Response) => Promise<void>;

function addActs(router: PortalRouter, web: WebDeps, orShow: Show): void {
  type Seen = { eventId: string; id: string; version: number };
  const act = (
    noun: string,
    permission: string,
    of: { notice: string; work: (ctx: Ctx, seen: Seen) => Promise<void>; toList?: true },
  ): void =>
    router.post(`/events/:eventId/amendments/:amendmentId/${noun}`, permission, async (req, res) => {
      const ids = ofRequest(req);
      const list = `/events/${ids.eventId}/amendments`;
      await web.submitForm(req, res, {
        act: async () => {
          const { version } = parseForm(seenForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => of.work(ctx, { ...ids, version }));
        },
        goTo: of.toList === true ? list : `${list}/${ids.id}`,
        notice: `amendments.notice.${of.notice}`,
        orShow,
      });
    });
  const manage = 'sourcing_event.manage';
  act('publication', manage, { notice: 'published', work: publishAmendment });
  act('approval-request', manage, { notice: 'approval-requested', work: requestAmendmentApproval });
  act('withdrawal', manage, { notice: 'withdrawn', work: withdrawAmendment, toList: true });
  act('approval', 'amendment.approve', { notice: 'approved', work: approveAmendment });

  router.post(
    '/events/:eventId/amendments/:amendmentId/return',
    'sourcing_event.return',
    async (req, res) => {
      const ids = ofRequest(req);
      await web.submitForm(req, res, {
        act: async () => {
          const { reason } = parseForm(reasonForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => returnAmendment(ctx, { ...ids, reason }));
        },
        goTo: `/events/${ids.eventId}/amendments/${ids.id}`,
        notice: 'amendments.notice.returned',
        orShow,
      });
    },
  );
}
