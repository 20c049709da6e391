import type { Request, Response } from 'express';
import { minorUnits } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { getCorrectionForm, getNewInvoiceForm } from './invoice-form-page.service.ts';
import { asksToRecalculate, correctionForm, enteredOf, submissionForm, typedOf } from './invoices.forms.ts';
import { invoicePage } from './invoices.routes.ts';
import { correctInvoice, submitInvoice } from './submission.service.ts';

/** The supplier's forms: a new invoice from a receipt, and the correction of one that differs. */
export function invoiceFormRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const showInvoice = invoicePage(web);
  const typedIn = (req: Request) => (req.method === 'POST' ? typedOf(req.body) : null);

  const showNew = async (req: Request, res: Response): Promise<void> => {
    const receiptId = idParam(req, 'receiptId');
    const { form, today } = await web.runInTx(whoOf(req), async (ctx) => ({
      form: await getNewInvoiceForm(ctx, { receiptId, typed: typedIn(req) }),
      today: dayIn(ctx.now, req.timeZone),
    }));
    keepTyped(req, res);
    await web.showPage(res, 'invoices/new', {
      titleKey: 'invoices.form.new-title',
      titleParams: { reference: form.receipt.receiptReference },
      ...form,
      // West of us it may still be the day before the order's.
      today: today < form.receipt.orderIssuedOn ? form.receipt.orderIssuedOn : today,
      minorUnits: minorUnits(form.receipt.currency),
    });
  };
  router.get('/receipts/:receiptId/invoice/new', 'invoice.submit', showNew);
  router.post('/receipts/:receiptId/invoice', 'invoice.submit', async (req, res) => {
    const receiptId = idParam(req, 'receiptId');
    if (asksToRecalculate(req.body)) return showNew(req, res);
    let invoiceId = '';
    await web.submitForm(req, res, {
      async act() {
        const entered = enteredOf(parseForm(submissionForm, req.body));
        invoiceId = await web.runInTx(whoOf(req), (ctx) => submitInvoice(ctx, { receiptId, entered }));
      },
      goTo: () => `/invoices/${invoiceId}`,
      notice: 'invoices.notice.submitted',
      orShow: showNew,
    });
  });

  const showCorrection = async (req: Request, res: Response): Promise<void> => {
    const invoiceId = idParam(req, 'invoiceId');
    const form = await web.runInTx(whoOf(req), (ctx) =>
      getCorrectionForm(ctx, { invoiceId, typed: typedIn(req) }),
    );
    keepTyped(req, res);
    await web.showPage(res, 'invoices/correction', {
      titleKey: 'invoices.form.correction-title',
      titleParams: { reference: form.invoice.reference },
      ...form,
      minorUnits: minorUnits(form.invoice.currency),
    });
  };
  router.get('/invoices/:invoiceId/correction', 'invoice.submit', showCorrection);
  router.post('/invoices/:invoiceId/correction', 'invoice.submit', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    if (asksToRecalculate(req.body)) return showCorrection(req, res);
    await web.submitForm(req, res, {
      async act() {
        const { version, ...form } = parseForm(correctionForm, req.body);
        const entered = enteredOf(form);
        await web.runInTx(whoOf(req), (ctx) => correctInvoice(ctx, { invoiceId, version, entered }));
      },
      goTo: `/invoices/${invoiceId}`,
      notice: 'invoices.notice.corrected',
      // What cannot be corrected any more, or was corrected by a colleague, is shown as it is now.
      orShow: () =>
        res.statusCode === 409 || isOver(res) ? showInvoice(req, res) : showCorrection(req, res),
    });
  });

  return router;
}

const isOver = (res: Response): boolean => res.locals.refusal?.code === 'invoice.cannot-correct';

/** What was typed stays, also when the sums were only made new. */
function keepTyped(req: Request, res: Response): void {
  if (req.method === 'POST') res.locals.typed ??= req.body;
}
