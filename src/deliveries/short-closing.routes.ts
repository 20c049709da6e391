import type { Request, Response } from 'express';
import { z } from 'zod';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { text } from './deliveries.forms.ts';
import { closeLinesShort } from './short-closing.service.ts';

/** One box comes as a text, several as a list. */
const shortClosingForm = z.strictObject({
  line: z
    .union([z.uuid(), z.array(z.uuid()).max(2000)])
    .default([])
    .transform((ids) => [...new Set([ids].flat())]),
  reason: text(1000).min(1, 'form.required'),
});

/** The buyer gives up what lines of an order still have to come. */
export function addShortClosing(
  router: PortalRouter,
  web: WebDeps,
  showDeliveries: (req: Request, res: Response) => Promise<void>,
): void {
  router.post('/orders/:orderId/short-closing', 'order.close-short', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: async () => {
        const { line, reason } = parseForm(shortClosingForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => closeLinesShort(ctx, { orderId, poLineIds: line, reason }));
      },
      goTo: `/orders/${orderId}/deliveries`,
      notice: 'receiving.notice.closed-short',
      orShow: showDeliveries,
    });
  });
}
