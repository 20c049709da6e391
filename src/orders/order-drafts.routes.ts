import type { Request, Response } from 'express';
import { withEmptyRows } from '../kernel/form-fields.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { takingsOf } from '../requisitions/index.ts';
import { submitOrder } from './order-approval.service.ts';
import {
  emptyLine,
  newOrderForm,
  type OrderLineFields,
  reviseOrderForm,
  startForm,
  startQuery,
  tidyOrder,
  typedLines,
} from './order-draft.forms.ts';
import { createOrderDraft, reviseOrderDraft } from './order-draft.service.ts';
import { differencesOf, getDraftForm, getNewOrderForm } from './order-draft-page.service.ts';

/** Without JavaScript, a row is added by sending the form: it comes back as it was typed, with one row more. */
const asksForRow = (req: Request): boolean =>
  (req.body as { next?: unknown } | undefined)?.next === 'add-line';

const rowsOf = (req: Request, filled: readonly OrderLineFields[]): OrderLineFields[] =>
  withEmptyRows(filled, emptyLine, asksForRow(req) ? 1 : 0);

/** Orders that a buyer makes without an event, of requisition lines or by hand. */
export function addOrderDrafts(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const typed = res.locals.typed;
    const { line: lineIds, quantity } = startQuery.parse(req.query);
    const model = await web.runInTx(whoOf(req), (ctx) =>
      getNewOrderForm(ctx, { lineIds, title: '', quantities: quantity }),
    );
    const rows = typed === undefined ? model.lines : typedLines(typed['lines']);
    await web.showPage(res, 'orders/new', {
      ...model,
      titleKey: 'order-drafts.new',
      lines: rowsOf(req, rows),
      isByHand: rows.every((row) => row.sources === ''),
    });
  };
  router.get('/orders/new', 'order.make', showNew);

  router.post('/orders/from-requisitions', 'order.make', async (req, res) => {
    let goTo = '/orders/new';
    await web.submitForm(req, res, {
      act: () => {
        const { line, quantity } = parseForm(startForm, req.body);
        const query = new URLSearchParams([
          ...line.map((id): [string, string] => ['line', id]),
          ...takingsOf(line, quantity).map((one): [string, string] => [
            `quantity[${one.lineId}]`,
            one.quantity,
          ]),
        ]);
        goTo = `/orders/new?${query.toString()}`;
        return Promise.resolve();
      },
      goTo: () => goTo,
      notice: 'order-drafts.notice.begun',
      orShow: showNew,
    });
  });

  router.post('/orders', 'order.make', async (req, res) => {
    req.body = tidyOrder(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showNew);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { next, ...draft } = parseForm(newOrderForm, req.body);
        const id = await web.runInTx(whoOf(req), async (ctx) => {
          const made = await createOrderDraft(ctx, draft);
          if (next === 'submit') await submitOrder(ctx, made);
          return made;
        });
        goTo = `/orders/${id}`;
      },
      goTo: () => goTo,
      notice: noticeOf(req),
      orShow: showNew,
    });
  });
  addEditForm(router, web);
}

function addEditForm(router: PortalRouter, web: WebDeps): void {
  const showEdit = async (req: Request, res: Response): Promise<void> => {
    const orderId = idParam(req, 'orderId');
    const typed = res.locals.typed;
    const model = await web.runInTx(whoOf(req), (ctx) =>
      getDraftForm(ctx, { orderId, wasTyped: typed !== undefined }),
    );
    const isStale = res.statusCode === 409;
    const rows = typed === undefined ? model.lines : typedLines(typed['lines']);
    await web.showPage(res, 'orders/edit', {
      ...model,
      title: model.order.reference,
      lines: rowsOf(req, rows),
      stored: model.lines,
      isStale,
      differences: isStale && typed !== undefined ? differencesOf(model.fields, typed) : [],
    });
  };
  router.get('/orders/:orderId/edit', 'order.make', showEdit);

  router.post('/orders/:orderId/edit', 'order.make', async (req, res) => {
    const orderId = idParam(req, 'orderId');
    req.body = tidyOrder(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showEdit);
    await web.submitForm(req, res, {
      act: async () => {
        const { next, ...draft } = parseForm(reviseOrderForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          await reviseOrderDraft(ctx, { ...draft, orderId });
          if (next === 'submit') await submitOrder(ctx, orderId);
        });
      },
      goTo: `/orders/${orderId}`,
      notice: noticeOf(req),
      orShow: showEdit,
    });
  });
}

const noticeOf = (req: Request): string =>
  (req.body as { next?: unknown } | undefined)?.next === 'submit'
    ? 'order-drafts.notice.submitted'
    : 'order-drafts.notice.saved';

function showAsTyped(
  req: Request,
  res: Response,
  show: (req: Request, res: Response) => Promise<void>,
): Promise<void> {
  res.locals.typed = req.body as Record<string, unknown>;
  return show(req, res);
}
