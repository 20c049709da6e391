import type { Request, Response } from 'express';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { selfBilledStates } from './self-billed-invoice.ts';
import {
  acceptSelfBilled,
  contestSelfBilled,
  reviseSelfBilled,
  withdrawSelfBilled,
} from './self-billed-invoices.service.ts';
import {
  agreementForm,
  contestForm,
  proposalForm,
  reasonForm,
  selfBillingQuery,
} from './self-billing.forms.ts';
import { rhythms } from './self-billing-agreement.ts';
import {
  agreeToSelfBilling,
  endAgreementProposal,
  endSelfBilling,
  proposeAgreement,
} from './self-billing-agreements.service.ts';
import {
  getAgreementPage,
  getProposalForm,
  getSelfBilledPage,
  getSelfBillingList,
} from './self-billing-page.service.ts';

/** Invoices that we make for suppliers: what is agreed, what was made, and both sides' acts. */
export function selfBillingRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/self-billing', 'self_billing.read', async (req, res) => {
    const filter = selfBillingQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => getSelfBillingList(ctx, { filter, page: request }));
    await web.showPage(res, 'invoices/self-billing', {
      titleKey: 'self-billing.list.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      states: selfBilledStates,
      query: filter.state === null ? {} : { state: filter.state },
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  addProposal(router, web);
  addAgreement(router, web);
  addInvoice(router, web);
  return router;
}

function addProposal(router: PortalRouter, web: WebDeps): void {
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const form = await web.runInTx(whoOf(req), getProposalForm);
    const typed: unknown = req.method === 'POST' ? req.body?.plantCodes : [];
    await web.showPage(res, 'invoices/self-billing-new', {
      titleKey: 'self-billing.new.heading',
      ...form,
      rhythms,
      ticked: [typed].flat().map(String),
    });
  };
  router.get('/self-billing/new', 'self_billing.manage', showForm);
  router.post('/self-billing', 'self_billing.manage', async (req, res) => {
    let id = '';
    await web.submitForm(req, res, {
      async act() {
        const terms = parseForm(proposalForm, req.body);
        id = await web.runInTx(whoOf(req), (ctx) => proposeAgreement(ctx, terms));
      },
      goTo: () => `/self-billing/${id}`,
      notice: 'self-billing.notice.proposed',
      orShow: showForm,
    });
  });
}

type Act<Form> = {
  read(req: Request): Form;
  act(ctx: Ctx, form: Form & { id: string }): Promise<unknown>;
  notice: string;
};

/** A form of a page, which is shown again when it is refused. */
const acting =
  <Form>(
    web: WebDeps,
    of: { param: string; path: string; show(req: Request, res: Response): Promise<void> },
    act: Act<Form>,
  ) =>
  async (req: Request, res: Response): Promise<void> => {
    const id = idParam(req, of.param);
    await web.submitForm(req, res, {
      act: () => {
        const form = act.read(req);
        return web.runInTx(whoOf(req), (ctx) => act.act(ctx, { ...form, id }));
      },
      goTo: `${of.path}/${id}`,
      notice: `self-billing.notice.${act.notice}`,
      orShow: of.show,
    });
  };

const readVersion = (req: Request) => parseForm(agreementForm, req.body);
const readReason = (req: Request) => parseForm(reasonForm, req.body);

function addAgreement(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const id = idParam(req, 'selfBillingId');
    const page = await web.runInTx(whoOf(req), (ctx) => getAgreementPage(ctx, id));
    await web.showPage(res, 'invoices/self-billing-agreement', {
      title: page.agreement.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  const done = <Form>(act: Act<Form>) =>
    acting(web, { param: 'selfBillingId', path: '/self-billing', show }, act);

  router.get('/self-billing/:selfBillingId', 'self_billing.read', show);
  router.post(
    '/self-billing/:selfBillingId/acceptance',
    'self_billing.agree',
    done({
      read: readVersion,
      act: (ctx, { id, version }) => agreeToSelfBilling(ctx, { agreementId: id, version }),
      notice: 'agreed',
    }),
  );
  router.post(
    '/self-billing/:selfBillingId/refusal',
    'self_billing.agree',
    done({
      read: readReason,
      act: (ctx, { id, ...form }) => endAgreementProposal(ctx, { ...form, agreementId: id, act: 'refuse' }),
      notice: 'refused',
    }),
  );
  router.post(
    '/self-billing/:selfBillingId/leaving',
    'self_billing.agree',
    done({
      read: readReason,
      act: (ctx, { id, ...form }) => endSelfBilling(ctx, { ...form, agreementId: id }),
      notice: 'notice-given',
    }),
  );
  router.post(
    '/self-billing/:selfBillingId/withdrawal',
    'self_billing.manage',
    done({
      read: readReason,
      act: (ctx, { id, ...form }) => endAgreementProposal(ctx, { ...form, agreementId: id, act: 'withdraw' }),
      notice: 'proposal-withdrawn',
    }),
  );
  router.post(
    '/self-billing/:selfBillingId/notice',
    'self_billing.manage',
    done({
      read: readReason,
      act: (ctx, { id, ...form }) => endSelfBilling(ctx, { ...form, agreementId: id }),
      notice: 'notice-given',
    }),
  );
}

function addInvoice(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const id = idParam(req, 'selfBilledId');
    const page = await web.runInTx(whoOf(req), (ctx) => getSelfBilledPage(ctx, id));
    await web.showPage(res, 'invoices/self-billed', {
      title: page.selfBilled.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  const done = <Form>(act: Act<Form>) =>
    acting(web, { param: 'selfBilledId', path: '/self-billed', show }, act);

  router.get('/self-billed/:selfBilledId', 'self_billing.read', show);
  router.post(
    '/self-billed/:selfBilledId/acceptance',
    'self_billing.answer',
    done({
      read: readVersion,
      act: (ctx, { id, version }) => acceptSelfBilled(ctx, { selfBilledId: id, version }),
      notice: 'accepted',
    }),
  );
  router.post(
    '/self-billed/:selfBilledId/contest',
    'self_billing.answer',
    done({
      read: (req) => parseForm(contestForm, req.body),
      act: (ctx, { id, ...form }) => contestSelfBilled(ctx, { ...form, selfBilledId: id }),
      notice: 'contested',
    }),
  );
  router.post(
    '/self-billed/:selfBilledId/revision',
    'self_billing.manage',
    done({
      read: readReason,
      act: (ctx, { id, ...form }) => reviseSelfBilled(ctx, { ...form, selfBilledId: id }),
      notice: 'revised',
    }),
  );
  router.post(
    '/self-billed/:selfBilledId/withdrawal',
    'self_billing.manage',
    done({
      read: readReason,
      act: (ctx, { id, ...form }) => withdrawSelfBilled(ctx, { ...form, selfBilledId: id }),
      notice: 'withdrawn',
    }),
  );
}
