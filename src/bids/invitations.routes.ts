import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { acceptedExtensions } from '../documents/index.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import {
  askEnquiry,
  currenciesOf,
  enquiriesEndAt,
  enquiryForm,
  findJoinableEvents,
  structureShown,
  takesEnquiries,
} from '../sourcing/index.ts';
import { takesBids } from './bid.ts';
import { answerForm } from './bids.forms.ts';
import { findOpenInvitations, findPastInvitations } from './bids.queries.ts';
import { ownSupplierId, startBid } from './drafts.service.ts';
import { answerInvitation, getInvitation, noteInvitationViewed } from './invitations.service.ts';

const ENQUIRY_FILES = { files: 5, bytesPerFile: 25 * 1024 * 1024 };

/** What a supplier was asked, and its first answer. */
export function addInvitationRoutes(router: PortalRouter, web: WebDeps): void {
  router.get('/bids', 'bid.own', async (req, res) => {
    const request = pageRequest(req);
    const lists = await web.runInTx(whoOf(req), async (ctx) => {
      const supplierId = ownSupplierId(ctx);
      const open = request.after === null ? await findOpenInvitations(ctx, supplierId) : [];
      const joinable = request.after === null ? await findJoinableEvents(ctx) : [];
      return { open, joinable, past: await findPastInvitations(ctx, supplierId, request), now: ctx.now };
    });
    await web.showPage(res, 'bids/list', {
      titleKey: 'bids.list.title',
      open: lists.open,
      joinable: lists.joinable,
      past: lists.past.rows,
      nextCursor: lists.past.nextCursor,
      isFirst: request.after === null,
      query: {},
      now: lists.now,
    });
  });

  const showInvitation = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const { page, timeline, now } = await web.runInTx(whoOf(req), async (ctx) => {
      const found = await getInvitation(ctx, eventId);
      return { page: found, timeline: await timelineOf(ctx, found.invitation.id), now: ctx.now };
    });
    await web.showPage(res, 'bids/invitation', {
      title: page.event.reference,
      ...page,
      ...structureShown(page),
      currencies: currenciesOf(page.event),
      timeline,
      now,
      isOpen: takesBids(page.event, now),
      mayAsk: takesEnquiries(page.event, now) && page.invitation.state !== 'declined',
      enquiriesEndAt: enquiriesEndAt(page.event),
      accept: acceptedExtensions,
    });
  };
  router.get('/bids/invitations/:eventId', 'bid.own', showInvitation);

  router.upload('/bids/invitations/:eventId/enquiries', 'bid.own', ENQUIRY_FILES, async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const { question } = parseForm(enquiryForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => askEnquiry(ctx, { eventId, question, files: req.uploads }));
      },
      goTo: `/bids/invitations/${eventId}#enquiries`,
      notice: 'enquiries.notice.asked',
      orShow: showInvitation,
    });
  });

  // Looking is told by the page when it is there, because a GET changes nothing.
  router.post('/bids/invitations/:eventId/view', 'bid.own', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.runInTx(whoOf(req), (ctx) => noteInvitationViewed(ctx, eventId));
    res.status(204).end();
  });

  router.post('/bids/invitations/:eventId/answer', 'bid.own', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => {
        const { answer, reason } = parseForm(answerForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => answerInvitation(ctx, { eventId, action: answer, reason }));
      },
      goTo: `/bids/invitations/${eventId}`,
      notice: 'bids.notice.answered',
      orShow: showInvitation,
    });
  });

  router.post('/bids/invitations/:eventId/bid', 'bid.own', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let bidId = '';
    await web.submitForm(req, res, {
      act: async () => {
        bidId = await web.runInTx(whoOf(req), (ctx) => startBid(ctx, eventId));
      },
      goTo: () => `/bids/${bidId}/edit`,
      orShow: showInvitation,
    });
  });
}
