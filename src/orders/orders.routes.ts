import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { seesPrices } from '../kernel/actor.ts';
import { dayIn, daysBetween } from '../kernel/time.ts';
import type { Catalogue, Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PageHandler, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { addActsBeforeSending } from './order-acts.routes.ts';
import { addOrderDrafts } from './order-drafts.routes.ts';
import { orderLinesFile } from './order-lines.report.ts';
import type { OrderRow } from './order-list.queries.ts';
import { listOrders, listOrdersToExport } from './order-list.service.ts';
import { addOrderMending } from './order-mending.routes.ts';
import { getOrderPage } from './order-page.service.ts';
import { addOrderSheet } from './order-sheet.routes.ts';
import { addOrderTerms } from './order-terms.routes.ts';
import { acknowledgementForm, asQuery, orderListQuery } from './orders.forms.ts';
import { acknowledgeOrder } from './orders.service.ts';
import { type OrderState, orderStates, orderSteps, statesBeforeSending } from './purchase-order.ts';
import { resendOrder } from './resend.service.ts';

/** The orders' pages, the same for staff and suppliers; each sees its own. The catalogue names what a file holds. */
export function ordersRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);
  // Forms come first: `/orders/new` is no order's id.
  addOrderDrafts(router, web);
  addOrderMending(router, web);
  addOrderTerms(router, web);
  addOrderSheet(router, web, { catalogue });

  router.get('/orders', 'order.read', async (req, res) => {
    const filter = orderListQuery.parse(req.query);
    const request = pageRequest(req);
    const { page, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listOrders(ctx, filter, request),
      now: ctx.now,
    }));
    const isSupplier = req.actor.kind === 'supplier';
    const hasFilters = Object.keys(asQuery({ ...filter, sort: 'newest' })).length > 0;
    await web.showPage(res, 'orders/list', {
      titleKey: 'orders.list.heading',
      rows: page.rows,
      nextCursor: page.nextCursor,
      isFirst: request.after === null,
      filter,
      hasFilters,
      query: asQuery(filter),
      states: orderStates.filter(
        (state) => !isSupplier || !statesBeforeSending.some((early) => early === state),
      ),
      isSupplier,
      isPriced: seesPrices(req.actor),
      today: dayIn(now, req.timeZone),
    });
  });

  router.get('/orders/export.csv', 'order.read', async (req, res) => {
    const filter = orderListQuery.parse(req.query);
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: await listOrdersToExport(ctx, filter),
      day: dayIn(ctx.now, req.timeZone),
    }));
    const t = catalogue.translator(req.locale);
    res.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="orders-${day}.csv"`,
      'Cache-Control': 'private, no-store',
    });
    const label = (state: OrderState): string =>
      t(`state.purchase_order.${req.actor.kind === 'supplier' ? 'supplier' : 'buyer'}.${state}`);
    await pipeline(streamCsv(...exportTable(rows, { t, label, isPriced: seesPrices(req.actor) })), res);
  });

  const showOrder = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const { page, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await getOrderPage(ctx, orderId),
      now: ctx.now,
    }));
    const due = page.order.nextDueOn;
    await web.showPage(res, 'orders/order', {
      title: page.order.reference,
      ...page,
      steps: orderSteps,
      daysUntilDue: due === null ? null : daysBetween(dayIn(now, page.names.plantTimeZone), due),
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/orders/:orderId', 'order.read', showOrder);
  router.get('/orders/:orderId/lines.csv', 'order.read', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.sendCsv(
      res,
      orderLinesFile(await web.runInTx(whoOf(req), (ctx) => getOrderPage(ctx, orderId))),
    );
  });
  addActsBeforeSending(router, web, showOrder);
  addOrderActs(router, web, showOrder);
  return router;
}

/** What both sides do with an order on its page. */
function addOrderActs(router: PortalRouter, web: WebDeps, showOrder: PageHandler): void {
  router.post('/orders/:orderId/acknowledgement', 'order.acknowledge', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(acknowledgementForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => acknowledgeOrder(ctx, { orderId, ...form }));
      },
      goTo: `/orders/${orderId}`,
      notice: 'orders.notice.acknowledged',
      orShow: showOrder,
    });
  });

  router.post('/orders/:orderId/resending', 'order.resend', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => resendOrder(ctx, orderId)),
      goTo: `/orders/${orderId}`,
      notice: 'signed-link.resend.done',
      orShow: showOrder,
    });
  });
}

type Field = { readonly column: ExportColumn; of(row: OrderRow): string | null; readonly isPrice?: true };

function exportTable(
  rows: readonly OrderRow[],
  { t, label, isPriced }: { t: Translate; label: (state: OrderState) => string; isPriced: boolean },
): [ExportColumn[], AsyncGenerator<ExportRow>] {
  const field = (
    name: string,
    [kind, width]: [ExportColumn['kind'], number],
    of: (row: OrderRow) => string | null,
  ): Field => ({ column: { heading: t(`orders.csv.${name}`), kind, width }, of });
  const price = (of: Field): Field => ({ ...of, isPrice: true });
  const fields = [
    field('reference', ['text', 14], (row) => row.reference),
    field('title', ['text', 40], (row) => row.title),
    field('supplier', ['text', 30], (row) => row.supplierName),
    field('plant', ['text', 10], (row) => row.plantCode),
    field('issued-on', ['day', 12], (row) => row.issuedOn),
    field('next-due-on', ['day', 12], (row) => row.nextDueOn),
    field('lines', ['number', 8], (row) => String(row.lineCount)),
    price(field('currency', ['text', 8], (row) => row.currency)),
    price(field('total', ['amount', 16], (row) => row.totalAmount)),
    field('state', ['text', 18], (row) => label(row.state)),
  ].filter((one) => isPriced || one.isPrice !== true);
  return [fields.map((one) => one.column), rowsOf(rows, fields)];
}

async function* rowsOf(rows: readonly OrderRow[], fields: readonly Field[]): AsyncGenerator<ExportRow> {
  for (const row of rows) yield fields.map((field) => field.of(row));
}
