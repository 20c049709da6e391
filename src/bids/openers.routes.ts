import type { Request, Response } from 'express';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { suggestedThreshold } from '../sourcing/index.ts';
import { appointOpeners, getAppointments } from './appointments.service.ts';
import { addOpenerKey, getOpenerKey } from './opener-keys.service.ts';
import { appointmentForm, openerKeyForm } from './openers.forms.ts';
import { sendFile } from './send-file.routes.ts';

/** An opener's own key, and who opens an event. */
export function addOpenerRoutes(router: PortalRouter, web: WebDeps): void {
  const showKey = async (req: Request, res: Response): Promise<void> => {
    const key = await web.runInTx(whoOf(req), getOpenerKey);
    await web.showPage(res, 'bids/opener-key', { titleKey: 'sealing.key.title', key });
  };
  router.get('/opener-key', 'opener_key.own', showKey);
  router.post('/opener-key', 'opener_key.own', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => {
        const { recipient, wrapped } = parseForm(openerKeyForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          addOpenerKey(ctx, { recipient, wrapped: Buffer.from(wrapped, 'base64') }),
        );
      },
      goTo: '/opener-key',
      notice: 'sealing.notice.key-made',
      orShow: showKey,
    });
  });
  router.get('/opener-key/opener-key.age', 'opener_key.own', async (req, res) => {
    const key = await web.runInTx(whoOf(req), getOpenerKey);
    if (key === null) return res.redirect(303, '/opener-key');
    sendFile(res, 'opener-key.age', key.wrapped);
  });

  const showOpeners = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const page = await web.runInTx(whoOf(req), (ctx) => getAppointments(ctx, eventId));
    await web.showPage(res, 'bids/openers', {
      titleKey: 'sealing.openers.title',
      titleParams: { reference: page.event.reference },
      ...page,
      suggestedThreshold: suggestedThreshold(3),
    });
  };
  router.get('/events/:eventId/openers', 'sourcing_event.read', showOpeners);
  router.post('/events/:eventId/openers', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => {
        const { allowsSealingOnArrival, ...form } = parseForm(appointmentForm, req.body);
        const isAllowed = allowsSealingOnArrival === 'yes' || form.sealingLevel === 'on_arrival';
        return web.runInTx(whoOf(req), (ctx) =>
          appointOpeners(ctx, { eventId, ...form, allowsSealingOnArrival: isAllowed }),
        );
      },
      goTo: `/events/${eventId}/openers`,
      notice: 'sealing.notice.openers-saved',
      orShow: showOpeners,
    });
  });
}
