import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { acceptedExtensions } from '../documents/index.ts';
import { differingFields } from '../kernel/form-fields.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import { withKey } from '../kernel/tax.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { listCategories } from './catalog.service.ts';
import { fieldsOf, type ItemFilter, itemLifecycle } from './item.ts';
import { addItemImport } from './item-import.routes.ts';
import { changeItemForm, itemMoveForm, itemsQuery, newItemForm } from './items.forms.ts';
import {
  addItemFiles,
  changeItem,
  enterItem,
  getItem,
  itemFiles,
  listItems,
  moveItem,
  removeItemFile,
} from './items.service.ts';
import { itemsFile } from './items.sheet.ts';

const PATH = '/catalog/items';
const ONE = `${PATH}/:itemId`;

/** What an address asks the list for. */
const askedItems = (query: unknown): ItemFilter => {
  const { q, category, state } = itemsQuery.parse(query);
  return { search: q, category, state: state === 'all' ? null : state };
};

/** What forms offer to choose from. */
const choices = async (ctx: Ctx) => ({
  categories: await listCategories(ctx),
  taxes: ctx.policies.taxes.map(withKey),
  incoterms,
  units: offeredUnits,
});

/** The catalogue: what we buy again and again, kept by people. */
export function itemsRoutes(
  web: WebDeps,
  settings: { catalogue: Catalogue; limits: Policies['limits'] },
): PortalRouter {
  const router = makeRouter(web);
  addList(router, web);
  addItemImport(router, web, settings);

  const showNew = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), choices);
    await web.showPage(res, 'catalog/item-new', { titleKey: 'items.new', ...model });
  };
  router.get(`${PATH}/new`, 'item.manage', showNew);
  router.post(PATH, 'item.manage', (req, res) => {
    let goTo = '';
    return web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(newItemForm, req.body);
        goTo = `${PATH}/${await web.runInTx(whoOf(req), (ctx) => enterItem(ctx, form))}`;
      },
      goTo: () => goTo,
      notice: 'items.notice.entered',
      orShow: showNew,
    });
  });
  addOne(router, web, settings.limits);
  return router;
}

function addList(router: PortalRouter, web: WebDeps): void {
  router.get(PATH, 'catalog.read', async (req, res) => {
    const { q, category, state } = itemsQuery.parse(req.query);
    const filter = { q, category, state: state === 'active' ? null : state };
    const request = pageRequest(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listItems(ctx, askedItems(req.query), request),
      categories: await listCategories(ctx),
    }));
    await web.showPage(res, 'catalog/items', {
      titleKey: 'items.title',
      ...model,
      filter: { ...filter, state },
      query: asQuery({ ...filter, sort: 'code' }, 'code'),
      isFiltered: isFiltered(filter),
      isFirst: request.after === null,
    });
  });

  router.get(`${PATH}/export.csv`, 'catalog.read', async (req, res) => {
    const { rows, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(
        await listItems(ctx, askedItems(req.query), { after: null, limit: MOST_ROWS_IN_A_FILE }),
      ),
      now: ctx.now,
    }));
    await web.sendCsv(res, itemsFile(rows, { now, timeZone: req.timeZone }));
  });
}

function addOne(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const id = idParam(req, 'itemId');
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      item: await getItem(ctx, id),
      documents: await itemFiles(ctx, id),
      timeline: await timelineOf(ctx, id),
      ...(await choices(ctx)),
    }));
    const { item } = model;
    await web.showPage(res, 'catalog/item', {
      title: `${item.code} ${item.description}`,
      ...model,
      fields: fieldsOf(item),
      differences: res.statusCode === 409 ? differingFields(fieldsOf(item), res.locals.typed ?? {}) : [],
      actions: itemLifecycle.actionsIn(item.state),
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / 1_048_576),
    });
  };
  router.get(ONE, 'catalog.read', show);

  router.post(ONE, 'item.manage', async (req, res) => {
    const id = idParam(req, 'itemId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(changeItemForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => changeItem(ctx, { ...form, id }));
      },
      goTo: `${PATH}/${id}`,
      notice: 'items.notice.changed',
      orShow: show,
    });
  });

  const moves = [
    { path: 'retirement', act: 'retire', notice: 'items.notice.retired' },
    { path: 'reinstatement', act: 'reinstate', notice: 'items.notice.reinstated' },
  ] as const;
  for (const { path, act, notice } of moves)
    router.post(`${ONE}/${path}`, 'item.manage', async (req, res) => {
      const id = idParam(req, 'itemId');
      await web.submitForm(req, res, {
        act: async () => {
          const { version } = parseForm(itemMoveForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => moveItem(ctx, { id, version, act }));
        },
        goTo: `${PATH}/${id}`,
        notice,
        orShow: show,
      });
    });

  const uploads = { files: 20, bytesPerFile: limits.uploadBytes };
  router.upload(`${ONE}/files`, 'item.manage', uploads, async (req, res) => {
    const id = idParam(req, 'itemId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => addItemFiles(ctx, { id, files: req.uploads })),
      goTo: `${PATH}/${id}`,
      notice: 'items.notice.files-added',
      orShow: show,
    });
  });
  router.post(`${ONE}/files/:documentId/removal`, 'item.manage', async (req, res) => {
    const of = { id: idParam(req, 'itemId'), documentId: idParam(req, 'documentId') };
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeItemFile(ctx, of)),
      goTo: `${PATH}/${of.id}`,
      notice: 'items.notice.file-removed',
      orShow: show,
    });
  });
}
