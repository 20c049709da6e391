import type { Request, Response } from 'express';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
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

  const previewOf = async (req: Request): Promise<ResultPreview> => {
    const file = req.uploads[0];
    if (file === undefined) throw ruleBroken('payment_run.has-no-file', 'No file was chosen');
    const sheet = await readSheet(file.path, {
      maxBytes: limits.spreadsheetBytes,
      maxRows: limits.spreadsheetRows,
      maxColumns: MOST_COLUMNS,
    });
    const runId = idParam(req, 'runId');
    return web.runInTx(whoOf(req), async (ctx) => {
      const { run, payments } = await getReleasedRun(ctx, runId);
      return readResults(sheet, (results) => checkResults(ctx, { run, payments, results }));
    });
  };
  // The preview is an answer and no page of its own: nothing is kept until it is confirmed.
  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/payment-runs/:runId/result', 'payment_run.settle', upload, async (req, res) => {
    let preview: ResultPreview | null = null;
    try {
      preview = await previewOf(req);
      if (preview.errors.length > 0) res.status(422);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'not-found') throw error;
      res.status(422);
      res.locals['refusal'] = error;
    }
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
