import type { Request, Response } from 'express';
import { supplierRoles } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { invitationForm, leavingForm, reasonForm, rightsForm } from './company.forms.ts';
import {
  changeRights,
  deactivateContact,
  findColleague,
  inviteColleague,
  listPeople,
  reactivateContact,
  revokeInvitation,
  sendInvitation,
} from './people.service.ts';
import { listSites } from './sites.service.ts';
import { findSupplier } from './suppliers.service.ts';

type Of = { supplierId: string; contactId: string };
type Show = (req: Request, res: Response) => Promise<void>;

/** A supplier's administrator lets people in, says what they may do, and lets them go. */
export function addPeopleRoutes(router: PortalRouter, web: WebDeps): void {
  const ofReq = (req: Request): string => found('page', req.actor.supplierId);

  const showInvitation: Show = async (req, res) => {
    const supplierId = ofReq(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      supplier: await findSupplier(ctx, supplierId),
      sites: await listSites(ctx, supplierId),
    }));
    await web.showPage(res, 'suppliers/invitation', {
      titleKey: 'company.people.invite',
      ...model,
      roles: supplierRoles,
      zone: req.timeZone,
    });
  };
  router.get('/company/people/new', 'company.manage', showInvitation);
  router.post('/company/people', 'company.manage', async (req, res) => {
    const supplierId = ofReq(req);
    await web.submitForm(req, res, {
      act: async () => {
        const contact = parseForm(invitationForm, req.body);
        await web.runInTx(whoOf(req), (ctx) =>
          inviteColleague(ctx, { ...contact, supplierId, isPrimary: false }),
        );
      },
      goTo: '/company',
      notice: 'company.notice.invited',
      orShow: showInvitation,
    });
  });

  const showPerson = makeShowPerson(web, ofReq, '/company/people');
  router.get('/company/people/:contactId', 'company.manage', showPerson);
  router.post('/company/people/:contactId', 'company.manage', async (req, res) => {
    const of = { supplierId: ofReq(req), contactId: idParam(req, 'contactId') };
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(rightsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => changeRights(ctx, { ...form, ...of }));
      },
      goTo: '/company',
      notice: 'company.notice.rights-changed',
      orShow: showPerson,
    });
  });
  addPersonActs(router, web, { base: '/company/people', permission: 'company.manage', ofReq, showPerson });
}

/** The same page and acts for a buyer, at a supplier of its choice; rights are the supplier's own affair. */
export function addContactPages(router: PortalRouter, web: WebDeps): void {
  const ofReq = (req: Request): string => idParam(req, 'supplierId');
  const base = '/suppliers/:supplierId/contacts';
  const showPerson = makeShowPerson(web, ofReq, base);
  router.get(`${base}/:contactId`, 'supplier.manage', showPerson);
  addPersonActs(router, web, { base, permission: 'supplier.manage', ofReq, showPerson });
}

const makeShowPerson =
  (web: WebDeps, ofReq: (req: Request) => string, base: string): Show =>
  async (req, res) => {
    const of = { supplierId: ofReq(req), contactId: idParam(req, 'contactId') };
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      supplier: await findSupplier(ctx, of.supplierId),
      person: await findColleague(ctx, of),
      people: await listPeople(ctx, of.supplierId),
      sites: await listSites(ctx, of.supplierId),
      now: ctx.now,
    }));
    await web.showPage(res, 'suppliers/person', {
      title: model.person.name,
      ...model,
      roles: supplierRoles,
      successors: model.people.filter((one) => one.isActive && one.id !== of.contactId),
      base: base.replace(':supplierId', of.supplierId),
      back: base.startsWith('/company') ? '/company' : `/suppliers/${of.supplierId}`,
    });
  };

function addPersonActs(
  router: PortalRouter,
  web: WebDeps,
  of: {
    base: string;
    permission: 'company.manage' | 'supplier.manage';
    ofReq: (req: Request) => string;
    showPerson: Show;
  },
): void {
  const act = (
    noun: string,
    notice: string,
    work: (req: Request, contact: Of) => ReturnType<typeof sendInvitation>,
  ): void =>
    router.post(`${of.base}/:contactId/${noun}`, of.permission, async (req, res) => {
      const contact = { supplierId: of.ofReq(req), contactId: idParam(req, 'contactId') };
      await web.submitForm(req, res, {
        act: () => work(req, contact),
        goTo: of.base.startsWith('/company') ? '/company' : `/suppliers/${contact.supplierId}`,
        notice,
        orShow: of.showPerson,
      });
    });
  act('deactivation', 'suppliers.notice.contact-deactivated', async (req, contact) => {
    const form = parseForm(leavingForm, req.body);
    await web.runInTx(whoOf(req), (ctx) => deactivateContact(ctx, { ...form, ...contact }));
  });
  act('reactivation', 'company.notice.reactivated', (req, contact) =>
    web.runInTx(whoOf(req), (ctx) => reactivateContact(ctx, contact)),
  );
  act('invitation', 'company.notice.invited', (req, contact) =>
    web.runInTx(whoOf(req), (ctx) => sendInvitation(ctx, contact)),
  );
  act('invitation-revocation', 'company.notice.invitation-revoked', async (req, contact) => {
    const { reason } = parseForm(reasonForm, req.body);
    await web.runInTx(whoOf(req), (ctx) => revokeInvitation(ctx, { ...contact, reason }));
  });
}
