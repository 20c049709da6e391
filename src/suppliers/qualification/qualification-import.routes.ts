import type { Response } from 'express';
import { AppError, ruleBroken } from '../../kernel/errors.ts';
import type { Policies } from '../../kernel/policies.ts';
import type { Catalogue } from '../../platform/i18n/catalogue.ts';
import { readSheet } from '../../platform/sheet/read-sheet.ts';
import type { SheetError } from '../../platform/sheet/sheet.ts';
import { writeTemplate } from '../../platform/sheet/write-sheet.ts';
import { sayOnNextPage } from '../../platform/web/notices.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { importQualifications } from './qualification-import.service.ts';
import { findExported } from './qualifications.queries.ts';
import { qualificationTemplate } from './qualifications.sheet.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_COLUMNS = 40;

/** What suppliers are qualified for as a spreadsheet: out, changed elsewhere, and back as what is asked of an approver. */
export function qualificationImportRoutes(
  web: WebDeps,
  { catalogue, limits }: { catalogue: Catalogue; limits: Policies['limits'] },
): PortalRouter {
  const router = makeRouter(web);
  const show = (res: Response, errors: readonly SheetError[] = []): Promise<void> =>
    web.showPage(res, 'suppliers/qualifications-import', {
      titleKey: 'qualifications.sheet.title',
      sheetErrors: errors,
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
    });
  router.get('/qualifications/import', 'qualification.propose', (_req, res) => show(res));

  router.get('/qualifications/export.xlsx', 'qualification.propose', async (req, res) => {
    const of = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: await findExported(ctx, limits.spreadsheetRows),
      madeAt: ctx.now,
    }));
    const workbook = await writeTemplate(qualificationTemplate(of, catalogue.translator(req.locale)));
    res.type(XLSX).attachment('qualifications.xlsx').set('Cache-Control', 'private, no-store').send(workbook);
  });

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/qualifications/import', 'qualification.propose', upload, async (req, res) => {
    try {
      const file = req.uploads[0];
      if (file === undefined) throw ruleBroken('qualification.has-no-file', 'No file was chosen');
      const sheet = await readSheet(file.path, {
        maxBytes: limits.spreadsheetBytes,
        maxRows: limits.spreadsheetRows,
        maxColumns: MOST_COLUMNS,
      });
      const { errors, askedCount } = await web.runInTx(whoOf(req), (ctx) => importQualifications(ctx, sheet));
      if (errors.length > 0) {
        res.status(422);
        return show(res, errors);
      }
      sayOnNextPage(
        req,
        res,
        askedCount === 0 ? 'qualifications.notice.nothing-new' : 'qualifications.notice.imported',
      );
      res.redirect(303, '/qualifications/import');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      res.locals['refusal'] = error;
      res.status(422);
      await show(res);
    }
  });
  return router;
}
