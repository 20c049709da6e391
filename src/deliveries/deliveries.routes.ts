import type { Request, Response } from 'express';
import type { Policies } from '../kernel/policies.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { deliveryListQuery, receiptListQuery } from './deliveries.forms.ts';
import { deliveryShows } from './delivery-list.queries.ts';
import { listDeliveries, listReceipts } from './delivery-list.service.ts';
import { getOrderDeliveriesPage } from './delivery-pages.service.ts';
import { underWayStates } from './despatch-advice.ts';
import { addDespatches } from './despatches.routes.ts';
import { addDocks } from './docks/docks.routes.ts';
import { addPacking } from './packing/packing.routes.ts';
import { addNonconformances } from './quality/nonconformances.routes.ts';
import { addReceipts } from './receipts.routes.ts';
import { addServiceEntries } from './services/service-entries.routes.ts';
import { addShortClosing } from './short-closing.routes.ts';

/** The pages of announced deliveries and receipts, the same for staff and suppliers; each sees its own. */
export function deliveriesRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);

  router.get('/deliveries', 'delivery.read', async (req: Request, res: Response) => {
    const filter = deliveryListQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => listDeliveries(ctx, filter, request));
    await web.showPage(res, 'deliveries/list', {
      titleKey: 'deliveries.list.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      shows: deliveryShows,
      underWayStates,
      query: { show: filter.show, ...(filter.search === null ? {} : { search: filter.search }) },
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  router.get('/deliveries/receipts', 'delivery.read', async (req, res) => {
    const filter = receiptListQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => listReceipts(ctx, filter, request));
    await web.showPage(res, 'deliveries/receipts', {
      titleKey: 'deliveries.receipts.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      query: filter.search === null ? {} : { search: filter.search },
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  const showDeliveries = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const page = await web.runInTx(whoOf(req), (ctx) => getOrderDeliveriesPage(ctx, orderId));
    await web.showPage(res, 'deliveries/order-deliveries', {
      titleKey: 'deliveries.order.title',
      titleParams: { reference: page.order.reference },
      ...page,
    });
  };
  router.get('/orders/:orderId/deliveries', 'delivery.read', showDeliveries);
  addShortClosing(router, web, showDeliveries);

  addDespatches(router, web, limits);
  addReceipts(router, web);
  addServiceEntries(router, web, limits);
  addDocks(router, web);
  addPacking(router, web);
  addNonconformances(router, web, limits);
  return router;
}
