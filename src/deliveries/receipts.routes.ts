import type { Request, Response } from 'express';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { receiptForm, unitsQuery } from './deliveries.forms.ts';
import { getReceiptPage } from './delivery-pages.service.ts';
import { addInspections } from './quality/inspections.routes.ts';
import { getDespatchReceiptForm, getOrderReceiptForm, type ReceiptForm } from './receipt-form.service.ts';
import { receiveDespatch, receiveOnOrder } from './receipts.service.ts';

/** Counting what arrived, with an announcement or without, and the receipt's page. */
export function addReceipts(router: PortalRouter, web: WebDeps): void {
  const show = (res: Response, form: ReceiptForm): Promise<void> =>
    web.showPage(res, 'deliveries/receipt-form', {
      titleKey: 'deliveries.receive.title',
      titleParams: { reference: form.despatch?.reference ?? form.order.reference },
      ...form,
    });

  const showForDespatch = async (req: Request, res: Response): Promise<void> => {
    const despatchId = idParam(req, 'despatchId');
    const cameUnits = unitsQuery.parse(req.query);
    await show(
      res,
      await web.runInTx(whoOf(req), (ctx) => getDespatchReceiptForm(ctx, { despatchId, cameUnits })),
    );
  };
  router.get('/despatches/:despatchId/receipt/new', 'delivery.receive', showForDespatch);

  router.post('/despatches/:despatchId/receipt', 'delivery.receive', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const count = parseForm(receiptForm, req.body);
        const id = await web.runInTx(whoOf(req), (ctx) => receiveDespatch(ctx, { ...count, despatchId }));
        goTo = `/receipts/${id}`;
      },
      goTo: () => goTo,
      notice: 'deliveries.notice.received',
      orShow: showForDespatch,
    });
  });

  const showForOrder = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    await show(res, await web.runInTx(whoOf(req), (ctx) => getOrderReceiptForm(ctx, orderId)));
  };
  router.get('/orders/:orderId/receipts/new', 'delivery.receive', showForOrder);

  router.post('/orders/:orderId/receipts', 'delivery.receive', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const count = parseForm(receiptForm, req.body);
        const id = await web.runInTx(whoOf(req), (ctx) => receiveOnOrder(ctx, { ...count, orderId }));
        goTo = `/receipts/${id}`;
      },
      goTo: () => goTo,
      notice: 'deliveries.notice.received',
      orShow: showForOrder,
    });
  });

  const showReceipt = async (req: Request, res: Response): Promise<void> => {
    const receiptId = idParam(req, 'receiptId');
    const page = await web.runInTx(whoOf(req), (ctx) => getReceiptPage(ctx, receiptId));
    await web.showPage(res, 'deliveries/receipt', {
      title: page.receipt.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/receipts/:receiptId', 'delivery.read', showReceipt);
  addInspections(router, web, { show: showReceipt });
}
