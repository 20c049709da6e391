import type { Request, Response } from 'express';
import { z } from 'zod';
import { acceptedExtensions } from '../../documents/index.ts';
import type { Policies } from '../../kernel/policies.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import type { Permission } from '../../platform/web/permission.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { day, text } from '../deliveries.forms.ts';
import { acceptWork, refuseWork, stateWork, withdrawWork } from './service-entries.service.ts';
import { getWorkPage } from './work-page.service.ts';

const MEGABYTE = 1_048_576;

const workForm = z.strictObject({
  idempotencyKey: z.uuid(),
  poLineId: z.uuid('form.required'),
  workedFrom: day,
  workedUntil: day,
  quantity: z
    .string()
    .trim()
    .min(1, 'form.required')
    .regex(/^(\d{1,14}(\.\d{1,6})?|\d{1,3}(\.\d{1,3})?\s?%)?$/, 'form.invalid-number')
    .transform((written) => written.replace(/\s/, '')),
  description: text(2000).min(1, 'form.required'),
});
const entryForm = z.strictObject({ entryId: z.uuid() });
const refusalForm = z.strictObject({ entryId: z.uuid(), reason: text(1000).min(1, 'form.required') });

/** Work that is stated and accepted, on one page of an order. */
export function addServiceEntries(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const page = await web.runInTx(whoOf(req), (ctx) => getWorkPage(ctx, orderId));
    await web.showPage(res, 'deliveries/work', {
      titleKey: 'work.title',
      titleParams: { reference: page.order.reference },
      ...page,
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
    });
  };
  router.get('/orders/:orderId/work', 'service_entry.read', show);

  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };
  router.upload('/orders/:orderId/work', 'service_entry.submit', uploads, async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(workForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => stateWork(ctx, { ...form, orderId, files: req.uploads }));
      },
      goTo: `/orders/${orderId}/work`,
      notice: 'work.notice.submitted',
      orShow: show,
    });
  });

  const addAct = <Form>(of: {
    path: string;
    permission: Permission;
    form: z.ZodType<Form>;
    act(ctx: Ctx, form: Form & { orderId: string }): Promise<void>;
    notice: string;
  }): void =>
    router.post(`/orders/:orderId/work/${of.path}`, of.permission, async (req, res) => {
      const orderId = idParam(req, 'orderId');
      await web.submitForm(req, res, {
        act: async () => {
          const form = parseForm(of.form, req.body);
          await web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, orderId }));
        },
        goTo: `/orders/${orderId}/work`,
        notice: of.notice,
        orShow: show,
      });
    });
  const decides = 'service_entry.decide';
  addAct({
    path: 'acceptance',
    permission: decides,
    form: entryForm,
    act: acceptWork,
    notice: 'work.notice.accepted',
  });
  addAct({
    path: 'refusal',
    permission: decides,
    form: refusalForm,
    act: refuseWork,
    notice: 'work.notice.refused',
  });
  addAct({
    path: 'withdrawal',
    permission: 'service_entry.submit',
    form: entryForm,
    act: withdrawWork,
    notice: 'work.notice.withdrawn',
  });
}
