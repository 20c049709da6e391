import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import { dayIn, isDay } from '../kernel/time.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import type { ExportRow } from '../platform/sheet/export.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { streamXlsx } from '../platform/sheet/stream-xlsx.ts';
import { pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findSavings, findSavingsChoices, findSavingsTotals } from './savings.queries.ts';
import { savingsSheet } from './savings.report.ts';
import { savingsGroups } from './savings.ts';

const nothing = (value: unknown): unknown => (value === '' ? null : value);
const day = z.preprocess(nothing, z.string().refine(isDay).nullable()).catch(null);
const code = z
  .preprocess(
    nothing,
    z
      .string()
      .max(40)
      .refine((text) => !text.includes('\0'))
      .nullable(),
  )
  .catch(null);

/** What the register is filtered and added up by; what makes no sense is no filter. */
const savingsQuery = z.object({
  from: day,
  to: day,
  category: code,
  plant: code,
  buyer: z.preprocess(nothing, z.uuid().nullable()).catch(null),
  by: z.enum(savingsGroups).catch('month'),
  format: z.enum(['xlsx', 'csv']).catch('xlsx'),
});

/** The register of what awards saved, as it stood when each was approved. */
export function savingsRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);

  router.get('/savings', 'award.savings', async (req, res) => {
    const { by, format: _file, ...filter } = savingsQuery.parse(req.query);
    const request = pageRequest(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const [page, totals, choices] = await Promise.all([
        findSavings(ctx, filter, request),
        findSavingsTotals(ctx, filter, by),
        findSavingsChoices(ctx),
      ]);
      return { page, totals, choices };
    });
    const asked = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== null);
    await web.showPage(res, 'awards/savings', {
      titleKey: 'savings.title',
      ...model,
      filter,
      by,
      groups: savingsGroups,
      query: Object.fromEntries(by === 'month' ? asked : [...asked, ['by', by]]),
      isFiltered: asked.length > 0,
      isFirst: request.after === null,
    });
  });

  router.get('/savings/export', 'award.savings', async (req, res) => {
    const { by: _by, format, ...filter } = savingsQuery.parse(req.query);
    const t = catalogue.translator(req.locale);
    const { entries, today } = await web.runInTx(whoOf(req), async (ctx) => ({
      entries: wholeList(await findSavings(ctx, filter, { after: null, limit: MOST_ROWS_IN_A_FILE })),
      today: dayIn(ctx.now, req.timeZone),
    }));
    const { columns, rows } = savingsSheet(entries, t);
    res.attachment(`${t('savings.file')}-${today}.${format}`);
    res.set('Cache-Control', 'private, no-store');
    const content =
      format === 'csv'
        ? streamCsv(columns, oneByOne(rows))
        : streamXlsx({ name: t('savings.sheet'), columns }, oneByOne(rows));
    // A reader who goes away in the middle is no error of ours.
    await pipeline(content, res).catch(() => res.destroy());
  });

  return router;
}

async function* oneByOne(rows: readonly ExportRow[]): AsyncGenerator<ExportRow> {
  yield* rows;
}
