import { pipeline } from 'node:stream/promises';
import { ruleBroken } from '../kernel/errors.ts';
import { roundDecimal } from '../kernel/money.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { streamXlsx } from '../platform/sheet/stream-xlsx.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { exportQuery } from './awards.forms.ts';
import { evaluationSheet } from './evaluation.report.ts';
import { weighted } from './scoring.ts';
import { getEvaluationPage } from './weighted-result.service.ts';

/** The weighted result, its arithmetic, and how far it would bear other weights. */
export function evaluationRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);

  router.get('/events/:eventId/evaluation', 'comparison.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const page = await web.runInTx(whoOf(req), (ctx) => getEvaluationPage(ctx, eventId));
    await web.showPage(res, 'awards/evaluation', {
      titleKey: 'evaluation.result.page-title',
      titleParams: { reference: page.event.reference },
      ...page,
      weighted,
      rounded: (value: string) => roundDecimal(value, 2),
    });
  });

  router.get('/events/:eventId/evaluation/export', 'comparison.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { format } = parseForm(exportQuery, req.query);
    const { event, result } = await web.runInTx(whoOf(req), (ctx) => getEvaluationPage(ctx, eventId));
    if (result === null) throw ruleBroken('evaluation.no-result', 'There is no weighted result');
    const sheet = evaluationSheet(result, catalogue.translator(req.locale));
    const rows = oneByOne(sheet.rows());
    const content =
      format === 'csv'
        ? streamCsv(sheet.columns, rows)
        : streamXlsx({ name: sheet.name, columns: sheet.columns }, rows);
    res.attachment(`${event.reference}-${sheet.name}.${format}`);
    await pipeline(content, res).catch(() => res.destroy());
  });

  return router;
}

async function* oneByOne<T>(rows: Iterable<T>): AsyncGenerator<T> {
  yield* rows;
}
