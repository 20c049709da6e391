import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Policies } from '../../kernel/policies.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { submitInstalmentInvoice } from './instalment-invoice.service.ts';
import { askingForm, confirmationForm, decliningForm, instalmentInvoiceForm } from './instalments.forms.ts';
import { askForInstalment, confirmInstalment, declineInstalment } from './instalments.service.ts';
import { getInstalmentsPage } from './instalments-page.service.ts';

/** An order's prepayment and milestones, from both sides, on one page. */
export function instalmentsRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);
  const show = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const page = await web.runInTx(whoOf(req), (ctx) => getInstalmentsPage(ctx, orderId));
    await web.showPage(res, 'invoices/instalments', {
      titleKey: 'instalments.title',
      titleParams: { reference: page.order.reference },
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/orders/:orderId/instalments', 'instalment.read', show);

  /** Each is a form of the page, which shows it again when it is refused. */
  const answered =
    <Form>(of: {
      form: z.ZodType<Form>;
      act(ctx: Ctx, form: Form & { orderId: string }, req: Request): Promise<unknown>;
      notice: string;
    }) =>
    async (req: Request, res: Response): Promise<void> => {
      const orderId = idParam(req, 'orderId');
      await web.submitForm(req, res, {
        act: async () => {
          const form = parseForm(of.form, req.body);
          await web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, orderId }, req));
        },
        goTo: `/orders/${orderId}/instalments`,
        notice: `instalments.notice.${of.notice}`,
        orShow: show,
      });
    };
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };
  router.upload(
    '/orders/:orderId/instalments/request',
    'instalment.submit',
    uploads,
    answered({
      form: askingForm,
      act: (ctx, { instalment, ...form }, req) =>
        askForInstalment(ctx, { ...form, ...instalment, files: req.uploads }),
      notice: 'asked',
    }),
  );
  router.upload(
    '/orders/:orderId/instalments/confirmation',
    'instalment.decide',
    uploads,
    answered({
      form: confirmationForm,
      act: (ctx, { instalment, ...form }, req) =>
        confirmInstalment(ctx, { ...form, ...instalment, files: req.uploads }),
      notice: 'confirmed',
    }),
  );
  router.post(
    '/orders/:orderId/instalments/refusal',
    'instalment.decide',
    answered({
      form: decliningForm,
      act: (ctx, { instalment, ...form }) => declineInstalment(ctx, { ...form, ...instalment }),
      notice: 'declined',
    }),
  );

  router.post('/orders/:orderId/instalments/invoice', 'invoice.submit', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    let invoiceId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { instalment, ...entered } = parseForm(instalmentInvoiceForm, req.body);
        invoiceId = await web.runInTx(whoOf(req), (ctx) =>
          submitInstalmentInvoice(ctx, { ...instalment, orderId, entered }),
        );
      },
      goTo: () => `/invoices/${invoiceId}`,
      notice: 'invoices.notice.submitted',
      orShow: show,
    });
  });
  return router;
}
