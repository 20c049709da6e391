import type { Request, Response } from 'express';
import { listCategories, listPlants } from '../catalog/index.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import { dayIn, daysBetween } from '../kernel/time.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PageHandler, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { agreementKinds, agreementLifecycle } from './agreement.ts';
import { addAgreementActs } from './agreement-acts.routes.ts';
import { addAgreementForms } from './agreement-form.routes.ts';
import { addLinesSheet } from './agreement-lines.routes.ts';
import { type AgreementListFilter, listAgreements } from './agreement-list.queries.ts';
import { agreementsFile } from './agreement-list.report.ts';
import { getAgreementPage, getVersionPage } from './agreement-page.service.ts';
import { agreementFilter } from './agreements.forms.ts';

const asked = (query: unknown): AgreementListFilter => {
  const { q, ...filter } = agreementFilter.parse(query);
  return { ...filter, search: q };
};

/** Agreements, under /agreements; a supplier sees its own that it was offered. */
export function agreementsRoutes(
  web: WebDeps,
  settings: { catalogue: Catalogue; limits: Policies['limits'] },
): PortalRouter {
  const router = makeRouter(web);
  // Forms come first: `/agreements/new` is no agreement's id.
  addAgreementForms(router, web);
  addLinesSheet(router, web, settings);
  addList(router, web);
  const show: PageHandler = (req, res) => showAgreement(web, req, res);
  router.get('/agreements/:agreementId', 'agreement.read', show);
  addAgreementActs(router, web, show);

  router.get('/agreements/:agreementId/versions/:versionId', 'agreement.read', async (req, res) => {
    const of = { agreementId: idParam(req, 'agreementId'), versionId: idParam(req, 'versionId') };
    const model = await web.runInTx(whoOf(req), (ctx) => getVersionPage(ctx, of));
    await web.showPage(res, 'agreements/version', {
      titleKey: 'agreements.version.title',
      titleParams: { version: model.version.version, reference: model.agreement.reference },
      ...model,
    });
  });
  return router;
}

async function showAgreement(web: WebDeps, req: Request, res: Response): Promise<void> {
  const agreementId = idParam(req, 'agreementId');
  const page = await web.runInTx(whoOf(req), (ctx) => getAgreementPage(ctx, agreementId));
  await web.showPage(res, 'agreements/agreement', {
    title: `${page.agreement.reference} ${page.terms.title}`,
    ...page,
    daysLeft: daysBetween(page.today, page.lastDay),
    isSupplier: req.actor.kind === 'supplier',
  });
}

function addList(router: PortalRouter, web: WebDeps): void {
  router.get('/agreements', 'agreement.read', async (req, res) => {
    const filter = agreementFilter.parse(req.query);
    const request = pageRequest(req);
    const isSupplier = req.actor.kind === 'supplier';
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listAgreements(ctx, asked(req.query), request),
      categories: isSupplier ? [] : await listCategories(ctx),
      plants: isSupplier ? [] : await listPlants(ctx),
      today: dayIn(ctx.now, ctx.policies.company.timeZone),
    }));
    await web.showPage(res, 'agreements/list', {
      titleKey: 'agreements.title',
      ...model,
      filter,
      states: agreementLifecycle.states.filter(
        (state) => !isSupplier || (state !== 'draft' && state !== 'pending_approval'),
      ),
      kinds: agreementKinds,
      query: asQuery(filter, 'newest'),
      isFiltered: isFiltered(filter),
      isFirst: request.after === null,
      isSupplier,
    });
  });

  router.get('/agreements/export.csv', 'agreement.read', async (req, res) => {
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(
        await listAgreements(ctx, asked(req.query), { after: null, limit: MOST_ROWS_IN_A_FILE }),
      ),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, agreementsFile(rows, day));
  });
}
