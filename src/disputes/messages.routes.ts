import type { Request, Response } from 'express';
import { notFound } from '../kernel/errors.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { type DisputedType, disputeTopics } from './dispute.ts';
import { documentType, messageForm, openingForm } from './disputes.forms.ts';
import { countMessages, findOfDocument } from './disputes.queries.ts';
import { sideOf, startDispute } from './disputes.service.ts';
import { findDocument } from './documents.service.ts';
import { getDocumentTalk, noteReading, writeOnDocument } from './messages.service.ts';

/** What is said on one document, and opening a dispute about it. */
export function addMessageRoutes(router: PortalRouter, web: WebDeps): void {
  const documentIn = (req: Request): { type: DisputedType; id: string } => {
    const type = documentType.safeParse(req.params['subjectType']).data;
    if (type === undefined) throw notFound('document');
    return { type, id: idParam(req, 'subjectId') };
  };
  const pathOf = ({ type, id }: { type: DisputedType; id: string }) => `/messages/${type}/${id}`;

  const showTalk = async (req: Request, res: Response): Promise<void> => {
    const on = documentIn(req);
    const page = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getDocumentTalk(ctx, on)),
      disputes: await findOfDocument(ctx, on),
    }));
    await web.showPage(res, 'disputes/messages', {
      titleKey: 'disputes.messages.title',
      titleParams: { reference: page.document.reference },
      ...page,
      here: pathOf(on),
    });
  };
  router.get('/messages/:subjectType/:subjectId', 'dispute.read', showTalk);

  // A line of the document's own page, fetched when that page is there.
  router.get('/messages/:subjectType/:subjectId/summary', 'dispute.read', async (req, res) => {
    const on = documentIn(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      await findDocument(ctx, on.type, on.id);
      return {
        ...(await countMessages(ctx, on, sideOf(ctx))),
        disputes: await findOfDocument(ctx, on),
      };
    });
    await web.showFragment(res, 'disputes/_summary', { ...model, here: pathOf(on) });
  });

  router.post('/messages/:subjectType/:subjectId/reading', 'dispute.write', async (req, res) => {
    const on = documentIn(req);
    await web.runInTx(whoOf(req), async (ctx) => noteReading(ctx, await findDocument(ctx, on.type, on.id)));
    res.status(204).end();
  });

  router.post('/messages/:subjectType/:subjectId', 'dispute.write', async (req, res) => {
    const on = documentIn(req);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(messageForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => writeOnDocument(ctx, { ...on, ...form }));
      },
      goTo: pathOf(on),
      notice: 'disputes.notice.written',
      orShow: showTalk,
    });
  });

  const showNew = async (req: Request, res: Response): Promise<void> => {
    const on = documentIn(req);
    const document = await web.runInTx(whoOf(req), (ctx) => findDocument(ctx, on.type, on.id));
    await web.showPage(res, 'disputes/new', {
      titleKey: 'disputes.new.title',
      titleParams: { reference: document.reference },
      document,
      topics: disputeTopics,
      here: pathOf(on),
    });
  };
  router.get('/messages/:subjectType/:subjectId/disputes/new', 'dispute.write', showNew);
  router.post('/messages/:subjectType/:subjectId/disputes', 'dispute.write', async (req, res) => {
    const on = documentIn(req);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(openingForm, req.body);
        const id = await web.runInTx(whoOf(req), (ctx) => startDispute(ctx, { ...on, ...form }));
        goTo = `/disputes/${id}`;
      },
      goTo: () => goTo,
      notice: 'disputes.notice.opened',
      orShow: showNew,
    });
  });
}
