import type { Request, Response } from 'express';
import { parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { indexForm, indexValueForm } from './agreements.forms.ts';
import { todayOf } from './agreements.service.ts';
import { createIndex, enterValue, listIndices } from './price-indices.service.ts';

/** The indices that prices by formula follow, and their values by month. */
export function priceIndicesRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const show = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      indices: await listIndices(ctx),
      month: todayOf(ctx).slice(0, 7),
    }));
    await web.showPage(res, 'agreements/price-indices', { titleKey: 'price-indices.title', ...model });
  };
  router.get('/price-indices', 'price_index.read', show);

  router.post('/price-indices', 'price_index.manage', (req, res) =>
    web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(indexForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => createIndex(ctx, form));
      },
      goTo: '/price-indices',
      notice: 'price-indices.notice.created',
      orShow: show,
    }),
  );

  router.post('/price-index-values', 'price_index.manage', (req, res) =>
    web.submitForm(req, res, {
      act: async () => {
        const { indexCode: code, ...form } = parseForm(indexValueForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => enterValue(ctx, { ...form, code }));
      },
      goTo: '/price-indices',
      notice: 'price-indices.notice.entered',
      orShow: show,
    }),
  );
  return router;
}
