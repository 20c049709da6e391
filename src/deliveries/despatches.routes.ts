import type { Request, Response } from 'express';
import { acceptedExtensions } from '../documents/index.ts';
import type { Policies } from '../kernel/policies.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { announcementForm, cancellationForm } from './deliveries.forms.ts';
import { despatchSteps, getAnnouncementForm, getDespatchPage } from './delivery-pages.service.ts';
import { announceDelivery, cancelDelivery, rejectDelivery } from './despatches.service.ts';
import { departureForm } from './docks/docks.forms.ts';
import { arriveDelivery, departDelivery } from './journey.service.ts';

const MEGABYTE = 1_048_576;

/** Announcing a delivery, its page, and taking it back. */
export function addDespatches(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };

  const showForm = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const form = await web.runInTx(whoOf(req), (ctx) =>
      getAnnouncementForm(ctx, { orderId, timeZone: req.timeZone }),
    );
    await web.showPage(res, 'deliveries/despatch-form', {
      titleKey: 'deliveries.announce.title',
      titleParams: { reference: form.order.reference },
      ...form,
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
    });
  };
  router.get('/orders/:orderId/despatches/new', 'despatch.submit', showForm);

  router.upload('/orders/:orderId/despatches', 'despatch.submit', uploads, async (req, res) => {
    const orderId = idParam(req, 'orderId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(announcementForm, req.body);
        const despatchId = await web.runInTx(whoOf(req), (ctx) =>
          announceDelivery(ctx, { ...form, orderId, files: req.uploads }),
        );
        goTo = `/despatches/${despatchId}`;
      },
      goTo: () => goTo,
      notice: 'deliveries.notice.announced',
      orShow: showForm,
    });
  });

  const showDespatch = async (req: Request, res: Response): Promise<void> => {
    const despatchId = idParam(req, 'despatchId');
    const page = await web.runInTx(whoOf(req), (ctx) => getDespatchPage(ctx, despatchId));
    await web.showPage(res, 'deliveries/despatch', {
      title: page.despatch.reference,
      ...page,
      steps: despatchSteps,
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/despatches/:despatchId', 'delivery.read', showDespatch);
  addJourney(router, web, showDespatch);

  router.upload('/despatches/:despatchId/rejection', 'delivery.receive', uploads, async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(cancellationForm, req.body);
        await web.runInTx(whoOf(req), (ctx) =>
          rejectDelivery(ctx, { despatchId, reason, files: req.uploads }),
        );
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'deliveries.notice.rejected',
      orShow: showDespatch,
    });
  });

  router.post('/despatches/:despatchId/cancellation', 'despatch.submit', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(cancellationForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => cancelDelivery(ctx, { despatchId, reason }));
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'deliveries.notice.cancelled',
      orShow: showDespatch,
    });
  });
}

/** A delivery leaves its supplier, and reaches the gate. */
function addJourney(
  router: PortalRouter,
  web: WebDeps,
  showDespatch: (req: Request, res: Response) => Promise<void>,
): void {
  router.post('/despatches/:despatchId/departure', 'despatch.submit', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(departureForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => departDelivery(ctx, { ...form, despatchId }));
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'docks.notice.departed',
      orShow: showDespatch,
    });
  });

  router.post('/despatches/:despatchId/arrival', 'delivery.receive', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => arriveDelivery(ctx, { despatchId })),
      goTo: `/despatches/${despatchId}`,
      notice: 'docks.notice.arrived',
      orShow: showDespatch,
    });
  });
}
