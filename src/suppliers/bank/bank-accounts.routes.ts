import type { Request, Response } from 'express';
import { timelineOf } from '../../audit/index.ts';
import { personsOf } from '../../kernel/actor.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { listPeople } from '../people.service.ts';
import { bankAccountChangeLifecycle } from './bank-account-change.ts';
import { bankAccountForm, callbackForm, stopForm, versionForm } from './bank-accounts.forms.ts';
import {
  approveBankAccount,
  getBankAccount,
  listBankAccounts,
  requestBankAccount,
  stopBankAccount,
  verifyByCallback,
} from './bank-accounts.service.ts';

/** Where suppliers are paid: asked for on their side, called back and approved on ours. */
export function bankAccountRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/bank-accounts', 'bank_account.read', async (req, res) => {
    const changes = await web.runInTx(whoOf(req), (ctx) => listBankAccounts(ctx));
    await web.showPage(res, 'suppliers/bank-accounts', { titleKey: 'bank-accounts.list.heading', changes });
  });

  const showForm = (_req: Request, res: Response): Promise<void> =>
    web.showPage(res, 'suppliers/bank-account-form', { titleKey: 'bank-accounts.form.heading' });
  router.get('/bank-accounts/new', 'bank_account.request', showForm);

  router.post('/bank-accounts', 'bank_account.request', async (req, res) => {
    let changeId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(bankAccountForm, req.body);
        changeId = await web.runInTx(whoOf(req), (ctx) => requestBankAccount(ctx, form));
      },
      goTo: () => `/bank-accounts/${changeId}`,
      notice: 'bank-accounts.notice.requested',
      orShow: showForm,
    });
  });

  const show = async (req: Request, res: Response): Promise<void> => {
    const changeId = idParam(req, 'bankAccountId');
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const change = await getBankAccount(ctx, changeId);
      const people = req.actor.kind === 'staff' ? await listPeople(ctx, change.supplierId) : [];
      return {
        change,
        people: people.filter((person) => person.isActive),
        coolingOffDays: ctx.policies.bankAccountCoolingOffDays,
        timeline: await timelineOf(ctx, changeId),
      };
    });
    const { state, verifiedBy } = model.change;
    await web.showPage(res, 'suppliers/bank-account', {
      titleKey: 'bank-accounts.page.heading',
      ...model,
      actions: bankAccountChangeLifecycle.actionsIn(state),
      isOwnCall: verifiedBy !== null && personsOf(req.actor).includes(verifiedBy),
    });
  };
  router.get('/bank-accounts/:bankAccountId', 'bank_account.read', show);

  router.post('/bank-accounts/:bankAccountId/callback', 'bank_account.verify', async (req, res) => {
    const changeId = idParam(req, 'bankAccountId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(callbackForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => verifyByCallback(ctx, { ...form, changeId }));
      },
      goTo: `/bank-accounts/${changeId}`,
      notice: 'bank-accounts.notice.verified',
      orShow: show,
    });
  });

  router.post('/bank-accounts/:bankAccountId/approval', 'bank_account.approve', async (req, res) => {
    const changeId = idParam(req, 'bankAccountId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(versionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => approveBankAccount(ctx, { ...form, changeId }));
      },
      goTo: `/bank-accounts/${changeId}`,
      notice: 'bank-accounts.notice.approved',
      orShow: show,
    });
  });

  const stop = async (req: Request, res: Response): Promise<void> => {
    const changeId = idParam(req, 'bankAccountId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(stopForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => stopBankAccount(ctx, { ...form, changeId }));
      },
      goTo: `/bank-accounts/${changeId}`,
      notice: 'bank-accounts.notice.stopped',
      orShow: show,
    });
  };
  router.post('/bank-accounts/:bankAccountId/rejection', 'bank_account.approve', stop);
  router.post('/bank-accounts/:bankAccountId/objection', 'bank_account.object', stop);
  return router;
}
