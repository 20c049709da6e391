import type { Request, Response } from 'express';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { mendingForm } from './order-mending.forms.ts';
import { getMendingForm, mendingDifferences, mendOrder } from './order-mending.service.ts';

/** A draft that follows an award or an agreement, mended where that says nothing. */
export function addOrderMending(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const typed = res.locals.typed;
    const model = await web.runInTx(whoOf(req), (ctx) =>
      getMendingForm(ctx, { orderId, wasTyped: typed !== undefined }),
    );
    const isStale = res.statusCode === 409;
    await web.showPage(res, 'orders/mending', {
      ...model,
      titleKey: 'order-mending.title',
      titleParams: { reference: model.order.reference },
      isStale,
      differences: isStale && typed !== undefined ? mendingDifferences(model.fields, typed) : [],
    });
  };
  router.get('/orders/:orderId/mending', 'order.make', show);
  router.post('/orders/:orderId/mending', 'order.make', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(mendingForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => mendOrder(ctx, { ...form, orderId }));
      },
      goTo: `/orders/${orderId}`,
      notice: 'order-mending.notice',
      orShow: show,
    });
  });
}
