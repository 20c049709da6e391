import type { Request, Response } from 'express';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../../kernel/page.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { asksToRecalculate } from '../invoices.forms.ts';
import { invoicePage } from '../invoices.routes.ts';
import {
  acceptanceForm,
  answerForm,
  choiceForm,
  earlyPaymentsQuery,
  offersQuery,
  proposalForm,
  refusalForm,
  tickedOf,
} from './early-payment.forms.ts';
import { earlyPaymentsFile } from './early-payment.report.ts';
import {
  acceptProposal,
  endEarlyPayment,
  proposeEarlyPayment,
  takeHouseOffers,
} from './early-payment.service.ts';
import { earlyPaymentLifecycle } from './early-payment.ts';
import { getEarlyPaymentsPage, getOffersPage } from './early-payment-page.service.ts';

/** Payment on an earlier day for a discount: a supplier's offers, finance's list, and the acts of an invoice's page. */
export function earlyPaymentRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const showOffers = async (req: Request, res: Response): Promise<void> => {
    const ticked = tickedOf(req.body);
    const wanted = offersQuery.parse(ticked === null ? req.query : req.body);
    const page = await web.runInTx(whoOf(req), (ctx) => getOffersPage(ctx, { ...wanted, ticked }));
    await web.showPage(res, 'invoices/early-payment-offers', {
      titleKey: 'early-payment.offers.heading',
      ...page,
    });
  };

  router.get('/early-payment', 'early_payment.read', async (req, res) => {
    if (req.actor.kind === 'supplier') return showOffers(req, res);
    const filter = earlyPaymentsQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => getEarlyPaymentsPage(ctx, { filter, page: request }));
    await web.showPage(res, 'invoices/early-payments', {
      titleKey: 'early-payment.list.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      query: filter.state === null ? {} : { state: filter.state },
      states: earlyPaymentLifecycle.states,
    });
  });

  router.get('/early-payment.csv', 'early_payment.read', async (req, res) => {
    const filter = earlyPaymentsQuery.parse(req.query);
    const page = { after: null, limit: MOST_ROWS_IN_A_FILE };
    const found = await web.runInTx(whoOf(req), (ctx) => getEarlyPaymentsPage(ctx, { filter, page }));
    await web.sendCsv(res, earlyPaymentsFile(wholeList(found)));
  });

  router.post('/early-payment/acceptance', 'early_payment.take', async (req, res) => {
    if (asksToRecalculate(req.body)) return showOffers(req, res);
    await web.submitForm(req, res, {
      async act() {
        const { invoice: chosen, payOn } = parseForm(acceptanceForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => takeHouseOffers(ctx, { chosen, payOn }));
      },
      goTo: '/early-payment',
      notice: 'early-payment.notice.accepted',
      orShow: showOffers,
    });
  });

  addInvoiceActs(router, web);
  return router;
}

function addInvoiceActs(router: PortalRouter, web: WebDeps): void {
  const orShow = invoicePage(web);
  const done = (invoiceId: string, what: string) => ({
    goTo: `/invoices/${invoiceId}`,
    notice: `early-payment.notice.${what}`,
    orShow,
  });

  router.post('/invoices/:invoiceId/early-payment/acceptance', 'early_payment.take', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const { choice } = parseForm(choiceForm, req.body);
        const { payOn, discount } = choice;
        const chosen = [{ invoiceId, discount }];
        await web.runInTx(whoOf(req), (ctx) => takeHouseOffers(ctx, { chosen, payOn }));
      },
      ...done(invoiceId, 'accepted'),
    });
  });

  router.post('/invoices/:invoiceId/early-payment/proposal', 'early_payment.take', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(proposalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => proposeEarlyPayment(ctx, { ...form, invoiceId }));
      },
      ...done(invoiceId, 'proposed'),
    });
  });

  router.post('/invoices/:invoiceId/early-payment/withdrawal', 'early_payment.take', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const { version } = parseForm(answerForm, req.body);
        const of = { invoiceId, version, act: 'withdraw' as const, reason: null };
        await web.runInTx(whoOf(req), (ctx) => endEarlyPayment(ctx, of));
      },
      ...done(invoiceId, 'withdrawn'),
    });
  });

  router.post('/invoices/:invoiceId/early-payment/agreement', 'early_payment.decide', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const { version } = parseForm(answerForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => acceptProposal(ctx, { invoiceId, version }));
      },
      ...done(invoiceId, 'agreed'),
    });
  });

  router.post('/invoices/:invoiceId/early-payment/refusal', 'early_payment.decide', async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(refusalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => endEarlyPayment(ctx, { ...form, invoiceId, act: 'refuse' }));
      },
      ...done(invoiceId, 'refused'),
    });
  });
}
