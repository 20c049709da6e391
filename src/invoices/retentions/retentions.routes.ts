import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import type { Permission } from '../../platform/web/permission.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { retentionStates } from './retention.ts';
import { reasonForm, releaseForm, retentionListQuery } from './retentions.forms.ts';
import { askForRelease, keepRetention, releaseRetention } from './retentions.service.ts';
import { getRetentionList } from './retentions-page.service.ts';

/** What is held back, from both sides, and its release. */
export function retentionsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const show = async (req: Request, res: Response): Promise<void> => {
    const filter = retentionListQuery.parse(req.query);
    const request = pageRequest(req);
    const { page, sums } = await web.runInTx(whoOf(req), (ctx) =>
      getRetentionList(ctx, { filter, page: request }),
    );
    await web.showPage(res, 'invoices/retentions', {
      titleKey: 'retentions.heading',
      ...page,
      sums,
      isFirst: request.after === null,
      filter,
      states: retentionStates.filter((state) => req.actor.kind !== 'supplier' || state !== 'asked'),
      query: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null)),
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/retentions', 'retention.read', show);

  const addAct = <Form>(of: {
    path: string;
    permission: Permission;
    form: z.ZodType<Form>;
    act(ctx: Ctx, form: Form & { retentionId: string }): Promise<void>;
    notice: string;
  }): void =>
    router.post(`/retentions/:retentionId/${of.path}`, of.permission, async (req, res) => {
      const retentionId = idParam(req, 'retentionId');
      await web.submitForm(req, res, {
        act: () => {
          const form = parseForm(of.form, req.body);
          return web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, retentionId }));
        },
        goTo: '/retentions',
        notice: `retentions.notice.${of.notice}`,
        orShow: show,
      });
    });
  addAct({
    path: 'request',
    permission: 'retention.ask',
    form: reasonForm,
    act: askForRelease,
    notice: 'asked',
  });
  addAct({
    path: 'release',
    permission: 'retention.decide',
    form: releaseForm,
    act: releaseRetention,
    notice: 'released',
  });
  addAct({
    path: 'refusal',
    permission: 'retention.decide',
    form: reasonForm,
    act: keepRetention,
    notice: 'kept',
  });
  return router;
}
