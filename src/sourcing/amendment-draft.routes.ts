import type { Request, Response } from 'express';
import { acceptedExtensions, documentsOf } from '../documents/index.ts';
import { incoterms } from '../kernel/incoterm.ts';
import type { Policies } from '../kernel/policies.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import { wallClock } from '../kernel/time.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import type { Amendment } from './amendment.ts';
import { presentFiles } from './amendment-prospect.service.ts';
import { amendmentForm, amendmentQuery, tidyAmendedLines } from './amendments.forms.ts';
import {
  addAmendmentFiles,
  detailAmendedItem,
  findAmendment,
  proposedItem,
  removeAmendmentFile,
  reviseAmendment,
} from './amendments.service.ts';
import { detailFields, gridRows, type LineFields, lineFields, lotRows, typedLines } from './event-form.ts';
import type { NewEventItem } from './event-item.ts';
import { findStructure, NO_DETAILS } from './event-lines.service.ts';
import type { SourcingEvent } from './sourcing-event.ts';
import { itemDetailsForm } from './structure.forms.ts';

const LINES_A_PAGE = 300;
const EMPTY_ROWS = 2;
const MEGABYTE = 1_048_576;
const PATH = '/events/:eventId/amendments/:amendmentId';

const ofRequest = (req: Request): { eventId: string; id: string } => ({
  eventId: idParam(req, 'eventId'),
  id: idParam(req, 'amendmentId'),
});
const pathOf = (of: { eventId: string; id: string }): string => `/events/${of.eventId}/amendments/${of.id}`;

/** Drafting an amendment beside its event: terms, lots, lines a page at a time, their details, and files. */
export function addAmendmentDrafting(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const showEdit = (req: Request, res: Response): Promise<void> => showDraft(web, req, res, limits);
  router.get(`${PATH}/edit`, 'sourcing_event.manage', showEdit);
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };
  router.upload(`${PATH}/edit`, 'sourcing_event.manage', uploads, async (req, res) => {
    const of = ofRequest(req);
    const page = pathOf(of);
    req.body = tidyAmendedLines(req.body);
    let goTo = page;
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(amendmentForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          if (req.uploads.length > 0) await addAmendmentFiles(ctx, of, req.uploads);
          await reviseAmendment(ctx, { ...of, ...revisionOf(form) });
        });
        goTo = afterSaving(page, form.next);
      },
      goTo: () => goTo,
      notice: 'amendments.notice.saved',
      orShow: showEdit,
    });
  });

  router.post(`${PATH}/files/:documentId/removal`, 'sourcing_event.manage', async (req, res) => {
    const of = { ...ofRequest(req), documentId: idParam(req, 'documentId') };
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeAmendmentFile(ctx, of)),
      goTo: `${pathOf(of)}/edit`,
      notice: 'sourcing.notice.file-removed',
      orShow: showEdit,
    });
  });
  addLine(router, web);
}

type AmendmentForm = ReturnType<typeof amendmentForm.parse>;

function revisionOf(form: AmendmentForm) {
  const { version, hasLines, lines, firstLine, lineCount, lots, lotNos, removed, reason, touchesAll } = form;
  const { next: _next, timeZone: _zone, ...rest } = form;
  const { title, description, incoterm, incotermPlace, paymentTermsDays, closesAt, enquiriesUntil } = rest;
  return {
    version,
    terms: { title, description, incoterm, incotermPlace, paymentTermsDays, closesAt, enquiriesUntil },
    lines: hasLines === 'yes' ? { first: firstLine, count: lineCount, items: lines } : null,
    lots,
    lotNos,
    removedFileIds: removed,
    reason,
    touchesAll: touchesAll === 'yes',
  };
}

/** Where one goes on: to the difference, or back to what is being edited. */
function afterSaving(page: string, next: string): string {
  if (next === 'save') return page;
  if (next === 'upload') return `${page}/edit#files`;
  if (next === 'add-lot') return `${page}/edit?lots=more#lots-heading`;
  return `${page}/edit?page=${next.replace('page-', '')}#lines-heading`;
}

