import type { Request, Response } from 'express';
import { chargeReasons } from '../kernel/charge.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { acceptAllProposals, acceptChange, refuseChange, takeBackChange } from './change-order.service.ts';
import { proposeCancellation, proposeChange } from './change-proposal.service.ts';
import { counterProposal } from './counter-proposal.service.ts';
import {
  changeForm,
  counterForm,
  differenceQuery,
  lineAnswers,
  reasonForm,
  responseForm,
  turnForm,
} from './order-changes.forms.ts';
import { getChangeForm, getChangesPage, getCounterForm } from './order-changes-page.service.ts';
import { answerOrder } from './order-response.service.ts';

/** The supplier's answer by line, and changes that either side proposes. */
export function orderChangesRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const showChanges = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const { from, to } = differenceQuery.parse(req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getChangesPage(ctx, { orderId, from, to }));
    await web.showPage(res, 'orders/changes', {
      titleKey: 'order-changes.page.title',
      titleParams: { reference: page.order.reference },
      ...page,
    });
  };
  router.get('/orders/:orderId/changes', 'order.read', showChanges);

  const showForm = (view: 'orders/response' | 'orders/change') => async (req: Request, res: Response) => {
    const orderId = idParam(req, 'orderId');
    const page = await web.runInTx(whoOf(req), (ctx) => getChangeForm(ctx, orderId));
    await web.showPage(res, view, {
      titleKey: view === 'orders/response' ? 'order-changes.response.title' : 'order-changes.new.title',
      titleParams: { reference: page.order.reference },
      codes: lineAnswers,
      chargeReasons,
      ...page,
    });
  };
  const showResponse = showForm('orders/response');
  const showChange = showForm('orders/change');
  router.get('/orders/:orderId/response', 'order.respond', showResponse);
  router.get('/orders/:orderId/changes/new', 'order.change', showChange);

  router.post('/orders/:orderId/response', 'order.respond', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(responseForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => answerOrder(ctx, { orderId, ...form }));
      },
      goTo: `/orders/${orderId}`,
      notice: 'order-changes.notice.answered',
      orShow: showResponse,
    });
  });
  router.post('/orders/:orderId/changes', 'order.change', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(changeForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => proposeChange(ctx, { orderId, ...form }));
      },
      goTo: `/orders/${orderId}/changes`,
      notice: 'order-changes.notice.proposed',
      orShow: showChange,
    });
  });
  router.post('/orders/:orderId/cancellation', 'order.change', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(reasonForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => proposeCancellation(ctx, { orderId, ...form }));
      },
      goTo: `/orders/${orderId}/changes`,
      notice: 'order-changes.notice.proposed',
      orShow: showChange,
    });
  });
  addDecisions(router, web, showChanges);
  addCounter(router, web);
  return router;
}

/** A proposal answered with another one, on a page of its own. */
function addCounter(router: PortalRouter, web: WebDeps): void {
  const showCounter = async (req: Request, res: Response): Promise<void> => {
    const of = { orderId: idParam(req, 'orderId'), changeId: idParam(req, 'changeId') };
    const page = await web.runInTx(whoOf(req), (ctx) => getCounterForm(ctx, of));
    await web.showPage(res, 'orders/counter', {
      titleKey: 'order-changes.counter.title',
      titleParams: { reference: page.order.reference },
      chargeReasons,
      ...page,
    });
  };
  router.get('/orders/:orderId/changes/:changeId/counter', 'order.decide-change', showCounter);
  router.post('/orders/:orderId/changes/:changeId/counter', 'order.decide-change', async (req, res) => {
    const of = { orderId: idParam(req, 'orderId'), changeId: idParam(req, 'changeId') };
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(counterForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => counterProposal(ctx, { ...of, ...form }));
      },
      goTo: `/orders/${of.orderId}/changes`,
      notice: 'order-changes.notice.countered',
      orShow: showCounter,
    });
  });
}

/** What is done with an open proposal on the page of an order's changes. */
function addDecisions(
  router: PortalRouter,
  web: WebDeps,
  showChanges: (req: Request, res: Response) => Promise<void>,
): void {
  const page = (req: Request) => `/orders/${idParam(req, 'orderId')}/changes`;
  const named = (req: Request) => ({
    orderId: idParam(req, 'orderId'),
    changeId: idParam(req, 'changeId'),
  });
  router.post('/orders/:orderId/changes/acceptance', 'order.change', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(turnForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => acceptAllProposals(ctx, { orderId, ...form }));
      },
      goTo: page(req),
      notice: 'order-changes.notice.accepted',
      orShow: showChanges,
    });
  });
  router.post('/orders/:orderId/changes/:changeId/acceptance', 'order.decide-change', async (req, res) => {
    const of = named(req);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(turnForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => acceptChange(ctx, { ...of, ...form }));
      },
      goTo: page(req),
      notice: 'order-changes.notice.accepted',
      orShow: showChanges,
    });
  });
  router.post('/orders/:orderId/changes/:changeId/refusal', 'order.decide-change', async (req, res) => {
    const of = named(req);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(reasonForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => refuseChange(ctx, { ...of, ...form }));
      },
      goTo: page(req),
      notice: 'order-changes.notice.refused',
      orShow: showChanges,
    });
  });
  router.post('/orders/:orderId/changes/:changeId/withdrawal', 'order.decide-change', async (req, res) => {
    const of = named(req);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(turnForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => takeBackChange(ctx, { ...of, ...form }));
      },
      goTo: page(req),
      notice: 'order-changes.notice.withdrawn',
      orShow: showChanges,
    });
  });
}
