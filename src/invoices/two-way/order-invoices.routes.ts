import type { Request, Response } from 'express';
import { minorUnits } from '../../kernel/money.ts';
import { dayIn } from '../../kernel/time.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { getOrderInvoiceForm } from '../invoice-form-page.service.ts';
import { asksToRecalculate, enteredOf, submissionForm, typedOf } from '../invoices.forms.ts';
import { submitOrderInvoice } from '../submission.service.ts';

/** An invoice that is made from its order, where nothing is received. */
export function orderInvoicesRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const typed = req.method === 'POST' ? typedOf(req.body) : null;
    const { form, today } = await web.runInTx(whoOf(req), async (ctx) => ({
      form: await getOrderInvoiceForm(ctx, { orderId, typed }),
      today: dayIn(ctx.now, req.timeZone),
    }));
    if (req.method === 'POST') res.locals.typed ??= req.body;
    await web.showPage(res, 'invoices/order-invoice', {
      titleKey: 'two-way.form.title',
      titleParams: { reference: form.order.reference },
      ...form,
      today: today < form.orderIssuedOn ? form.orderIssuedOn : today,
      minorUnits: minorUnits(form.receipt.currency),
    });
  };
  router.get('/orders/:orderId/invoice/new', 'invoice.submit', showForm);
  router.post('/orders/:orderId/invoice', 'invoice.submit', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    if (asksToRecalculate(req.body)) return showForm(req, res);
    let invoiceId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const entered = enteredOf(parseForm(submissionForm, req.body));
        invoiceId = await web.runInTx(whoOf(req), (ctx) => submitOrderInvoice(ctx, { orderId, entered }));
      },
      goTo: () => `/invoices/${invoiceId}`,
      notice: 'invoices.notice.submitted',
      orShow: showForm,
    });
  });
  return router;
}
