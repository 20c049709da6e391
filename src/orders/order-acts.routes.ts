import type { Request, Response } from 'express';
import { decisionForm } from '../approvals/index.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { decideOrder, discardOrder, submitOrder } from './order-approval.service.ts';
import { discardForm } from './orders.forms.ts';

/** What our side does with an order before it is sent. */
export function addActsBeforeSending(
  router: PortalRouter,
  web: WebDeps,
  showOrder: (req: Request, res: Response) => Promise<void>,
): void {
  router.post('/orders/:orderId/submission', 'order.make', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => submitOrder(ctx, orderId)),
      goTo: `/orders/${orderId}`,
      notice: 'order-drafts.notice.submitted',
      orShow: showOrder,
    });
  });

  router.post('/orders/:orderId/decision', 'order.decide', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(decisionForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => decideOrder(ctx, { ...form, orderId }));
      },
      goTo: `/orders/${orderId}`,
      notice: 'order-drafts.notice.decided',
      orShow: showOrder,
    });
  });

  router.post('/orders/:orderId/discarding', 'order.make', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const { reason } = parseForm(discardForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => discardOrder(ctx, { orderId, reason }));
      },
      goTo: `/orders/${orderId}`,
      notice: 'order-drafts.notice.discarded',
      orShow: showOrder,
    });
  });
}
