import { pipeline } from 'node:stream/promises';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { streamXlsx } from '../platform/sheet/stream-xlsx.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { comparisonQuery, exportQuery } from './awards.forms.ts';
import { getComparisonPage } from './comparison.service.ts';
import { getComparisonSheet } from './comparison-export.service.ts';

/** Bids side by side, and the same as a file. */
export function comparisonRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);

  router.get('/events/:eventId/comparison', 'comparison.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { differences, bidders, lot, plant, ...asked } = parseForm(comparisonQuery, req.query);
    const model = await web.runInTx(whoOf(req), (ctx) =>
      getComparisonPage(ctx, {
        ...asked,
        eventId,
        lotId: lot,
        plantCode: plant,
        biddersPage: bidders,
        onlyDifferences: differences === 'yes',
      }),
    );
    await web.showPage(res, 'awards/comparison', {
      titleKey: 'awards.comparison.page-title',
      titleParams: { reference: model.event.reference },
      ...model,
      mayPropose: model.event.state === 'evaluation' && web.decide(req.actor, 'award.propose'),
    });
  });

  router.get('/events/:eventId/comparison/export', 'comparison.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { format } = parseForm(exportQuery, req.query);
    const t = catalogue.translator(req.locale);
    await web.runInTx(whoOf(req), async (ctx) => {
      const { reference, sheet } = await getComparisonSheet(ctx, { eventId, t });
      const content =
        format === 'csv'
          ? streamCsv(sheet.columns, sheet.rows())
          : streamXlsx({ name: sheet.name, columns: sheet.columns }, sheet.rows());
      res.attachment(`${reference}-${sheet.name}.${format}`);
      // A reader who goes away in the middle is no error of ours.
      await pipeline(content, res).catch(() => res.destroy());
    });
  });

  return router;
}
