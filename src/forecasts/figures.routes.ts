import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import { dayIn } from '../kernel/time.ts';
import { weekName } from '../kernel/week.ts';
import type { ExportRow } from '../platform/sheet/export.ts';
import { streamXlsx } from '../platform/sheet/stream-xlsx.ts';
import { idParam } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { getAccuracyPage, getLinePage } from './figures.service.ts';
import { forecastTable, shortfallsFile } from './forecast.report.ts';
import { getForecastPage } from './forecast-page.service.ts';
import { accuracyQuery, accuracyWeeks, itemQuery, versionQuery } from './forecasts.forms.ts';
import { listForecasts } from './forecasts.queries.ts';
import type { ForecastSettings } from './settings.ts';
import { findShortLines } from './shortfalls.queries.ts';

const MOST_SILENT = 200;

/** What is short, what a line's figures are made of, how good forecasts were, and a forecast as a file. */
export function addFigures(router: PortalRouter, web: WebDeps, { catalogue }: ForecastSettings): void {
  addShortfalls(router, web);

  router.get('/forecasts/:forecastId/items', 'forecast.read', async (req, res) => {
    const of = { forecastId: idParam(req, 'forecastId'), ...itemQuery.parse(req.query) };
    const page = await web.runInTx(whoOf(req), (ctx) => getLinePage(ctx, of));
    await web.showPage(res, 'forecasts/item', {
      title: `${page.forecast.reference} ${page.line.itemCode}`,
      ...page,
      weekName,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  router.get('/forecasts/:forecastId/accuracy', 'forecast.read', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    const { weeks: weeksBefore } = accuracyQuery.parse(req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getAccuracyPage(ctx, { forecastId, weeksBefore }));
    await web.showPage(res, 'forecasts/accuracy', {
      title: page.forecast.reference,
      ...page,
      weekName,
      choices: accuracyWeeks,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  const tableOf = async (req: Request) => {
    const of = { forecastId: idParam(req, 'forecastId'), ...versionQuery.parse(req.query) };
    const page = await web.runInTx(whoOf(req), (ctx) => getForecastPage(ctx, of));
    return forecastTable(page);
  };
  router.get('/forecasts/:forecastId/export.csv', 'forecast.read', async (req, res) => {
    await web.sendCsv(res, await tableOf(req));
  });
  router.get('/forecasts/:forecastId/export.xlsx', 'forecast.read', async (req, res) => {
    const { fileName, table } = await tableOf(req);
    const t = catalogue.translator(req.locale);
    const { columns, rows } = table({ t });
    res.attachment(`${fileName}.xlsx`);
    res.set('Cache-Control', 'private, no-store');
    // A reader who goes away in the middle is no error of ours.
    await pipeline(streamXlsx({ name: t('forecasts.heading'), columns }, oneByOne(rows)), res).catch(() =>
      res.destroy(),
    );
  });
}

function addShortfalls(router: PortalRouter, web: WebDeps): void {
  router.get('/forecasts/shortfalls', 'forecast.read', async (req, res) => {
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: await findShortLines(ctx),
      silent: (
        await listForecasts(
          ctx,
          { search: '', state: 'published', plant: null },
          { after: null, limit: MOST_SILENT },
        )
      ).rows,
      now: ctx.now,
    }));
    await web.showPage(res, 'forecasts/shortfalls', {
      titleKey: 'forecasts.tab.shortfalls',
      ...model,
      weekName,
      isSupplier: req.actor.kind === 'supplier',
    });
  });
  router.get('/forecasts/shortfalls/export.csv', 'forecast.read', async (req, res) => {
    const { rows, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: await findShortLines(ctx),
      now: ctx.now,
    }));
    await web.sendCsv(res, shortfallsFile(rows, dayIn(now, req.timeZone)));
  });
}

async function* oneByOne(rows: Iterable<ExportRow>): AsyncGenerator<ExportRow> {
  yield* rows;
}
