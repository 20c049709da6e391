import type { Request, Response } from 'express';
import { getCallOffForm } from '../agreements/index.ts';
import { listAccounts } from '../budgets/index.ts';
import { newId } from '../kernel/id.ts';
import { dayIn } from '../kernel/time.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { callOffForm } from './call-offs.forms.ts';
import { callOff } from './call-offs.service.ts';

/** Ordering from an agreement. */
export function callOffRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const show = async (req: Request, res: Response): Promise<void> => {
    const agreementId = idParam(req, 'agreementId');
    const { form, today, accounts } = await web.runInTx(whoOf(req), async (ctx) => ({
      form: await getCallOffForm(ctx, agreementId),
      today: dayIn(ctx.now, ctx.policies.company.timeZone),
      accounts: await listAccounts(ctx),
    }));
    const only = typeof req.query['line'] === 'string' ? req.query['line'] : null;
    await web.showPage(res, 'orders/call-off', {
      titleKey: 'call-offs.title',
      titleParams: { reference: form.agreement.reference },
      ...form,
      only,
      today,
      accounts,
      formKey: newId(),
    });
  };
  router.get('/agreements/:agreementId/call-offs/new', 'agreement.call-off', show);

  router.post('/agreements/:agreementId/call-offs', 'agreement.call-off', async (req, res) => {
    const agreementId = idParam(req, 'agreementId');
    let orderId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(callOffForm, req.body);
        orderId = await web.runInTx(whoOf(req), (ctx) => callOff(ctx, { ...form, agreementId }));
      },
      goTo: () => `/orders/${orderId}`,
      notice: 'call-offs.notice',
      orShow: show,
    });
  });
  return router;
}
