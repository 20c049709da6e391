import type { Request, Response } from 'express';
import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { previewUpload } from '../platform/web/preview-upload.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import {
  findTermsToWrite,
  getDraft,
  type LinesPreview,
  previewLines,
  reviseLines,
} from './agreement-lines.service.ts';
import { linesTemplate, MOST_LINES_OF_A_SHEET } from './agreement-lines.sheet.ts';
import { importLinesForm } from './agreements.forms.ts';

const ONE = '/agreements/:agreementId';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The price lines of a draft as a workbook, and from one: a look at what would change, then taking it over. */
export function addLinesSheet(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, limits }: { catalogue: Catalogue; limits: Policies['limits'] },
): void {
  router.get(`${ONE}/lines.xlsx`, 'agreement.manage', async (req, res) => {
    const agreementId = idParam(req, 'agreementId');
    const { reference, terms, madeAt } = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await findTermsToWrite(ctx, agreementId)),
      madeAt: ctx.now,
    }));
    const t = catalogue.translator(req.locale);
    const workbook = await writeTemplate(linesTemplate(terms, { t, reference, madeAt }));
    res
      .type(XLSX)
      .attachment(`${reference}-prices.xlsx`)
      .set('Cache-Control', 'private, no-store')
      .send(workbook);
  });

  const show = async (req: Request, res: Response, preview: LinesPreview | null): Promise<void> => {
    const agreementId = idParam(req, 'agreementId');
    const { agreement, version } = await web.runInTx(whoOf(req), (ctx) => getDraft(ctx, agreementId));
    await web.showPage(res, 'agreements/lines-import', {
      titleKey: 'agreements.sheet.heading',
      agreement,
      version,
      preview,
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
      maximum: MOST_LINES_OF_A_SHEET,
    });
  };
  router.get(`${ONE}/lines/import`, 'agreement.manage', (req, res) => show(req, res, null));

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload(`${ONE}/lines/import`, 'agreement.manage', upload, async (req, res) => {
    const agreementId = idParam(req, 'agreementId');
    const preview = await previewUpload(req, res, {
      noFile: 'agreement.has-no-file',
      limits: { maxBytes: limits.spreadsheetBytes, maxRows: MOST_LINES_OF_A_SHEET + 60, maxColumns: 40 },
      read: (sheet) => web.runInTx(whoOf(req), (ctx) => previewLines(ctx, { agreementId, sheet })),
    });
    await show(req, res, preview);
  });

  router.post(`${ONE}/lines/imported`, 'agreement.manage', async (req, res) => {
    const agreementId = idParam(req, 'agreementId');
    await web.submitForm(req, res, {
      act: async () => {
        const { rowVersion, line: lines } = parseForm(importLinesForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => reviseLines(ctx, { agreementId, rowVersion, lines }));
      },
      goTo: `/agreements/${agreementId}`,
      notice: 'agreements.notice.lines-imported',
      orShow: (asked, shown) => show(asked, shown, null),
    });
  });
}
