import type { Request, Response } from 'express';
import { z } from 'zod';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { getSuccessorPage, makeRfq } from './successor.service.ts';

/** Boxes that are ticked: none, one as a text, or several. */
const ticked = z.preprocess(oneOrMany, z.array(z.uuid('form.invalid-choice')).max(500));
const successorForm = z.strictObject({ supplierId: ticked, questionId: ticked });

/** From the answers of an RFI to the RFQ that follows it. */
export function successorRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const show = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const model = await web.runInTx(whoOf(req), (ctx) => getSuccessorPage(ctx, eventId));
    const typedOf = (name: string): unknown => res.locals.typed?.[name];
    await web.showPage(res, 'awards/successor', {
      titleKey: 'rfi.title',
      titleParams: { reference: model.event.reference },
      ...model,
      chosen: res.locals.typed === undefined ? null : [typedOf('supplierId')].flat(),
      asked: [typedOf('questionId')].flat(),
    });
  };
  router.get('/events/:eventId/successor/new', 'sourcing_event.manage', show);
  router.post('/events/:eventId/successor', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let madeId = '';
    await web.submitForm(req, res, {
      async act() {
        const { supplierId: supplierIds, questionId: requirementIds } = parseForm(successorForm, req.body);
        madeId = await web.runInTx(whoOf(req), (ctx) =>
          makeRfq(ctx, { eventId, supplierIds, requirementIds }),
        );
      },
      goTo: () => `/events/${madeId}/edit`,
      notice: 'rfi.notice.made',
      orShow: show,
    });
  });
  return router;
}
