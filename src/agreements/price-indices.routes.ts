import type { Request, Response } from 'express';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import type { SheetError } from '../platform/sheet/sheet.ts';
import { sayOnNextPage } from '../platform/web/notices.ts';
import { parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { indexForm, indexValueForm } from './agreements.forms.ts';
import { todayOf } from './agreements.service.ts';
import { indexValuesFile, MOST_VALUES_AT_ONCE } from './index-values.sheet.ts';
import {
  createIndex,
  enterValue,
  importIndexValues,
  listIndexValues,
  listIndices,
} from './price-indices.service.ts';

/** The indices that prices by formula follow, and their values by month. */
export function priceIndicesRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);

  const show = async (
    req: Request,
    res: Response,
    sheetErrors: readonly SheetError[] = [],
  ): Promise<void> => {
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      indices: await listIndices(ctx),
      month: todayOf(ctx).slice(0, 7),
    }));
    await web.showPage(res, 'agreements/price-indices', {
      titleKey: 'price-indices.title',
      ...model,
      sheetErrors,
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
    });
  };
  router.get('/price-indices', 'price_index.read', (req, res) => show(req, res));

  router.post('/price-indices', 'price_index.manage', (req, res) =>
    web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(indexForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => createIndex(ctx, form));
      },
      goTo: '/price-indices',
      notice: 'price-indices.notice.created',
      orShow: (...page) => show(...page),
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
      orShow: (...page) => show(...page),
    }),
  );

  router.get('/price-indices/values.csv', 'price_index.read', async (req, res) =>
    web.sendCsv(res, indexValuesFile(await web.runInTx(whoOf(req), listIndexValues))),
  );

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/price-index-values/import', 'price_index.manage', upload, async (req, res) => {
    let errors: readonly SheetError[] = [];
    try {
      const file = req.uploads[0];
      if (file === undefined) throw ruleBroken('price_index.has-no-file', 'No file was chosen');
      const sheet = await readSheet(file.path, {
        maxBytes: limits.spreadsheetBytes,
        maxRows: MOST_VALUES_AT_ONCE,
        maxColumns: 40,
      });
      ({ errors } = await web.runInTx(whoOf(req), (ctx) => importIndexValues(ctx, sheet)));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      res.locals['refusal'] = error;
      res.status(422);
      return show(req, res);
    }
    if (errors.length > 0) {
      res.status(422);
      return show(req, res, errors);
    }
    sayOnNextPage(req, res, 'price-indices.notice.imported');
    res.redirect(303, '/price-indices');
  });
  return router;
}
