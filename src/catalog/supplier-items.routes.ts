import type { Request, Response } from 'express';
import type { Policies } from '../kernel/policies.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { invitableSuppliers } from '../suppliers/index.ts';
import { addSupplierItemImport } from './supplier-item-import.routes.ts';
import {
  changeSupplierItemForm,
  newSupplierItemForm,
  removeSupplierItemForm,
  supplierItemsQuery,
} from './supplier-items.forms.ts';
import {
  changeSupplierItem,
  enterSupplierItem,
  getSupplierItem,
  listSupplierItems,
  removeSupplierItem,
} from './supplier-items.service.ts';

const PATH = '/catalog/supplier-items';
const MOST_SUPPLIERS = 500;

/** What suppliers call our items, and how they pack them. */
export function supplierItemsRoutes(web: WebDeps, settings: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);
  // `/import` and `/export.csv` are no number's id.
  addSupplierItemImport(router, web, settings);
  const show = async (req: Request, res: Response): Promise<void> => {
    const { q, item } = supplierItemsQuery.parse(req.query);
    const request = pageRequest(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listSupplierItems(ctx, { search: q, item }, request),
      suppliers: await invitableSuppliers(ctx, { search: '', limit: MOST_SUPPLIERS }),
    }));
    await web.showPage(res, 'catalog/supplier-items', {
      titleKey: 'supplier-items.title',
      ...model,
      filter: { q, item },
      isFirst: request.after === null,
      units: offeredUnits,
    });
  };
  router.get(PATH, 'catalog.read', show);
  router.post(PATH, 'supplier_item.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const terms = parseForm(newSupplierItemForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => enterSupplierItem(ctx, terms));
      },
      goTo: PATH,
      notice: 'supplier-items.notice.saved',
      orShow: show,
    });
  });

  const showOne = async (req: Request, res: Response): Promise<void> => {
    const id = idParam(req, 'supplierItemId');
    const item = await web.runInTx(whoOf(req), (ctx) => getSupplierItem(ctx, id));
    await web.showPage(res, 'catalog/supplier-item', {
      title: `${item.itemCode} · ${item.supplierName}`,
      item,
      isStale: res.statusCode === 409,
      units: offeredUnits,
    });
  };
  router.get(`${PATH}/:supplierItemId`, 'supplier_item.manage', showOne);
  router.post(`${PATH}/:supplierItemId`, 'supplier_item.manage', async (req, res) => {
    const id = idParam(req, 'supplierItemId');
    await web.submitForm(req, res, {
      act: async () => {
        const to = parseForm(changeSupplierItemForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => changeSupplierItem(ctx, { ...to, id }));
      },
      goTo: PATH,
      notice: 'supplier-items.notice.saved',
      orShow: showOne,
    });
  });
  router.post(`${PATH}/:supplierItemId/removal`, 'supplier_item.manage', async (req, res) => {
    const id = idParam(req, 'supplierItemId');
    await web.submitForm(req, res, {
      act: async () => {
        const { version } = parseForm(removeSupplierItemForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => removeSupplierItem(ctx, { id, version }));
      },
      goTo: PATH,
      notice: 'supplier-items.notice.removed',
      orShow: showOne,
    });
  });
  return router;
}
