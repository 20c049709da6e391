import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { decisionForm, reasonForm, recoveryForm } from './company.forms.ts';
import { listPeople } from './people.service.ts';
import {
  decideRecovery,
  findRecovery,
  listRecoveries,
  requestRecovery,
  withdrawRecovery,
} from './recovery.service.ts';
import { OBJECTION_HOURS, supplierRecoveryLifecycle } from './supplier-recovery.ts';
import { findSupplier } from './suppliers.service.ts';

/** Two members of staff give a supplier a new administrator when it has nobody who can. */
export function recoveryRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/recoveries', 'supplier.recover', async (req, res) => {
    const recoveries = await web.runInTx(whoOf(req), (ctx) => listRecoveries(ctx, null));
    await web.showPage(res, 'suppliers/recoveries', { titleKey: 'recovery.list', recoveries });
  });

  const showRequest = async (req: Request, res: Response): Promise<void> => {
    const supplierId = idParam(req, 'supplierId');
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      supplier: await findSupplier(ctx, supplierId),
      people: (await listPeople(ctx, supplierId)).filter((person) => person.isActive),
      homeZone: ctx.policies.company.timeZone,
    }));
    await web.showPage(res, 'suppliers/recovery-form', {
      titleKey: 'recovery.new',
      ...model,
      objectionHours: OBJECTION_HOURS,
    });
  };
  router.get('/suppliers/:supplierId/recoveries/new', 'supplier.recover', showRequest);

  router.post('/suppliers/:supplierId/recoveries', 'supplier.recover', async (req, res) => {
    const supplierId = idParam(req, 'supplierId');
    let recoveryId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(recoveryForm, req.body);
        recoveryId = await web.runInTx(whoOf(req), (ctx) => requestRecovery(ctx, { ...form, supplierId }));
      },
      goTo: () => `/recoveries/${recoveryId}`,
      notice: 'recovery.notice.requested',
      orShow: showRequest,
    });
  });

  const showRecovery = async (req: Request, res: Response): Promise<void> => {
    const recoveryId = idParam(req, 'recoveryId');
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const recovery = await findRecovery(ctx, recoveryId);
      return { recovery, timeline: await timelineOf(ctx, recoveryId), now: ctx.now };
    });
    await web.showPage(res, 'suppliers/recovery', {
      title: model.recovery.supplierName,
      ...model,
      actions: supplierRecoveryLifecycle.actionsIn(model.recovery.state),
      isOwnRequest: personsOf(req.actor).includes(model.recovery.requestedBy),
    });
  };
  router.get('/recoveries/:recoveryId', 'supplier.recover', showRecovery);

  router.post('/recoveries/:recoveryId/decision', 'supplier.recover', async (req, res) => {
    const recoveryId = idParam(req, 'recoveryId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(decisionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => decideRecovery(ctx, { ...form, recoveryId }));
      },
      goTo: `/recoveries/${recoveryId}`,
      notice: 'recovery.notice.decided',
      orShow: showRecovery,
    });
  });

  router.post('/recoveries/:recoveryId/withdrawal', 'supplier.recover', async (req, res) => {
    const recoveryId = idParam(req, 'recoveryId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => withdrawRecovery(ctx, { recoveryId, reason }));
      },
      goTo: `/recoveries/${recoveryId}`,
      notice: 'recovery.notice.withdrawn',
      orShow: showRecovery,
    });
  });
  return router;
}
