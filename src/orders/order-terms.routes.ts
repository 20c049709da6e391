import type { Request, Response } from 'express';
import { parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findOrderTerms, writeOrderTerms } from './order-terms.service.ts';
import { orderTermsForm } from './orders.forms.ts';

/** The standard terms that orders are printed with. */
export function addOrderTerms(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const terms = await web.runInTx(whoOf(req), findOrderTerms);
    await web.showPage(res, 'orders/terms', {
      titleKey: 'order-terms.heading',
      terms,
      isStale: res.statusCode === 409,
    });
  };
  router.get('/orders/terms', 'order.write-terms', show);
  router.post('/orders/terms', 'order.write-terms', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(orderTermsForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => writeOrderTerms(ctx, form));
      },
      goTo: '/orders/terms',
      notice: 'order-terms.notice',
      orShow: show,
    });
  });
}
