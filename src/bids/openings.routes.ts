import type { Request, Response } from 'express';
import { found } from '../kernel/errors.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { envelopeQuery, reasonForm } from './bids.forms.ts';
import { decideOnLot, disqualifyBid, endWithoutAward, waiveKnockOut } from './decisions.service.ts';
import { drawMinutes } from './minutes.pdf.ts';
import { getOpenedBid } from './opened-bid.service.ts';
import { addPartRoutes } from './opener-parts.routes.ts';
import { getProgress } from './opener-parts.service.ts';
import { concludeEnvelope, getOpening, openBids, readOpenedFile } from './openings.service.ts';
import { getRescued } from './rescues.service.ts';
import { sendFile } from './send-file.routes.ts';

/** The opening, its minutes and the files that came with the bids. */
export function addOpeningRoutes(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  const showOpening = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const page = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getOpening(ctx, eventId)),
      progress: await getProgress(ctx, eventId),
      rescued: await getRescued(ctx, eventId),
    }));
    await web.showPage(res, 'bids/opening', {
      titleKey: 'bids.opening.title',
      titleParams: { reference: page.event.reference },
      ...page,
    });
  };
  router.get('/events/:eventId/opening', 'opening.read', showOpening);
  addPartRoutes(router, web, showOpening);
  addMinutesRoute(router, web, catalogue);
  router.post('/events/:eventId/opening', 'bid.open', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => openBids(ctx, eventId)),
      goTo: `/events/${eventId}/opening`,
      notice: 'bids.notice.opened',
      orShow: showOpening,
    });
  });

  router.post('/events/:eventId/opening/conclusion', 'bid.open', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => concludeEnvelope(ctx, eventId)),
      goTo: `/events/${eventId}/opening`,
      notice: 'sealing.notice.concluded',
      orShow: showOpening,
    });
  });

  addDecisionRoutes(router, web, showOpening);

  router.get('/events/:eventId/opening/bids/:bidId', 'comparison.read', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    const page = await web.runInTx(whoOf(req), (ctx) => getOpenedBid(ctx, of));
    await web.showPage(res, 'bids/opened', {
      title: `${page.bid.reference} · ${page.bid.supplierName}`,
      ...page,
    });
  });

  router.get(
    '/events/:eventId/opening/bids/:bidId/files/:fileId/:fileName',
    'opening.read',
    async (req, res) => {
      const of = {
        eventId: idParam(req, 'eventId'),
        bidId: idParam(req, 'bidId'),
        fileId: idParam(req, 'fileId'),
      };
      const { file, content } = await web.runInTx(whoOf(req), (ctx) => readOpenedFile(ctx, of));
      sendFile(res, file.fileName, content);
    },
  );
}

/** What people decide on bids that were opened. */
function addDecisionRoutes(
  router: PortalRouter,
  web: WebDeps,
  showOpening: (req: Request, res: Response) => Promise<void>,
): void {
  router.post('/events/:eventId/bids/:bidId/waiver', 'bid.open', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => waiveKnockOut(ctx, { ...of, reason }));
      },
      goTo: `/events/${of.eventId}/opening`,
      notice: 'responses.notice.waived',
      orShow: showOpening,
    });
  });

  for (const [noun, isExcluded] of [
    ['exclusion', true],
    ['waiver', false],
  ] as const)
    router.post(`/events/:eventId/bids/:bidId/lots/:lotId/${noun}`, 'bid.open', async (req, res) => {
      const of = {
        eventId: idParam(req, 'eventId'),
        bidId: idParam(req, 'bidId'),
        lotId: idParam(req, 'lotId'),
      };
      await web.submitForm(req, res, {
        act: async () => {
          const { reason } = parseForm(reasonForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => decideOnLot(ctx, { ...of, isExcluded, reason }));
        },
        goTo: `/events/${of.eventId}/opening`,
        notice: isExcluded ? 'responses.notice.lot-excluded' : 'responses.notice.lot-kept',
        orShow: showOpening,
      });
    });

  router.post('/events/:eventId/bids/:bidId/disqualification', 'bid.open', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), bidId: idParam(req, 'bidId') };
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => disqualifyBid(ctx, { ...of, reason }));
      },
      goTo: `/events/${of.eventId}/opening`,
      notice: 'bids.notice.disqualified',
      orShow: showOpening,
    });
  });

  router.post('/events/:eventId/ending-without-award', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => endWithoutAward(ctx, { eventId, reason }));
      },
      goTo: `/events/${eventId}`,
      notice: 'bids.notice.ended-without-award',
      orShow: showOpening,
    });
  });
}

function addMinutesRoute(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  // In the reader's language; what it says was written when the envelope was opened.
  router.get('/events/:eventId/opening/minutes.pdf', 'opening.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { envelope = 'commercial' } = parseForm(envelopeQuery, req.query);
    const { locale } = req;
    const t = catalogue.translator(locale);
    const { reference, content } = await web.runInTx(whoOf(req), async (ctx) => {
      const { event, openings } = await getOpening(ctx, eventId);
      const { minutes, later } = found(
        'opening',
        openings.find((one) => one.envelope === envelope),
      );
      const of = { event, minutes: found('opening', minutes), later };
      const by = { t, locale, company: ctx.policies.company, issuedAt: ctx.now };
      return { reference: event.reference, content: await drawMinutes(of, by) };
    });
    sendFile(res, `${reference}-${envelope}-minutes.pdf`, content, 'application/pdf');
  });
}
