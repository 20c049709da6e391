import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { closingForm, reasonForm, showEvent } from '../sourcing/index.ts';
import { reopenBidding, uninvite } from './event-acts.service.ts';

/** What a buyer does to an event that moves bids as well. */
export function addEventActRoutes(router: PortalRouter, web: WebDeps): void {
  router.post('/events/:eventId/reopening', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(closingForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => reopenBidding(ctx, { eventId, ...form }));
      },
      goTo: `/events/${eventId}`,
      notice: 'sourcing.notice.reopened',
      orShow: (...page) => showEvent(web, ...page),
    });
  });

  router.post('/events/:eventId/invited/:supplierId/removal', 'sourcing_event.manage', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), supplierId: idParam(req, 'supplierId') };
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => uninvite(ctx, { ...of, reason }));
      },
      goTo: `/events/${of.eventId}`,
      notice: 'sourcing.notice.uninvited',
      orShow: (...page) => showEvent(web, ...page),
    });
  });
}
