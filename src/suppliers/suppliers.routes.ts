import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { supplierRoles } from '../kernel/actor.ts';
import { differingFields } from '../kernel/form-fields.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import { dayIn } from '../kernel/time.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { addContactPages } from './company-people.routes.ts';
import { listPeople } from './people.service.ts';
import { listRecoveries } from './recovery.service.ts';
import { listSites } from './sites.service.ts';
import { supplierLifecycle } from './supplier.ts';
import { holdSupplier, releaseSupplier, reviseSupplier } from './supplier-changes.service.ts';
import { supplierFields } from './supplier-form.ts';
import { contactForm, reasonForm, revisionForm, supplierFilter, supplierForm } from './suppliers.forms.ts';
import { listSuppliers } from './suppliers.queries.ts';
import { suppliersFile } from './suppliers.report.ts';
import { addSupplierContact, findSupplier, registerSupplier } from './suppliers.service.ts';

/** The list of suppliers, each supplier's page, and entering a supplier and its people. */
export function suppliersRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/suppliers', 'supplier.read', async (req, res) => {
    const { q, ...filter } = supplierFilter.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) =>
      listSuppliers(ctx, { ...filter, search: q }, request),
    );
    await web.showPage(res, 'suppliers/suppliers', {
      titleKey: 'suppliers.title',
      page,
      isFirst: request.after === null,
      filter: { ...filter, q },
      query: asQuery({ ...filter, q }, 'name'),
      isFiltered: isFiltered({ ...filter, q }),
      states: supplierLifecycle.states,
    });
  });

  router.get('/suppliers/export.csv', 'supplier.read', async (req, res) => {
    const { q, ...filter } = supplierFilter.parse(req.query);
    const whole = { after: null, limit: MOST_ROWS_IN_A_FILE };
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(await listSuppliers(ctx, { ...filter, search: q }, whole)),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, suppliersFile(rows, day));
  });

  const showNew = (_req: Request, res: Response): Promise<void> =>
    web.showPage(res, 'suppliers/new', { titleKey: 'suppliers.new' });
  router.get('/suppliers/new', 'supplier.manage', showNew);

  router.post('/suppliers', 'supplier.manage', async (req, res) => {
    let supplierId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { address, ...supplier } = parseForm(supplierForm, req.body);
        supplierId = await web.runInTx(whoOf(req), (ctx) =>
          registerSupplier(ctx, { ...supplier, addressLines: address }),
        );
      },
      goTo: () => `/suppliers/${supplierId}`,
      notice: 'suppliers.notice.registered',
      orShow: showNew,
    });
  });

  const showSupplier = async (req: Request, res: Response): Promise<void> => {
    const supplierId = idParam(req, 'supplierId');
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      supplier: await findSupplier(ctx, supplierId),
      contacts: await listPeople(ctx, supplierId),
      sites: await listSites(ctx, supplierId),
      recoveries: await listRecoveries(ctx, supplierId),
      timeline: await timelineOf(ctx, supplierId),
      homeZone: ctx.policies.company.timeZone,
      now: ctx.now,
    }));
    await web.showPage(res, 'suppliers/supplier', {
      ...model,
      title: model.supplier.name,
      roles: supplierRoles,
      actions: supplierLifecycle.actionsIn(model.supplier.state),
    });
  };
  router.get('/suppliers/:supplierId', 'supplier.read', showSupplier);

  addContactRoutes(router, web, showSupplier);
  addChangeRoutes(router, web, showSupplier);
  return router;
}

type Show = (req: Request, res: Response) => Promise<void>;

function addContactRoutes(router: PortalRouter, web: WebDeps, showSupplier: Show): void {
  router.post('/suppliers/:supplierId/contacts', 'supplier.manage', async (req, res) => {
    const supplierId = idParam(req, 'supplierId');
    await web.submitForm(req, res, {
      act: async () => {
        const contact = parseForm(contactForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => addSupplierContact(ctx, { ...contact, supplierId }));
      },
      goTo: `/suppliers/${supplierId}`,
      notice: 'suppliers.notice.contact-added',
      orShow: showSupplier,
    });
  });

  addContactPages(router, web);
}

/** Changing what is known of a supplier, and whether it is invited. */
function addChangeRoutes(router: PortalRouter, web: WebDeps, showSupplier: Show): void {
  const showEdit: Show = async (req, res) => {
    const supplierId = idParam(req, 'supplierId');
    const supplier = await web.runInTx(whoOf(req), (ctx) => findSupplier(ctx, supplierId));
    const stored = supplierFields(supplier);
    const { typed } = res.locals;
    await web.showPage(res, 'suppliers/edit', {
      title: supplier.name,
      supplier,
      stored,
      differences: res.statusCode === 409 && typed !== undefined ? differingFields(stored, typed) : [],
    });
  };
  router.get('/suppliers/:supplierId/edit', 'supplier.manage', showEdit);
  router.post('/suppliers/:supplierId/edit', 'supplier.manage', async (req, res) => {
    const supplierId = idParam(req, 'supplierId');
    await web.submitForm(req, res, {
      act: async () => {
        const { address, ...form } = parseForm(revisionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) =>
          reviseSupplier(ctx, { ...form, supplierId, addressLines: address }),
        );
      },
      goTo: `/suppliers/${supplierId}`,
      notice: 'suppliers.notice.revised',
      orShow: showEdit,
    });
  });

  const move = (noun: string, of: { notice: string; work: typeof holdSupplier }): void =>
    router.post(`/suppliers/:supplierId/${noun}`, 'supplier.manage', async (req, res) => {
      const supplierId = idParam(req, 'supplierId');
      await web.submitForm(req, res, {
        act: async () => {
          const { reason } = parseForm(reasonForm, req.body);
          await web.runInTx(whoOf(req), (ctx) => of.work(ctx, { supplierId, reason }));
        },
        goTo: `/suppliers/${supplierId}`,
        notice: of.notice,
        orShow: showSupplier,
      });
    });
  move('hold', { notice: 'suppliers.notice.held', work: holdSupplier });
  move('release', { notice: 'suppliers.notice.released', work: releaseSupplier });
}
