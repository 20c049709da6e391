import { idParam, parseForm } from '../platform/web/params.ts';
import type { PageHandler, PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { reasonForm } from './bids.forms.ts';
import { getPartAsked, getProgress, givePart } from './opener-parts.service.ts';
import { partForm, rescueForm } from './openers.forms.ts';
import { getRescue, giveRescueKey, openRescued, requestRescue } from './rescues.service.ts';

/** Opening by several: each gives its part from its own place; where they fail, bidders give their own keys. */
export function addPartRoutes(router: PortalRouter, web: WebDeps, showOpening: PageHandler): void {
  // A piece of the opening's page, asked for again and again while openers come together.
  router.get('/events/:eventId/opening/progress', 'opening.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const progress = await web.runInTx(whoOf(req), (ctx) => getProgress(ctx, eventId));
    await web.showFragment(res, 'bids/_progress', { progress });
  });
  router.get('/events/:eventId/opening/part.json', 'opening.give-part', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    res.json(await web.runInTx(whoOf(req), (ctx) => getPartAsked(ctx, eventId)));
  });
  router.post('/events/:eventId/opening/part', 'opening.give-part', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => {
        const { shares } = parseForm(partForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          givePart(ctx, {
            eventId,
            shares: shares.map(({ envelopeId, share }) => ({
              envelopeId,
              share: Uint8Array.from(Buffer.from(share, 'base64')),
            })),
          }),
        );
      },
      goTo: `/events/${eventId}/opening`,
      notice: 'sealing.notice.part-given',
      orShow: showOpening,
    });
  });

  router.post('/events/:eventId/opening/rescue-request', 'bid.open', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => requestRescue(ctx, { eventId, reason }));
      },
      goTo: `/events/${eventId}/opening`,
      notice: 'sealing.notice.rescue-requested',
      orShow: showOpening,
    });
  });
  router.post('/events/:eventId/opening/rescued', 'bid.open', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => openRescued(ctx, eventId)),
      goTo: `/events/${eventId}/opening`,
      notice: 'sealing.notice.rescued',
      orShow: showOpening,
    });
  });

  const showRescue: PageHandler = async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), (ctx) => getRescue(ctx, bidId));
    await web.showPage(res, 'bids/rescue', { titleKey: 'sealing.rescue.title', ...page });
  };
  router.get('/bids/:bidId/rescue', 'bid.own', showRescue);
  router.post('/bids/:bidId/rescue', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: async () => {
        const { key } = parseForm(rescueForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => giveRescueKey(ctx, { bidId, key }));
      },
      goTo: `/bids/${bidId}/rescue`,
      notice: 'sealing.notice.rescue-key-given',
      orShow: showRescue,
    });
  });
}
