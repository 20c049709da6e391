import { z } from 'zod';
import { acceptBidPrice, askBidder } from '../bids/index.ts';
import { instantAt } from '../kernel/time.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PageHandler, PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findEvent } from '../sourcing/index.ts';
import { returnForm } from './awards.forms.ts';
import { lowBidsOf } from './comparison.service.ts';

const questionForm = z.strictObject({
  question: z
    .string()
    .trim()
    .min(1, 'form.required')
    .max(5000)
    .refine((text) => !text.includes('\0'), 'form.invalid-value'),
  answerUntil: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'form.invalid-value'),
});

/** A bid that looks too low: its supplier is asked, and somebody decides. */
export function addQuestions(router: PortalRouter, web: WebDeps, showBid: PageHandler): void {
  router.post('/events/:eventId/bids/:bidId/clarifications', 'comparison.adjust', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    await web.submitForm(req, res, {
      async act() {
        const { question, answerUntil } = parseForm(questionForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          const event = await findEvent(ctx, of.eventId);
          const low = (await lowBidsOf(ctx, event)).get(of.bidId) ?? null;
          const until = instantAt(answerUntil, event.timeZone);
          await askBidder(ctx, { ...of, question, answerUntil: until, basis: { rule: low } });
        });
      },
      goTo: `/events/${of.eventId}/bids/${of.bidId}/costs`,
      notice: 'clarifications.notice.asked',
      orShow: showBid,
    });
  });

  router.post('/events/:eventId/bids/:bidId/acceptance', 'comparison.adjust', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    await web.submitForm(req, res, {
      async act() {
        const { reason } = parseForm(returnForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => acceptBidPrice(ctx, { ...of, reason }));
      },
      goTo: `/events/${of.eventId}/bids/${of.bidId}/costs`,
      notice: 'clarifications.notice.accepted',
      orShow: showBid,
    });
  });
}
