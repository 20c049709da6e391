import type { Request, Response } from 'express';
import { z } from 'zod';
import { listCategories, listPlants } from '../catalog/index.ts';
import { isDay } from '../kernel/time.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { sayOnNextPage } from '../platform/web/notices.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { listWaitingLines, takenQuantities, takingsOf } from '../requisitions/index.ts';
import { showEvent } from './event-pages.routes.ts';
import { createEventFromAgreement } from './from-agreement.service.ts';
import { createEventFromLines, nameEventAccount } from './from-requisitions.service.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((typed) => !typed.includes('\0'), 'form.invalid-value');

const waitingFilter = z.object({
  q: text(100).catch(''),
  category: z.string().max(20).min(1).nullable().catch(null),
  plant: z.string().max(20).min(1).nullable().catch(null),
  neededBy: z.string().refine(isDay).nullable().catch(null),
});

const chosenForm = z.strictObject({
  line: z.preprocess(oneOrMany, z.array(z.uuid()).max(2000)),
  title: text(200).default(''),
  quantity: takenQuantities,
});

const retenderForm = z.strictObject({ agreementId: z.uuid() });

const accountForm = z.strictObject({
  account: text(40).transform((typed) => (typed === '' ? null : typed)),
});

/** Approved requisition lines that wait, and events that are made of them. */
export function addFromRequisitions(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const filter = waitingFilter.parse(req.query);
    const request = pageRequest(req, 100);
    const { q: search, ...rest } = filter;
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listWaitingLines(ctx, { ...rest, search }, request),
      categories: await listCategories(ctx),
      plants: await listPlants(ctx),
    }));
    const typed = res.locals.typed?.['line'];
    await web.showPage(res, 'sourcing/requisition-lines', {
      titleKey: 'requisitions.waiting.title',
      ...model,
      filter,
      chosen: Array.isArray(typed) ? typed : typeof typed === 'string' ? [typed] : [],
      query: asQuery({ ...filter, sort: 'need-by' }, 'need-by'),
      isFiltered: isFiltered(filter),
      isFirst: request.after === null,
    });
  };
  router.get('/requisition-lines', 'requisition.source', show);

  router.post('/events/from-requisitions', 'requisition.source', async (req, res) => {
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { line: lineIds, title, quantity } = parseForm(chosenForm, req.body);
        const takings = takingsOf(lineIds, quantity);
        const eventId = await web.runInTx(whoOf(req), (ctx) =>
          createEventFromLines(ctx, { lineIds, title, takings }),
        );
        goTo = `/events/${eventId}/edit`;
      },
      goTo: () => goTo,
      notice: 'requisitions.notice.event-made',
      orShow: show,
    });
  });

  router.post('/events/from-agreement', 'sourcing_event.manage', async (req, res) => {
    const { agreementId } = parseForm(retenderForm, req.body);
    const eventId = await web.runInTx(whoOf(req), (ctx) => createEventFromAgreement(ctx, agreementId));
    sayOnNextPage(req, res, 'agreements.notice.retender-made');
    res.redirect(303, `/events/${eventId}/edit`);
  });

  router.post('/events/:eventId/account', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const { account } = parseForm(accountForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => nameEventAccount(ctx, { eventId, account }));
      },
      goTo: `/events/${eventId}`,
      notice: 'requisitions.budget-account.notice',
      orShow: (...page) => showEvent(web, ...page),
    });
  });
}
