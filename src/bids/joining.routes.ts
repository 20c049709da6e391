import type { Request, Response } from 'express';
import { idParam } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findJoinable, joinEvent } from '../sourcing/index.ts';

/** Events for everybody: a registered supplier looks at one and takes part by itself. */
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
}
