import type { Request, Response } from 'express';
import { incoterms } from '../kernel/incoterm.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PageHandler, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { enterAdjustment, enterTerms, takeBackAdjustment } from './adjustments.service.ts';
import { costKinds } from './buyer-costs.ts';
import { adjustmentForm, adjustmentOf, bidTermsForm } from './costs.forms.ts';
import { getBidCosts, getLandedCosts } from './costs-page.service.ts';
import { fixMissingRates } from './landing.service.ts';
import { addQuestions } from './questions.routes.ts';

/** What bids cost us beside their prices: the rates of the event, the terms of each bid, freight and duty. */
export function costsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const showEvent = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const model = await web.runInTx(whoOf(req), (ctx) => getLandedCosts(ctx, eventId));
    await web.showPage(res, 'awards/landed-cost', {
      titleKey: 'landed.page-title',
      titleParams: { reference: model.event.reference },
      ...model,
    });
  };
  router.get('/events/:eventId/landed-cost', 'comparison.read', showEvent);

  router.post('/events/:eventId/landed-cost/rates', 'comparison.adjust', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => fixMissingRates(ctx, eventId)),
      goTo: `/events/${eventId}/landed-cost`,
      notice: 'landed.notice.rates-fixed',
      orShow: showEvent,
    });
  });
  addBidCosts(router, web);
  addQuestions(router, web, bidPageOf(web));
  return router;
}

/** One bid's terms and costs. */
function addBidCosts(router: PortalRouter, web: WebDeps): void {
  const showBid = bidPageOf(web);
  const page = '/events/:eventId/bids/:bidId/costs';
  router.get(page, 'comparison.read', showBid);

  const act = (req: Request, res: Response, run: (of: OfBid) => Promise<unknown>, notice: string) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    return web.submitForm(req, res, {
      act: () => run(of),
      goTo: `/events/${of.eventId}/bids/${of.bidId}/costs`,
      notice,
      orShow: showBid,
    });
  };
  router.post(page, 'comparison.adjust', (req, res) =>
    act(
      req,
      res,
      async (of) => {
        const adjustment = adjustmentOf(parseForm(adjustmentForm, req.body));
        await web.runInTx(whoOf(req), (ctx) => enterAdjustment(ctx, { ...of, adjustment }));
      },
      'landed.notice.entered',
    ),
  );
  router.post(`${page}/:costId/removal`, 'comparison.adjust', (req, res) =>
    act(
      req,
      res,
      (of) => {
        const adjustmentId = idParam(req, 'costId');
        return web.runInTx(whoOf(req), (ctx) => takeBackAdjustment(ctx, { ...of, adjustmentId }));
      },
      'landed.notice.taken-back',
    ),
  );
  router.post('/events/:eventId/bids/:bidId/terms', 'comparison.adjust', (req, res) =>
    act(
      req,
      res,
      async (of) => {
        const { paymentTermsDays, ...terms } = parseForm(bidTermsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) =>
          enterTerms(ctx, { ...of, terms: { ...terms, paymentDays: paymentTermsDays } }),
        );
      },
      'landed.notice.terms-entered',
    ),
  );
}

/** The page of one bid as the buyer weighs it; acts on it show it again. */
export const bidPageOf =
  (web: WebDeps): PageHandler =>
  async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    const model = await web.runInTx(whoOf(req), (ctx) => getBidCosts(ctx, of));
    await web.showPage(res, 'awards/bid-costs', {
      titleKey: 'landed.bid-title',
      titleParams: { name: model.bid.supplierName },
      ...model,
      incoterms,
      costKinds,
    });
  };

type OfBid = { readonly eventId: string; readonly bidId: string };
