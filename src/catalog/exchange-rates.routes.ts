import type { Request, Response } from 'express';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import { dayIn } from '../kernel/time.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import type { SheetError } from '../platform/sheet/sheet.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { sayOnNextPage } from '../platform/web/notices.ts';
import { pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { rateForm, rateImportForm, ratesQuery } from './exchange-rates.forms.ts';
import { enterExchangeRate, importExchangeRates, listExchangeRates } from './exchange-rates.service.ts';
import { rateTemplate } from './exchange-rates.sheet.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_COLUMNS = 40;

/** The exchange rates that bids are compared by: the list, one rate, and many from a spreadsheet. */
export function exchangeRatesRoutes(
  web: WebDeps,
  { catalogue, limits }: { catalogue: Catalogue; limits: Policies['limits'] },
): PortalRouter {
  const router = makeRouter(web);
  const show = async (
    req: Request,
    res: Response,
    sheetErrors: readonly SheetError[] = [],
  ): Promise<void> => {
    const query = ratesQuery.parse(req.query);
    const request = pageRequest(req);
    const { page, today, currency } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listExchangeRates(ctx, query, request),
      today: dayIn(ctx.now, ctx.policies.company.timeZone),
      currency: ctx.policies.company.currency,
    }));
    await web.showPage(res, 'catalog/exchange-rates', {
      titleKey: 'exchange-rates.title',
      ...page,
      query,
      isFirst: request.after === null,
      today,
      currency,
      sheetErrors,
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
    });
  };
  router.get('/exchange-rates', 'exchange_rate.read', (req, res) => show(req, res));

  router.post('/exchange-rates', 'exchange_rate.manage', async (req, res) => {
    await web.submitForm(req, res, {
      async act() {
        const { rate, ...how } = parseForm(rateForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => enterExchangeRate(ctx, rate, how));
      },
      goTo: '/exchange-rates',
      notice: 'exchange-rates.notice.entered',
      orShow: (...page) => show(...page),
    });
  });

  router.get('/exchange-rates/template', 'exchange_rate.manage', async (req, res) => {
    const madeAt = await web.runInTx(whoOf(req), async (ctx) => ctx.now);
    const workbook = await writeTemplate(rateTemplate(catalogue.translator(req.locale), madeAt));
    res.type(XLSX).attachment('exchange-rates.xlsx').set('Cache-Control', 'private, no-store').send(workbook);
  });

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/exchange-rates/import', 'exchange_rate.manage', upload, async (req, res) => {
    let errors: readonly SheetError[];
    try {
      const how = parseForm(rateImportForm, req.body);
      const file = req.uploads[0];
      if (file === undefined) throw ruleBroken('exchange_rate.has-no-file', 'No file was chosen');
      const sheet = await readSheet(file.path, {
        maxBytes: limits.spreadsheetBytes,
        maxRows: limits.spreadsheetRows,
        maxColumns: MOST_COLUMNS,
      });
      ({ errors } = await web.runInTx(whoOf(req), (ctx) => importExchangeRates(ctx, sheet, how)));
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
    sayOnNextPage(req, res, 'exchange-rates.notice.imported');
    res.redirect(303, '/exchange-rates');
  });
  return router;
}
