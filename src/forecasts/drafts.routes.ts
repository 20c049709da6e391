import type { Request, Response } from 'express';
import { found } from '../kernel/errors.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { draftDifferences, gridRows } from './draft-form.ts';
import { fewestWeeks, mostInGrid, mostWeeks } from './forecast.ts';
import { getDraftPage } from './forecast-page.service.ts';
import { draftForm, revisionForm, typedRowsIn } from './forecasts.forms.ts';
import { discardDraft, publishForecast, saveDraft } from './forecasts.service.ts';
import { shownWeeks, shownZones } from './shown-week.ts';

/** Without JavaScript, a row is added by sending the form: it comes back as it was typed, with one row more. */
const asksForRow = (req: Request): boolean =>
  (req.body as { next?: unknown } | undefined)?.next === 'add-line';

/** Writing a version: the grid of items and weeks, and publishing it. */
export function addDrafts(router: PortalRouter, web: WebDeps): void {
  const showDraft = async (req: Request, res: Response): Promise<void> => {
    const forecastId = idParam(req, 'forecastId');
    const typed = res.locals.typed;
    const page = await web.runInTx(whoOf(req), (ctx) => getDraftPage(ctx, forecastId));
    // What was typed is shown also where the draft is gone: nothing is lost by a colleague's publishing it.
    const draft = found('forecast_version', page.draft);
    const weeks = shownWeeks(draft, page.currentWeek);
    const isStale = res.statusCode === 409;
    const isInGrid = page.lines.length * draft.weeks <= mostInGrid;
    await web.showPage(res, 'forecasts/draft', {
      title: page.forecast.reference,
      ...page,
      draft,
      weeks,
      zones: shownZones(draft),
      rows: isInGrid
        ? gridRows({ lines: page.lines, weeks, typed: typed?.['lines'] }, asksForRow(req) ? 1 : 0)
        : null,
      units: offeredUnits,
      fewestWeeks,
      mostWeeks,
      isStale,
      differences:
        isStale && typed !== undefined
          ? draftDifferences({ terms: draft, lines: page.lines, weeks }, typed)
          : [],
    });
  };
  router.get('/forecasts/:forecastId/draft', 'forecast.manage', showDraft);

  router.post('/forecasts/:forecastId/draft', 'forecast.manage', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    if (asksForRow(req)) {
      res.locals.typed = req.body as Record<string, unknown>;
      return showDraft(req, res);
    }
    const { lines, ...rest } = req.body as Record<string, unknown>;
    req.body = lines === undefined ? rest : { ...rest, lines: typedRowsIn(lines) };
    let next = 'save';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(draftForm, req.body);
        next = form.next;
        await web.runInTx(whoOf(req), async (ctx) => {
          const revision = await saveDraft(ctx, { ...form, forecastId });
          if (next === 'publish') await publishForecast(ctx, { forecastId, revision });
        });
      },
      goTo: () => `/forecasts/${forecastId}${{ publish: '', import: '/draft/import' }[next] ?? '/draft'}`,
      notice: () => (next === 'publish' ? 'forecasts.notice.published' : 'forecasts.notice.saved'),
      orShow: showDraft,
    });
  });

  router.post('/forecasts/:forecastId/draft/removal', 'forecast.manage', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    await web.submitForm(req, res, {
      act: async () => {
        const { revision } = parseForm(revisionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => discardDraft(ctx, { forecastId, revision }));
      },
      goTo: `/forecasts/${forecastId}`,
      notice: 'forecasts.notice.discarded',
      orShow: showDraft,
    });
  });
}
