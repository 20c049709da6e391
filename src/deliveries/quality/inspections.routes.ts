import type { Request, Response } from 'express';
import { z } from 'zod';
import { idParam, parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { inspectLine } from './inspections.service.ts';

const inspectionForm = z.strictObject({
  poLineId: z.uuid(),
  defectCount: z
    .string()
    .trim()
    .min(1, 'form.required')
    .regex(/^\d{1,4}$/, 'form.invalid-number')
    .transform(Number),
  note: z.string().trim().max(1000).default(''),
});

/** What a receiver found in the sample of a posted line. */
export function addInspections(
  router: PortalRouter,
  web: WebDeps,
  of: { show(req: Request, res: Response): Promise<void> },
): void {
  router.post('/receipts/:receiptId/inspections', 'delivery.receive', async (req, res) => {
    const receiptId = idParam(req, 'receiptId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(inspectionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => inspectLine(ctx, { receiptId, ...form }));
      },
      goTo: `/receipts/${receiptId}`,
      notice: 'inspections.notice',
      orShow: of.show,
    });
  });
}
