import type { Request, Response } from 'express';
import { z } from 'zod';
import { wallClock } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { closingForm, feedbackKinds, feedbackReaches } from '../sourcing/index.ts';
import { endRoundWithoutBids, getRounds, startBidRound } from './rounds.service.ts';

const fieldForm = z.object({
  supplierId: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)),
  itemId: z.preprocess(oneOrMany, z.array(z.uuid()).max(5000)),
  choosesLines: z.literal('yes').optional(),
  feedback: z.enum(feedbackKinds, 'form.invalid-choice'),
  feedbackOn: z.enum(feedbackReaches, 'form.invalid-choice').default('total'),
});

const DAYS = 3;
const DAY_MS = 86_400_000;

/** Asking for better bids after the opening, and what was offered round by round. */
export function addRoundRoutes(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const { now, ...model } = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getRounds(ctx, eventId)),
      now: ctx.now,
    }));
    const inThreeDays = wallClock(new Date(now.getTime() + DAYS * DAY_MS), model.event.timeZone);
    await web.showPage(res, 'bids/rounds', {
      titleKey: 'rounds.title',
      titleParams: { reference: model.event.reference },
      ...model,
      feedbackKinds,
      feedbackReaches,
      chosen: chosenOf(res.locals.typed?.['supplierId']),
      chosenLines: res.locals.typed === undefined ? null : chosenOf(res.locals.typed['itemId'] ?? []),
      closesLocally: `${inThreeDays.slice(0, 10)}T17:00`,
    });
  };
  router.get('/events/:eventId/rounds', 'comparison.read', show);

  router.post('/events/:eventId/rounds', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const { supplierId, itemId, choosesLines, feedback, feedbackOn, ...closing } = (req.body ??
          {}) as Record<string, unknown>;
        const field = parseForm(fieldForm, { supplierId, itemId, choosesLines, feedback, feedbackOn });
        const to = parseForm(closingForm, closing);
        const { supplierId: supplierIds, itemId: lines, choosesLines: chooses, ...said } = field;
        const itemIds = chooses === 'yes' ? lines : null;
        await web.runInTx(whoOf(req), (ctx) =>
          startBidRound(ctx, { eventId, supplierIds, itemIds, ...said, ...to }),
        );
      },
      goTo: `/events/${eventId}`,
      notice: 'rounds.notice.started',
      orShow: show,
    });
  });

  router.post('/events/:eventId/rounds/ending', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => endRoundWithoutBids(ctx, eventId)),
      goTo: `/events/${eventId}`,
      notice: 'rounds.notice.ended',
      orShow: show,
    });
  });
}

const chosenOf = (typed: unknown): readonly string[] | null => {
  if (typed === undefined) return null;
  const chosen: unknown[] = Array.isArray(typed) ? typed : [typed];
  return chosen.filter((one) => typeof one === 'string');
};
