import type { Response } from 'express';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import { parseForm } from '../platform/web/params.ts';
import { previewUpload } from '../platform/web/preview-upload.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { importSupplierItemsForm, supplierItemsQuery } from './supplier-items.forms.ts';
import { importSupplierItems, listSupplierItems, previewSupplierSheet } from './supplier-items.service.ts';
import {
  MOST_SUPPLIER_ITEMS_AT_ONCE,
  type SupplierItemRead,
  type SupplierItemsPreview,
  supplierItemsFile,
} from './supplier-items.sheet.ts';

const PATH = '/catalog/supplier-items';

/** A row as the form that takes it over posts it. */
const carried = ({ before, after }: SupplierItemRead): string =>
  JSON.stringify({
    ...after,
    packQuantity: after.packQuantity ?? '',
    minimumQuantity: after.minimumQuantity ?? '',
    version: before?.version ?? null,
  });

/** Suppliers' numbers as a file, and from one: a look at what would change, then taking it over. */
export function addSupplierItemImport(
  router: PortalRouter,
  web: WebDeps,
  { limits }: { limits: Policies['limits'] },
): void {
  router.get(`${PATH}/export.csv`, 'catalog.read', async (req, res) => {
    const { q, item } = supplierItemsQuery.parse(req.query);
    const { rows, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(
        await listSupplierItems(ctx, { search: q, item }, { after: null, limit: MOST_ROWS_IN_A_FILE }),
      ),
      now: ctx.now,
    }));
    await web.sendCsv(res, supplierItemsFile(rows, { now, timeZone: req.timeZone }));
  });

  const show = (res: Response, preview: SupplierItemsPreview | null): Promise<void> =>
    web.showPage(res, 'catalog/supplier-items-import', {
      titleKey: 'supplier-items.import.heading',
      preview,
      carried: preview === null || preview.errors.length > 0 ? [] : preview.rows.map(carried),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
      maximum: MOST_SUPPLIER_ITEMS_AT_ONCE,
    });
  router.get(`${PATH}/import`, 'supplier_item.manage', (_req, res) => show(res, null));

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload(`${PATH}/import`, 'supplier_item.manage', upload, async (req, res) => {
    const preview = await previewUpload(req, res, {
      noFile: 'supplier_item.has-no-file',
      limits: { maxBytes: limits.spreadsheetBytes, maxRows: MOST_SUPPLIER_ITEMS_AT_ONCE, maxColumns: 60 },
      read: (sheet) => web.runInTx(whoOf(req), (ctx) => previewSupplierSheet(ctx, sheet)),
    });
    await show(res, preview);
  });

  router.post(`${PATH}/imported`, 'supplier_item.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { item } = parseForm(importSupplierItemsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => importSupplierItems(ctx, item));
      },
      goTo: PATH,
      notice: 'supplier-items.notice.imported',
      orShow: (_req, shown) => show(shown, null),
    });
  });
}
