import { idParam, parseForm } from '../platform/web/params.ts';
import type { PageHandler, PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { clarificationForm } from './bids.forms.ts';
import { answerClarification } from './clarifications.service.ts';

/** The bidder's answers to what it was asked about its bid. */
export function addClarificationRoutes(router: PortalRouter, web: WebDeps, showBid: PageHandler): void {
  router.post('/bids/:bidId/clarifications/:clarificationId/answer', 'bid.own', async (req, res) => {
    const of = { bidId: idParam(req, 'bidId'), clarificationId: idParam(req, 'clarificationId') };
    await web.submitForm(req, res, {
      async act() {
        const { answer } = parseForm(clarificationForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => answerClarification(ctx, { ...of, answer }));
      },
      goTo: `/bids/${of.bidId}`,
      notice: 'clarifications.notice.answered',
      orShow: showBid,
    });
  });
}
