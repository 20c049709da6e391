import type { Response } from 'express';
import { wholeList } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { parseForm } from '../platform/web/params.ts';
import { previewUpload } from '../platform/web/preview-upload.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { listCategories } from './catalog.service.ts';
import { fieldsOf } from './item.ts';
import { importItemsForm, itemsQuery } from './items.forms.ts';
import { importItems, listItems, previewSheet } from './items.service.ts';
import { type ItemRowRead, type ItemsPreview, itemsTemplate, MOST_ITEMS_AT_ONCE } from './items.sheet.ts';

const PATH = '/catalog/items';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A row as the form that takes it over posts it. */
const carried = ({ before, after }: ItemRowRead): string =>
  JSON.stringify({
    ...fieldsOf(after),
    code: after.code,
    state: after.state,
    version: before?.version ?? null,
  });

/** The catalogue from a spreadsheet: the workbook to fill in, a look at what would change, then taking it over. */
export function addItemImport(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, limits }: { catalogue: Catalogue; limits: Policies['limits'] },
): void {
  const show = (res: Response, preview: ItemsPreview | null): Promise<void> =>
    web.showPage(res, 'catalog/items-import', {
      titleKey: 'items.import.heading',
      preview,
      carried: preview === null || preview.errors.length > 0 ? [] : preview.rows.map(carried),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
      maximum: MOST_ITEMS_AT_ONCE,
    });
  router.get(`${PATH}/import`, 'item.manage', (_req, res) => show(res, null));

  router.get(`${PATH}/import/template`, 'item.manage', async (req, res) => {
    const { q, category, state } = itemsQuery.parse(req.query);
    const filter = { search: q, category, state: state === 'all' ? null : state };
    const template = await web.runInTx(whoOf(req), async (ctx) =>
      itemsTemplate(wholeList(await listItems(ctx, filter, { after: null, limit: MOST_ITEMS_AT_ONCE })), {
        t: catalogue.translator(req.locale),
        categories: (await listCategories(ctx)).map(({ code }) => code),
        taxes: ctx.policies.taxes,
        madeAt: ctx.now,
      }),
    );
    const workbook = await writeTemplate(template);
    res.type(XLSX).attachment('items.xlsx').set('Cache-Control', 'private, no-store').send(workbook);
  });

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload(`${PATH}/import`, 'item.manage', upload, async (req, res) => {
    const preview = await previewUpload(req, res, {
      noFile: 'item.has-no-file',
      limits: { maxBytes: limits.spreadsheetBytes, maxRows: MOST_ITEMS_AT_ONCE + 60, maxColumns: 60 },
      read: (sheet) => web.runInTx(whoOf(req), (ctx) => previewSheet(ctx, sheet)),
    });
    await show(res, preview);
  });

  router.post(`${PATH}/imported`, 'item.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { item } = parseForm(importItemsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => importItems(ctx, item));
      },
      goTo: PATH,
      notice: 'items.notice.imported',
      orShow: (_req, shown) => show(shown, null),
    });
  });
}
