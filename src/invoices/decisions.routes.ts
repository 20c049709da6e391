import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { approveInvoice, payInvoice, rejectInvoice } from './decisions.service.ts';
import { approvalForm, paymentForm, reasonForm } from './invoices.forms.ts';
import { invoicePage } from './invoices.routes.ts';
import { acceptExceptions } from './matching.service.ts';

/** What buyer and finance do with an invoice. */
export function decisionRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const showInvoice = invoicePage(web);

  router.post('/invoices/:invoiceId/exception-acceptance', 'invoice.accept-exception', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => acceptExceptions(ctx, { invoiceId, ...form }));
      },
      goTo: `/invoices/${invoiceId}`,
      notice: 'invoices.notice.accepted',
      orShow: showInvoice,
    });
  });

  router.post('/invoices/:invoiceId/approval', 'invoice.approve', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(approvalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => approveInvoice(ctx, { invoiceId, ...form }));
      },
      goTo: `/invoices/${invoiceId}`,
      notice: 'invoices.notice.approved',
      orShow: showInvoice,
    });
  });

  router.post('/invoices/:invoiceId/rejection', 'invoice.approve', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => rejectInvoice(ctx, { invoiceId, ...form }));
      },
      goTo: `/invoices/${invoiceId}`,
      notice: 'invoices.notice.rejected',
      orShow: showInvoice,
    });
  });

  router.post('/invoices/:invoiceId/payment', 'invoice.pay', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(paymentForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => payInvoice(ctx, { invoiceId, ...form }));
      },
      goTo: `/invoices/${invoiceId}`,
      notice: 'invoices.notice.paid',
      orShow: showInvoice,
    });
  });

  return router;
}
