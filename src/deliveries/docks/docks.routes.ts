import type { Request, Response } from 'express';
import { idParam, parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { arrivalsQuery, confirmationForm, dockQuery, moveForm, proposalForm } from './docks.forms.ts';
import { confirmDock, moveDock, proposeDock } from './docks.service.ts';
import { getArrivalsPage, getDockPage } from './docks-page.service.ts';

/** When a delivery has a dock, and what comes on a day. */
export function addDocks(router: PortalRouter, web: WebDeps): void {
  router.get('/deliveries/arrivals', 'delivery.read', async (req, res) => {
    const { day, plant } = arrivalsQuery.parse(req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getArrivalsPage(ctx, { day, plantCode: plant }));
    await web.showPage(res, 'deliveries/arrivals', {
      titleKey: 'docks.arrivals.heading',
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  const show = async (req: Request, res: Response): Promise<void> => {
    const despatchId = idParam(req, 'despatchId');
    const { day } = dockQuery.parse(req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getDockPage(ctx, { despatchId, day }));
    await web.showPage(res, 'deliveries/dock', {
      titleKey: 'docks.title',
      titleParams: { reference: page.despatch.reference },
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/despatches/:despatchId/dock', 'delivery.read', show);

  router.post('/despatches/:despatchId/dock', 'despatch.submit', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const wish = parseForm(proposalForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => proposeDock(ctx, { ...wish, despatchId }));
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'docks.notice.proposed',
      orShow: show,
    });
  });

  router.post('/despatches/:despatchId/dock/move', 'delivery.receive', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const wish = parseForm(moveForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => moveDock(ctx, { ...wish, despatchId }));
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'docks.notice.moved',
      orShow: show,
    });
  });

  router.post('/despatches/:despatchId/dock/confirmation', 'delivery.receive', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const { version } = parseForm(confirmationForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => confirmDock(ctx, { despatchId, version }));
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'docks.notice.confirmed',
      orShow: show,
    });
  });
}
