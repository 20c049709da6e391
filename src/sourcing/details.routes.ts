import type { Request, Response } from 'express';
import { acceptedExtensions, documentsOf } from '../documents/index.ts';
import { incoterms } from '../kernel/incoterm.ts';
import type { Policies } from '../kernel/policies.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import {
  addStructureFiles,
  detailItem,
  type FileSubject,
  findEventItem,
  findEventLot,
  removeStructureFile,
} from './details.service.ts';
import { detailFields } from './event-form.ts';
import { findEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';
import { itemDetailsForm } from './structure.forms.ts';

const LINE = '/events/:eventId/lines/:itemId';
const LOT = '/events/:eventId/lots/:lotId';

/** What a line says beyond its columns, and the files of lines and lots, while the event is a draft. */
export function addDetails(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  addLine(router, web, limits);
  addLot(router, web, limits);
}

const linePath = (eventId: string, itemId: string): string => `/events/${eventId}/lines/${itemId}`;

const fileWords = (limits: Policies['limits']) => ({
  accept: acceptedExtensions,
  megabytes: Math.round(limits.uploadBytes / 1_048_576),
});

function addLine(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const showLine = async (req: Request, res: Response): Promise<void> => {
    const of = { eventId: idParam(req, 'eventId'), itemId: idParam(req, 'itemId') };
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, of.eventId);
      assertIsDraft(event);
      const { item, items } = await findEventItem(ctx, of);
      const documents = await documentsOf(ctx, 'event_item', item.id);
      return { event, item, documents, before: items[item.lineNo - 2], after: items[item.lineNo] };
    });
    await web.showPage(res, 'sourcing/line', {
      ...model,
      ...fileWords(limits),
      incoterms,
      fields: detailFields(model.item, res.locals.typed),
      amendment: null,
      linePath: linePath(of.eventId, model.item.id),
      backTo: `/events/${of.eventId}`,
      before: model.before === undefined ? null : linePath(of.eventId, model.before.id),
      after: model.after === undefined ? null : linePath(of.eventId, model.after.id),
      titleKey: 'structure.line.title',
      titleParams: { reference: model.event.reference, line: model.item.lineNo },
    });
  };
  router.get(LINE, 'sourcing_event.manage', showLine);

  router.post(LINE, 'sourcing_event.manage', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), itemId: idParam(req, 'itemId') };
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(itemDetailsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => detailItem(ctx, { ...of, ...form }));
      },
      goTo: `/events/${of.eventId}/lines/${of.itemId}`,
      notice: 'structure.notice.line-saved',
      orShow: showLine,
    });
  });

  addFileRoutes(router, web, { limits, path: LINE, param: 'itemId', type: 'event_item', show: showLine });
}

function addLot(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const showLot = async (req: Request, res: Response): Promise<void> => {
    const of = { eventId: idParam(req, 'eventId'), lotId: idParam(req, 'lotId') };
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, of.eventId);
      assertIsDraft(event);
      const lot = await findEventLot(ctx, of);
      return { event, lot, documents: await documentsOf(ctx, 'lot', lot.id) };
    });
    await web.showPage(res, 'sourcing/lot', {
      ...model,
      ...fileWords(limits),
      title: `${model.event.reference} ${model.lot.title}`,
    });
  };
  router.get(LOT, 'sourcing_event.manage', showLot);

  addFileRoutes(router, web, { limits, path: LOT, param: 'lotId', type: 'lot', show: showLot });
}

type FilesOf = {
  readonly limits: Policies['limits'];
  readonly path: string;
  readonly param: 'itemId' | 'lotId';
  readonly type: FileSubject['type'];
  readonly show: (req: Request, res: Response) => Promise<void>;
};

function addFileRoutes(router: PortalRouter, web: WebDeps, of: FilesOf): void {
  const idsIn = (req: Request) => ({
    eventId: idParam(req, 'eventId'),
    subject: { type: of.type, id: idParam(req, of.param) },
  });
  const pageOf = ({ eventId, subject }: ReturnType<typeof idsIn>): string =>
    of.path.replace(':eventId', eventId).replace(`:${of.param}`, subject.id);
  const uploads = { files: 20, bytesPerFile: of.limits.uploadBytes };

  router.upload(`${of.path}/files`, 'sourcing_event.manage', uploads, async (req, res) => {
    const ids = idsIn(req);
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => addStructureFiles(ctx, { ...ids, files: req.uploads })),
      goTo: pageOf(ids),
      notice: 'structure.notice.files-added',
      orShow: of.show,
    });
  });
  router.post(`${of.path}/files/:documentId/removal`, 'sourcing_event.manage', async (req, res) => {
    const ids = idsIn(req);
    const documentId = idParam(req, 'documentId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeStructureFile(ctx, { ...ids, documentId })),
      goTo: pageOf(ids),
      notice: 'sourcing.notice.file-removed',
      orShow: of.show,
    });
  });
}
