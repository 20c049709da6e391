import type { Request, Response } from 'express';
import { idParam, pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { disputeTopics } from './dispute.ts';
import { addDisputeActs } from './dispute-acts.routes.ts';
import { getDispute } from './dispute-page.service.ts';
import { disputeListQuery, disputeShows } from './disputes.forms.ts';
import { listDisputes } from './disputes.queries.ts';
import { addMessageRoutes } from './messages.routes.ts';
import { noteReading } from './messages.service.ts';

/** Disagreements about documents, and what is said on documents; the same pages for both sides. */
export function disputesRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/disputes', 'dispute.read', async (req, res) => {
    const filter = disputeListQuery.parse(req.query);
    const request = pageRequest(req);
    const { page, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listDisputes(ctx, filter, request),
      now: ctx.now,
    }));
    await web.showPage(res, 'disputes/list', {
      titleKey: 'disputes.list.heading',
      ...page,
      now,
      isFirst: request.after === null,
      filter,
      query: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null)),
      shows: disputeShows,
      topics: disputeTopics,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  const showDispute = async (req: Request, res: Response): Promise<void> => {
    const disputeId = idParam(req, 'disputeId');
    const page = await web.runInTx(whoOf(req), (ctx) => getDispute(ctx, disputeId));
    await web.showPage(res, 'disputes/dispute', { title: page.dispute.reference, ...page });
  };
  router.get('/disputes/:disputeId', 'dispute.read', showDispute);

  // Sent by the page itself once it is on the screen: what nobody saw is not read.
  router.post('/disputes/:disputeId/reading', 'dispute.write', async (req, res) => {
    const disputeId = idParam(req, 'disputeId');
    await web.runInTx(whoOf(req), async (ctx) => {
      const { dispute } = await getDispute(ctx, disputeId);
      await noteReading(ctx, { type: 'dispute', id: disputeId, supplierId: dispute.supplierId });
    });
    res.status(204).end();
  });

  addDisputeActs(router, web, showDispute);
  addMessageRoutes(router, web);
  return router;
}
