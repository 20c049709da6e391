import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { showEvent } from './event-pages.routes.ts';
import { pauseEvent, resumeEvent } from './pausing.service.ts';
import {
  approveEvent,
  cancelEvent,
  extendEventClosing,
  publishEvent,
  returnEvent,
  submitForApproval,
} from './publication.service.ts';
import { completeEvent } from './reopening.service.ts';
import { closingForm, reasonForm } from './sourcing.forms.ts';

/** What is done to an event from its page. */
export function addEventActs(router: PortalRouter, web: WebDeps): void {
  const act = (
    noun: string,
    permission: string,
    of: { notice: string; work: (ctx: Ctx, eventId: string) => Promise<void> },
  ): void =>
    router.post(`/events/:eventId/${noun}`, permission, async (req, res) => {
      const eventId = idParam(req, 'eventId');
      await web.submitForm(req, res, {
        act: () => web.runInTx(whoOf(req), (ctx) => of.work(ctx, eventId)),
        goTo: `/events/${eventId}`,
        notice: `sourcing.notice.${of.notice}`,
        orShow: (...page) => showEvent(web, ...page),
      });
    });
  const actWithReason = (
    noun: string,
    permission: string,
    of: { notice: string; work: (ctx: Ctx, to: { eventId: string; reason: string }) => Promise<void> },
  ): void =>
    router.post(`/events/:eventId/${noun}`, permission, async (req, res) => {
      const eventId = idParam(req, 'eventId');
      await web.submitForm(req, res, {
        act: async () => {
          const { reason } = parseForm(reasonForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => of.work(ctx, { eventId, reason }));
        },
        goTo: `/events/${eventId}`,
        notice: `sourcing.notice.${of.notice}`,
        orShow: (...page) => showEvent(web, ...page),
      });
    });

  type Closing = { eventId: string; version: number; closesAt: Date; reason: string };
  const actWithClosing = (
    noun: string,
    of: { notice: string; work: (ctx: Ctx, to: Closing) => Promise<void> },
  ): void =>
    router.post(`/events/:eventId/${noun}`, 'sourcing_event.manage', async (req, res) => {
      const eventId = idParam(req, 'eventId');
      await web.submitForm(req, res, {
        act: async () => {
          const form = parseForm(closingForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => of.work(ctx, { eventId, ...form }));
        },
        goTo: `/events/${eventId}`,
        notice: `sourcing.notice.${of.notice}`,
        orShow: (...page) => showEvent(web, ...page),
      });
    });
  actWithClosing('closing', { notice: 'closing-extended', work: extendEventClosing });
  actWithClosing('resumption', { notice: 'resumed', work: resumeEvent });

  act('approval-request', 'sourcing_event.manage', { notice: 'approval-requested', work: submitForApproval });
  act('approval', 'sourcing_event.approve', { notice: 'approved', work: approveEvent });
  act('publication', 'sourcing_event.manage', { notice: 'published', work: publishEvent });
  act('completion', 'sourcing_event.manage', { notice: 'completed', work: completeEvent });
  actWithReason('return', 'sourcing_event.return', { notice: 'returned', work: returnEvent });
  actWithReason('pause', 'sourcing_event.manage', { notice: 'paused', work: pauseEvent });
  actWithReason('cancellation', 'sourcing_event.manage', { notice: 'cancelled', work: cancelEvent });
}