async function showDraft(
  web: WebDeps,
  req: Request,
  res: Response,
  limits: Policies['limits'],
): Promise<void> {
  const of = ofRequest(req);
  const typed = res.locals.typed;
  const model = await web.runInTx(whoOf(req), async (ctx) => ({
    ...(await findAmendment(ctx, of)),
    present: await findStructure(ctx, of.eventId),
    files: await presentFiles(ctx, of.eventId),
    documents: await documentsOf(ctx, 'amendment', of.id),
  }));
  const { event, amendment, present } = model;
  if (amendment.state !== 'draft' && typed === undefined) return res.redirect(303, pathOf(of));
  const { proposal } = amendment;
  const lots = proposal.lots ?? present.lots;
  const query = amendmentQuery.parse(req.query);
  const page = typed === undefined ? query.page : Math.floor(numberOf(typed['firstLine']) / LINES_A_PAGE) + 1;
  await web.showPage(res, 'sourcing/amendment-edit', {
    titleKey: 'amendments.title',
    titleParams: { reference: event.reference },
    ...model,
    terms: proposal.terms,
    closesLocally: localOf(proposal.terms.closesAt, event),
    enquiriesLocally: localOf(proposal.terms.enquiriesUntil, event),
    lots,
    lotRows: lotRows(
      { typed: typed?.['lots'], stored: lots },
      { isOffered: false, addsOne: query.lots === 'more' },
    ),
    window: windowOf(amendment, { items: present.items, page, typed: typed?.['lines'] }),
    removed: typed === undefined ? proposal.removedFileIds : [typed['removed'] ?? []].flat(),
    units: offeredUnits,
    incoterms,
    accept: acceptedExtensions,
    megabytes: Math.round(limits.uploadBytes / MEGABYTE),
  });
}

const numberOf = (typed: unknown): number =>
  typeof typed === 'string' && /^\d{1,6}$/.test(typed) ? Number(typed) : 0;

const localOf = (at: Date | null, event: SourcingEvent): string =>
  at === null ? '' : wallClock(at, event.timeZone);

type AmendedLine = LineFields & { readonly isOut: boolean; readonly lineNo: number | null };

/** A page of the lines as proposed; on the last one those taken out, and empty rows for new ones; or as they were typed. */
function windowOf(
  { proposal }: Amendment,
  of: { items: readonly NewEventItem[]; page: number; typed: unknown },
) {
  const pages = Math.max(1, Math.ceil(proposal.items.length / LINES_A_PAGE));
  const page = Math.min(Math.max(of.page, 1), pages);
  const first = (page - 1) * LINES_A_PAGE;
  const shown = proposal.items.slice(first, first + LINES_A_PAGE);
  const kept = new Set(proposal.items.map((item) => item.id));
  const out = page === pages && of.typed === undefined ? of.items.filter((item) => !kept.has(item.id)) : [];
  const rows: AmendedLine[] =
    of.typed === undefined
      ? shown.map((item, index) => ({ ...lineFields(item), isOut: false, lineNo: first + index + 1 }))
      : typedLines(of.typed).map((line) => ({ ...line, isOut: false, lineNo: null }));
  return {
    page,
    pages,
    first,
    count: shown.length,
    lines: [
      ...rows,
      ...out.map((item) => ({ ...lineFields(item), isOut: true, lineNo: null })),
      ...gridRows([], page === pages ? EMPTY_ROWS : 0).map((line) => ({
        ...line,
        isOut: false,
        lineNo: null,
      })),
    ],
  };
}

/** What a line of the amendment says beyond its columns: specification, tiers, deliveries, prices of ours. */
function addLine(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const of = ofRequest(req);
    const { event, amendment } = await web.runInTx(whoOf(req), (ctx) => findAmendment(ctx, of));
    const proposed = proposedItem(amendment, idParam(req, 'itemId'));
    const { items } = amendment.proposal;
    const lineNo = items.indexOf(proposed) + 1;
    const item = { ...NO_DETAILS, ...proposed, lineNo };
    const linePath = (one: NewEventItem | undefined): string | null =>
      one?.id === undefined ? null : `${pathOf(of)}/lines/${one.id}`;
    if (amendment.state !== 'draft' && res.locals.typed === undefined) return res.redirect(303, pathOf(of));
    await web.showPage(res, 'sourcing/line', {
      event,
      amendment,
      item,
      incoterms,
      fields: detailFields(item, res.locals.typed),
      linePath: linePath(proposed),
      backTo: `${pathOf(of)}/edit?page=${Math.ceil(lineNo / LINES_A_PAGE)}`,
      before: linePath(items[lineNo - 2]),
      after: linePath(items[lineNo]),
      titleKey: 'structure.line.title',
      titleParams: { reference: event.reference, line: lineNo },
    });
  };
  router.get(`${PATH}/lines/:itemId`, 'sourcing_event.manage', show);
  router.post(`${PATH}/lines/:itemId`, 'sourcing_event.manage', async (req, res) => {
    const of = ofRequest(req);
    const itemId = idParam(req, 'itemId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(itemDetailsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => detailAmendedItem(ctx, { ...of, itemId, ...form }));
      },
      goTo: `${pathOf(of)}/lines/${itemId}`,
      notice: 'structure.notice.line-saved',
      orShow: show,
    });
  });
}
