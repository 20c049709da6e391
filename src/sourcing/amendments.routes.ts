import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { acceptedExtensions, documentsOf } from '../documents/index.ts';
import { isSeparated } from '../identity/index.ts';
import { incoterms } from '../kernel/incoterm.ts';
import type { Policies } from '../kernel/policies.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import { wallClock } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { type Amendment, assertAmendable, isEmpty, toldOf } from './amendment.ts';
import { amendmentForm, seenForm, tidyAmendedLines } from './amendments.forms.ts';
import { acknowledgementsOf, amendmentsOf } from './amendments.queries.ts';
import {
  addAmendmentFiles,
  amendmentToApprove,
  approveAmendment,
  draftAmendment,
  findAmendment,
  prospectOf,
  publishAmendment,
  removeAmendmentFile,
  requestAmendmentApproval,
  returnAmendment,
  reviseAmendment,
  withdrawAmendment,
} from './amendments.service.ts';
import { gridRows, type LineFields, lineFields, typedLines } from './event-form.ts';
import type { NewEventItem } from './event-item.ts';
import { findStructure } from './event-lines.service.ts';
import { reasonForm } from './sourcing.forms.ts';
import { findEvent } from './sourcing.service.ts';
import type { SourcingEvent } from './sourcing-event.ts';

const MOST_LINES = 300;
const EMPTY_ROWS = 2;
const MEGABYTE = 1_048_576;

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
  addDrafting(router, web, limits);
  addActs(router, web, show);
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
    prospect,
    difference,
    documents: await documentsOf(ctx, 'amendment', amendment.id),
    changesNothing: isEmpty(toldOf(difference)),
    isStale: !isPublished && event.version !== amendment.eventVersion,
    isAmendable: isAmendable(event, ctx.now),
    noticeWorkingDays: ctx.policies.amendments.noticeWorkingDays,
    isOwn: isSeparated(ctx, 'amendment.approve', await amendmentToApprove(ctx, event, amendment)),
    acknowledgements: isPublished ? await acknowledgementsOf(ctx, amendment.id) : [],
    timeline: await timelineOf(ctx, amendment.id),
  };
}

function addDrafting(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };
  const showEdit = async (req: Request, res: Response): Promise<void> => {
    const of = ofRequest(req);
    const typed = res.locals.typed;
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const { event, amendment } = await findAmendment(ctx, of);
      const structure = await findStructure(ctx, of.eventId);
      return { event, amendment, ...structure, documents: await documentsOf(ctx, 'amendment', of.id) };
    });
    const { event, amendment, items } = model;
    if (amendment.state !== 'draft' && typed === undefined)
      return res.redirect(303, `/events/${of.eventId}/amendments/${of.id}`);
    await web.showPage(res, 'sourcing/amendment-edit', {
      titleKey: 'amendments.title',
      titleParams: { reference: event.reference },
      ...model,
      terms: amendment.proposal.terms,
      closesLocally: localOf(amendment.proposal.terms.closesAt, event),
      enquiriesLocally: localOf(amendment.proposal.terms.enquiriesUntil, event),
      lines: items.length > MOST_LINES ? null : linesOf(amendment, items, typed?.['lines']),
      units: offeredUnits,
      incoterms,
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
    });
  };
  router.get('/events/:eventId/amendments/:amendmentId/edit', 'sourcing_event.manage', showEdit);
  router.upload(
    '/events/:eventId/amendments/:amendmentId/edit',
    'sourcing_event.manage',
    uploads,
    async (req, res) => {
      const of = ofRequest(req);
      const page = `/events/${of.eventId}/amendments/${of.id}`;
      req.body = tidyAmendedLines(req.body);
      let goTo = page;
      await web.submitForm(req, res, {
        act: async () => {
          const {
            version,
            hasLines,
            lines,
            reason,
            touchesAll,
            next,
            timeZone: _,
            ...terms
          } = parseForm(amendmentForm, req.body);
          await web.runInTx(whoOf(req), async (ctx) => {
            if (req.uploads.length > 0) await addAmendmentFiles(ctx, of, req.uploads);
            const items = hasLines === 'yes' ? lines : null;
            await reviseAmendment(ctx, {
              ...of,
              version,
              terms,
              items,
              reason,
              touchesAll: touchesAll === 'yes',
            });
          });
          if (next === 'upload') goTo = `${page}/edit#files`;
        },
        goTo: () => goTo,
        notice: 'amendments.notice.saved',
        orShow: showEdit,
      });
    },
  );

  const removal = '/events/:eventId/amendments/:amendmentId/files/:documentId/removal';
  router.post(removal, 'sourcing_event.manage', async (req, res) => {
    const of = { ...ofRequest(req), documentId: idParam(req, 'documentId') };
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeAmendmentFile(ctx, of)),
      goTo: `/events/${of.eventId}/amendments/${of.id}/edit`,
      notice: 'sourcing.notice.file-removed',
      orShow: showEdit,
    });
  });
}

const localOf = (at: Date | null, event: SourcingEvent): string =>
  at === null ? '' : wallClock(at, event.timeZone);

type AmendedLine = LineFields & { readonly isOut: boolean };

/** The lines as proposed, those taken out, and empty rows for new ones; or as they were typed. */
function linesOf(amendment: Amendment, items: readonly NewEventItem[], typed: unknown): AmendedLine[] {
  const proposed = amendment.proposal.items;
  const kept = new Set(proposed.map((item) => item.id));
  const shown = typed === undefined ? proposed.map(lineFields) : typedLines(typed);
  const out = typed === undefined ? items.filter((item) => !kept.has(item.id)) : [];
  return [
    ...shown.map((line) => ({ ...line, isOut: false })),
    ...out.map((item) => ({ ...lineFields(item), isOut: true })),
    ...gridRows([], EMPTY_ROWS).map((line) => ({ ...line, isOut: false })),
  ];
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
