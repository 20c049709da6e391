import type { Request, Response } from 'express';
import { idParam } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findJoinable, joinEvent } from '../sourcing/index.ts';
import { acknowledge } from './invitations.service.ts';

/** Events for everybody, which a supplier takes part in by itself; and saying that one knows what was amended. */
export function addJoiningRoutes(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const page = await web.runInTx(whoOf(req), async (ctx) => ({
      event: await findJoinable(ctx, eventId),
      now: ctx.now,
    }));
    await web.showPage(res, 'bids/joining', { title: page.event.reference, ...page });
  };
  router.get('/bids/open/:eventId', 'bid.own', show);

  router.post('/bids/open/:eventId/participation', 'bid.own', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => joinEvent(ctx, eventId)),
      goTo: `/bids/invitations/${eventId}`,
      notice: 'bids.notice.joined',
      orShow: show,
    });
  });

  const known = '/bids/invitations/:eventId/amendments/:amendmentId/acknowledgement';
  router.post(known, 'bid.own', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), amendmentId: idParam(req, 'amendmentId') };
    const page = `/bids/invitations/${of.eventId}`;
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => acknowledge(ctx, of)),
      goTo: page,
      notice: 'amendments.notice.acknowledged',
      orShow: async () => res.redirect(303, page),
    });
  });
}
