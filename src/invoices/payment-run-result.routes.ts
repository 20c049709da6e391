import type { Request, Response } from 'express';
import type { Policies } from '../kernel/policies.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { previewUpload } from '../platform/web/preview-upload.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { settlementForm } from './payment-run.forms.ts';
import { getReleasedRun } from './payment-run-page.service.ts';
import { checkResults, settlePayments } from './payment-run-result.service.ts';
import { type ResultPreview, readResults } from './payment-run-result.sheet.ts';

const MOST_COLUMNS = 60;

/** What the bank did, from its list: a look at what was read, and taking it over. */
export function paymentResultRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);
  const show = async (req: Request, res: Response, preview: ResultPreview | null): Promise<void> => {
    const runId = idParam(req, 'runId');
    const page = await web.runInTx(whoOf(req), (ctx) => getReleasedRun(ctx, runId));
    await web.showPage(res, 'invoices/payment-result', {
      title: page.run.reference,
      ...page,
      preview,
      // Each row goes along as text and is read again when it is confirmed.
      carried: (preview?.results ?? []).map((result) => JSON.stringify(result)),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
    });
  };
  router.get('/payment-runs/:runId/result', 'payment_run.settle', (req, res) => show(req, res, null));

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/payment-runs/:runId/result', 'payment_run.settle', upload, async (req, res) => {
    const runId = idParam(req, 'runId');
    const preview = await previewUpload(req, res, {
      noFile: 'payment_run.has-no-file',
      limits: {
        maxBytes: limits.spreadsheetBytes,
        maxRows: limits.spreadsheetRows,
        maxColumns: MOST_COLUMNS,
      },
      read: (sheet) =>
        web.runInTx(whoOf(req), async (ctx) => {
          const { run, payments } = await getReleasedRun(ctx, runId);
          return readResults(sheet, (results) => checkResults(ctx, { run, payments, results }));
        }),
    });
    await show(req, res, preview);
  });

  router.post('/payment-runs/:runId/payments', 'payment_run.settle', async (req, res) => {
    const runId = idParam(req, 'runId');
    await web.submitForm(req, res, {
      async act() {
        const { row, version } = parseForm(settlementForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => settlePayments(ctx, { runId, version, results: row }));
      },
      goTo: `/payment-runs/${runId}`,
      notice: 'payments.notice.settled',
      orShow: (...page) => show(...page, null),
    });
  });
  return router;
}
