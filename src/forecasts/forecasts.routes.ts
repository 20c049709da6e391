import type { Request, Response } from 'express';
import { listPlants } from '../catalog/index.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { addCommits } from './commits.routes.ts';
import { addDrafts } from './drafts.routes.ts';
import { addFigures } from './figures.routes.ts';
import { forecastLifecycle } from './forecast.ts';
import { forecastChoices, getForecastPage } from './forecast-page.service.ts';
import { endingForm, forecastsQuery, newForecastForm, versionQuery } from './forecasts.forms.ts';
import { listForecasts } from './forecasts.queries.ts';
import { createForecast, endForecast, startVersion } from './forecasts.service.ts';
import type { ForecastSettings } from './settings.ts';
import { addSheets } from './sheets.routes.ts';

/** What we will need of suppliers, and what they say to it. */
export function forecastsRoutes(web: WebDeps, settings: ForecastSettings): PortalRouter {
  const router = makeRouter(web);
  addList(router, web);
  addNew(router, web);
  addFigures(router, web, settings);
  addDrafts(router, web);
  addSheets(router, web, settings);
  addCommits(router, web, settings);
  addPage(router, web);
  return router;
}

function addList(router: PortalRouter, web: WebDeps): void {
  router.get('/forecasts', 'forecast.read', async (req, res) => {
    const { q, state, plant } = forecastsQuery.parse(req.query);
    const request = pageRequest(req);
    const filter = { q, state, plant };
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listForecasts(ctx, { search: q, state, plant }, request),
      now: ctx.now,
      plants: await listPlants(ctx),
    }));
    const isSupplier = req.actor.kind === 'supplier';
    await web.showPage(res, 'forecasts/list', {
      titleKey: 'forecasts.title',
      ...model,
      filter,
      states: forecastLifecycle.states.filter((one) => !isSupplier || one !== 'draft'),
      query: asQuery({ ...filter, sort: 'newest' }, 'newest'),
      isFiltered: isFiltered(filter),
      isFirst: request.after === null,
      isSupplier,
    });
  });
}

function addNew(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const choices = await web.runInTx(whoOf(req), forecastChoices);
    await web.showPage(res, 'forecasts/new', { titleKey: 'forecasts.new', ...choices });
  };
  router.get('/forecasts/new', 'forecast.manage', showNew);
  router.post('/forecasts', 'forecast.manage', (req, res) => {
    let goTo = '';
    return web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(newForecastForm, req.body);
        goTo = `/forecasts/${await web.runInTx(whoOf(req), (ctx) => createForecast(ctx, form))}/draft`;
      },
      goTo: () => goTo,
      orShow: showNew,
    });
  });
}

function addPage(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const forecastId = idParam(req, 'forecastId');
    const { version } = versionQuery.parse(req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getForecastPage(ctx, { forecastId, version }));
    await web.showPage(res, 'forecasts/forecast', {
      title: page.forecast.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/forecasts/:forecastId', 'forecast.read', show);

  router.post('/forecasts/:forecastId/versions', 'forecast.manage', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => startVersion(ctx, forecastId)),
      goTo: `/forecasts/${forecastId}/draft`,
      orShow: show,
    });
  });

  router.post('/forecasts/:forecastId/end', 'forecast.manage', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(endingForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => endForecast(ctx, { forecastId, reason }));
      },
      goTo: `/forecasts/${forecastId}`,
      notice: 'forecasts.notice.ended',
      orShow: show,
    });
  });
}
