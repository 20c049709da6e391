import type { Request, Response } from 'express';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { asksToRecalculate } from './invoices.forms.ts';
import {
  cancellationForm,
  previewQuery,
  refusalForm,
  releaseForm,
  removalForm,
  runForm,
  runListQuery,
  tickedOf,
} from './payment-run.forms.ts';
import { bankFile } from './payment-run.report.ts';
import { cancelPaymentRun, makePaymentRun, takeOutOfRun } from './payment-run.service.ts';
import { paymentRunLifecycle } from './payment-run.ts';
import { getCreditTransfers } from './payment-run-bank.service.ts';
import {
  getPaymentPage,
  getReleasedRun,
  getRunList,
  getRunPage,
  getRunPreview,
} from './payment-run-page.service.ts';
import { releasePaymentRun } from './payment-run-release.service.ts';
import { refusePayment } from './payment-run-result.service.ts';

/** Shows a run; what is done with one shows it again when it is refused. */
export const paymentRunPage =
  (web: WebDeps) =>
  async (req: Request, res: Response): Promise<void> => {
    const runId = idParam(req, 'runId');
    const page = await web.runInTx(whoOf(req), (ctx) => getRunPage(ctx, runId));
    await web.showPage(res, 'invoices/payment-run', { title: page.run.reference, ...page });
  };

/** Finance's payment runs, and each payment as its supplier sees it. */
export function paymentRunRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/payment-runs', 'payment_run.read', async (req, res) => {
    const filter = runListQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => getRunList(ctx, { filter, page: request }));
    await web.showPage(res, 'invoices/payment-runs', {
      titleKey: 'payments.list.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      query: filter.state === null ? {} : { state: filter.state },
      states: paymentRunLifecycle.states,
    });
  });

  addMaking(router, web);
  router.get('/payment-runs/:runId', 'payment_run.read', paymentRunPage(web));
  addActs(router, web);

  router.get('/payment-runs/:runId/payments.csv', 'payment_run.read', async (req, res) => {
    const runId = idParam(req, 'runId');
    const page = await web.runInTx(whoOf(req), (ctx) => getReleasedRun(ctx, runId));
    await web.sendCsv(res, bankFile(page));
  });

  router.get('/payment-runs/:runId/payments.xml', 'payment_run.read', async (req, res) => {
    const runId = idParam(req, 'runId');
    const { fileName, xml } = await web.runInTx(whoOf(req), (ctx) => getCreditTransfers(ctx, runId));
    res.set({
      'Content-Type': 'application/xml; charset=utf-8',
      'Content-Disposition': `attachment; filename="${fileName}"`,
      'Cache-Control': 'private, no-store',
    });
    res.send(xml);
  });

  router.get('/payments/:paymentId', 'payment.read', async (req, res) => {
    const paymentId = idParam(req, 'paymentId');
    const page = await web.runInTx(whoOf(req), (ctx) => getPaymentPage(ctx, paymentId));
    await web.showPage(res, 'invoices/payment-advice', {
      title: page.payment.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  return router;
}

function addMaking(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const ticked = tickedOf(req.body);
    const wanted = previewQuery.parse(ticked === null ? req.query : req.body);
    const preview = await web.runInTx(whoOf(req), (ctx) => getRunPreview(ctx, { ...wanted, ticked }));
    await web.showPage(res, 'invoices/payment-run-new', { titleKey: 'payments.new.heading', ...preview });
  };
  router.get('/payment-runs/new', 'payment_run.make', showNew);

  router.post('/payment-runs', 'payment_run.make', async (req, res) => {
    if (asksToRecalculate(req.body)) return showNew(req, res);
    let runId = '';
    await web.submitForm(req, res, {
      async act() {
        const { invoice, retention, ...wanted } = parseForm(runForm, req.body);
        runId = await web.runInTx(whoOf(req), (ctx) =>
          makePaymentRun(ctx, { ...wanted, invoiceIds: invoice, retentionIds: retention }),
        );
      },
      goTo: () => `/payment-runs/${runId}`,
      notice: 'payments.notice.made',
      orShow: showNew,
    });
  });
}

function addActs(router: PortalRouter, web: WebDeps): void {
  const showRun = paymentRunPage(web);

  router.post('/payment-runs/:runId/removal', 'payment_run.make', async (req, res) => {
    const runId = idParam(req, 'runId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(removalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => takeOutOfRun(ctx, { runId, ...form }));
      },
      goTo: `/payment-runs/${runId}`,
      notice: 'payments.notice.taken-out',
      orShow: showRun,
    });
  });

  router.post('/payment-runs/:runId/cancellation', 'payment_run.make', async (req, res) => {
    const runId = idParam(req, 'runId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(cancellationForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => cancelPaymentRun(ctx, { runId, ...form }));
      },
      goTo: `/payment-runs/${runId}`,
      notice: 'payments.notice.cancelled',
      orShow: showRun,
    });
  });

  router.post('/payment-runs/:runId/release', 'payment_run.release', async (req, res) => {
    const runId = idParam(req, 'runId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(releaseForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => releasePaymentRun(ctx, { runId, ...form }));
      },
      goTo: `/payment-runs/${runId}`,
      notice: 'payments.notice.released',
      orShow: showRun,
    });
  });

  router.post('/payment-runs/:runId/refusal', 'payment_run.settle', async (req, res) => {
    const runId = idParam(req, 'runId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(refusalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => refusePayment(ctx, { runId, ...form }));
      },
      goTo: `/payment-runs/${runId}`,
      notice: 'payments.notice.refused',
      orShow: showRun,
    });
  });
}
