import type { Request, Response } from 'express';
import { acceptedExtensions } from '../documents/index.ts';
import type { Policies } from '../kernel/policies.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { responseForm } from './enquiries.forms.ts';
import { answerEnquiry, getEnquiries } from './enquiries.service.ts';
import { enquiriesEndAt } from './enquiry.ts';
import { findEvent } from './sourcing.service.ts';
import { isBidding } from './sourcing-event.ts';

const MEGABYTE = 1_048_576;

/** The questions about an event, and answering them. */
export function addEnquiries(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };

  const show = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const { event, enquiries } = await web.runInTx(whoOf(req), async (ctx) => ({
      event: await findEvent(ctx, eventId),
      enquiries: await getEnquiries(ctx, eventId),
    }));
    await web.showPage(res, 'sourcing/enquiries', {
      titleKey: 'enquiries.title',
      titleParams: { reference: event.reference },
      event,
      unanswered: enquiries.filter((one) => one.answeredAt === null),
      answered: enquiries.filter((one) => one.answeredAt !== null),
      endAt: enquiriesEndAt(event),
      isOpen: isBidding(event),
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
    });
  };
  router.get('/events/:eventId/enquiries', 'sourcing_event.read', show);

  const answer = '/events/:eventId/enquiries/:enquiryId/answer';
  router.upload(answer, 'sourcing_event.manage', uploads, async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const enquiryId = idParam(req, 'enquiryId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(responseForm, req.body);
        const { uploads: files } = req;
        await web.runInTx(whoOf(req), (ctx) => answerEnquiry(ctx, { ...form, eventId, enquiryId, files }));
      },
      goTo: `/events/${eventId}/enquiries`,
      notice: 'enquiries.notice.answered',
      orShow: show,
    });
  });
}
