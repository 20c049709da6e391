import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { reasonForm, siteForm, siteRevisionForm } from './company.forms.ts';
import { addPeopleRoutes } from './company-people.routes.ts';
import { listPeople } from './people.service.ts';
import { ADMINISTRATORS_WANTED, administratorCount, worksWithoutPrices } from './people.ts';
import { listRecoveries, objectToRecovery } from './recovery.service.ts';
import { addSite, changeSite, closeSite, findSite, listSites } from './sites.service.ts';
import { findSupplier } from './suppliers.service.ts';

/** A supplier's own page: its data, its sites, its people, and what is asked about it. */
export function companyRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const showCompany = async (req: Request, res: Response): Promise<void> => {
    const supplierId = ownSupplier(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      supplier: await findSupplier(ctx, supplierId),
      people: await listPeople(ctx, supplierId),
      sites: await listSites(ctx, supplierId),
      recoveries: await listRecoveries(ctx, supplierId),
      timeline: await timelineOf(ctx, supplierId),
      now: ctx.now,
    }));
    await web.showPage(res, 'suppliers/company', {
      titleKey: 'company.title',
      ...model,
      people: model.people.map((person) => ({ ...person, isUnpriced: worksWithoutPrices(person.roles) })),
      administrators: administratorCount(model.people),
      administratorsWanted: ADMINISTRATORS_WANTED,
    });
  };
  router.get('/company', 'company.read', showCompany);

  router.post('/company/recoveries/:recoveryId/objection', 'company.object', async (req, res) => {
    const recoveryId = idParam(req, 'recoveryId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => objectToRecovery(ctx, { recoveryId, reason }));
      },
      goTo: '/company',
      notice: 'company.notice.objected',
      orShow: showCompany,
    });
  });

  addSiteRoutes(router, web);
  addPeopleRoutes(router, web);
  return router;
}

/** Whose page it is: the signed-in user's own supplier's, and no other. */
export const ownSupplier = (req: Request): string => found('page', req.actor.supplierId);

function addSiteRoutes(router: PortalRouter, web: WebDeps): void {
  const showSite = async (req: Request, res: Response): Promise<void> => {
    const { siteId } = req.params;
    const site =
      siteId === undefined
        ? null
        : await web.runInTx(whoOf(req), (ctx) =>
            findSite(ctx, { supplierId: ownSupplier(req), siteId: idParam(req, 'siteId') }),
          );
    await web.showPage(res, 'suppliers/site', {
      ...(site === null ? { titleKey: 'company.site.new' } : { title: site.name }),
      site,
      zone: req.timeZone,
    });
  };
  router.get('/company/sites/new', 'company.manage', showSite);
  router.get('/company/sites/:siteId', 'company.manage', showSite);

  router.post('/company/sites', 'company.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { address, ...site } = parseForm(siteForm, req.body);
        await web.runInTx(whoOf(req), (ctx) =>
          addSite(ctx, { ...site, addressLines: address, supplierId: ownSupplier(req) }),
        );
      },
      goTo: '/company',
      notice: 'company.notice.site-added',
      orShow: showSite,
    });
  });

  router.post('/company/sites/:siteId', 'company.manage', async (req, res) => {
    const of = { supplierId: ownSupplier(req), siteId: idParam(req, 'siteId') };
    await web.submitForm(req, res, {
      act: async () => {
        const { address, ...site } = parseForm(siteRevisionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => changeSite(ctx, { ...site, ...of, addressLines: address }));
      },
      goTo: '/company',
      notice: 'company.notice.site-changed',
      orShow: showSite,
    });
  });

  router.post('/company/sites/:siteId/closure', 'company.manage', async (req, res) => {
    const of = { supplierId: ownSupplier(req), siteId: idParam(req, 'siteId') };
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => closeSite(ctx, of)),
      goTo: '/company',
      notice: 'company.notice.site-closed',
      orShow: showSite,
    });
  });
}
