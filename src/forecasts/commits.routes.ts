import type { Request, Response } from 'express';
import { typedRows } from '../kernel/form-fields.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { commitWhole, saveCommit, submitCommit } from './commits.service.ts';
import { mostInGrid } from './forecast.ts';
import { getCommitPage } from './forecast-page.service.ts';
import { commitForm, wholeCommitForm } from './forecasts.forms.ts';
import type { ForecastSettings } from './settings.ts';

/** What a supplier says it can deliver: all at once, or week by week, kept while it is typed. */
export function addCommits(router: PortalRouter, web: WebDeps, { catalogue }: ForecastSettings): void {
  const showCommit = async (req: Request, res: Response): Promise<void> => {
    const forecastId = idParam(req, 'forecastId');
    const page = await web.runInTx(whoOf(req), (ctx) => getCommitPage(ctx, forecastId));
    const stored = page.draft.lines.map((line) => ({
      lineId: line.lineId,
      reason: line.reason,
      capacityNote: line.capacityNote,
      ...Object.fromEntries(line.quantities.map((quantity, place) => [`w${place}`, quantity ?? ''])),
    }));
    const typed = typedRows(Object.values(Object(res.locals.typed?.['lines'])), stored[0] ?? { lineId: '' });
    await web.showPage(res, 'forecasts/commit', {
      title: page.forecast.reference,
      ...page,
      // A line is found by its id: what was typed for a version that is over is not put into another's lines.
      rows:
        page.lines.length * page.weeks.length <= mostInGrid
          ? stored.map((row) => typed.find((one) => one.lineId === row.lineId) ?? row)
          : null,
      isStale: res.statusCode === 409,
    });
  };
  router.get('/forecasts/:forecastId/commit', 'forecast.commit', showCommit);

  router.post('/forecasts/:forecastId/commit', 'forecast.commit', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    if (req.accepts(['html', 'json']) === 'json') {
      const form = parseForm(commitForm, req.body);
      const saved = await web.runInTx(whoOf(req), async (ctx) => ({
        revision: await saveCommit(ctx, { ...form, forecastId }),
        at: ctx.now,
      }));
      const t = catalogue.translator(req.locale);
      const clock = new Intl.DateTimeFormat(req.locale, { timeStyle: 'short', timeZone: req.timeZone });
      res.json({
        revision: saved.revision,
        said: t('forecasts.commit.saved-at', { at: clock.format(saved.at) }),
      });
      return;
    }
    let isSubmitted = false;
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(commitForm, req.body);
        isSubmitted = form.next === 'submit';
        const act = isSubmitted ? submitCommit : saveCommit;
        await web.runInTx(whoOf(req), async (ctx) => void (await act(ctx, { ...form, forecastId })));
      },
      goTo: () => `/forecasts/${forecastId}${isSubmitted ? '' : '/commit'}`,
      notice: () => (isSubmitted ? 'forecasts.notice.committed' : 'forecasts.notice.commit-saved'),
      orShow: showCommit,
    });
  });

  router.post('/forecasts/:forecastId/commit/whole', 'forecast.commit', async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    await web.submitForm(req, res, {
      act: async () => {
        const { version } = parseForm(wholeCommitForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => commitWhole(ctx, { forecastId, version }));
      },
      goTo: `/forecasts/${forecastId}`,
      notice: 'forecasts.notice.committed-whole',
      orShow: showCommit,
    });
  });
}
