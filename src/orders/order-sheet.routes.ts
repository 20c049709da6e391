import type { Request, Response } from 'express';
import { ownSupplierItems } from '../catalog/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { parseForm } from '../platform/web/params.ts';
import { previewUpload } from '../platform/web/preview-upload.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findOpenOrders } from './open-orders.queries.ts';
import { sheetAnswersForm } from './order-changes.forms.ts';
import { answerOrder } from './order-response.service.ts';
import { type ResponsePreview, readResponses, responseTemplate } from './order-response.sheet.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const BYTES = 5 * 1024 * 1024;
const ROWS = 5_000;

/** A supplier answers all its open orders in one spreadsheet: out, back as a preview, and taken over. */
export function addOrderSheet(
  router: PortalRouter,
  web: WebDeps,
  { catalogue }: { catalogue: Catalogue },
): void {
  const show = async (req: Request, res: Response, preview: ResponsePreview | null): Promise<void> => {
    const orders = await web.runInTx(whoOf(req), findOpenOrders);
    await web.showPage(res, 'orders/sheet', {
      titleKey: 'order-sheet.heading',
      orderCount: orders.length,
      lineCount: orders.reduce((sum, order) => sum + order.lines.length, 0),
      preview,
      // Each order's answer goes along as text and is read again when it is confirmed.
      carried: (preview?.answers ?? []).map((answer) => JSON.stringify(answer)),
      megabytes: BYTES / 1024 / 1024,
      maximum: ROWS,
    });
  };
  router.get('/orders/responses', 'order.respond', (req, res) => show(req, res, null));

  router.get('/orders/responses.xlsx', 'order.respond', async (req, res) => {
    const { orders, supplierItems, madeAt } = await web.runInTx(whoOf(req), async (ctx) => {
      const open = await findOpenOrders(ctx);
      const itemCodes = open.flatMap((order) => order.lines.map((line) => line.itemCode));
      return { orders: open, supplierItems: await ownSupplierItems(ctx, itemCodes), madeAt: ctx.now };
    });
    const workbook = await writeTemplate({
      ...responseTemplate(orders, { t: catalogue.translator(req.locale), supplierItems }),
      madeAt,
    });
    res
      .type(XLSX)
      .set('Content-Disposition', 'attachment; filename="open-orders.xlsx"')
      .set('Cache-Control', 'private, no-store')
      .send(workbook);
  });

  router.upload('/orders/responses', 'order.respond', { files: 1, bytesPerFile: BYTES }, async (req, res) => {
    const preview = await previewUpload(req, res, {
      noFile: 'order-sheet.no-file',
      limits: { maxBytes: BYTES, maxRows: ROWS, maxColumns: 60 },
      read: async (sheet) => readResponses(sheet, await web.runInTx(whoOf(req), findOpenOrders)),
    });
    await show(req, res, preview);
  });

  // All or nothing: an order that moved since the preview leaves the others unanswered, too.
  router.post('/orders/responses/confirmation', 'order.respond', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { answer: answers, wrongCount, withoutWrong } = parseForm(sheetAnswersForm, req.body);
        if (wrongCount > 0 && withoutWrong === undefined)
          throw ruleBroken('order-sheet.has-wrong-lines', 'Some lines are wrong', { count: wrongCount });
        await web.runInTx(whoOf(req), async (ctx) => {
          for (const { orderId, version, lines } of answers)
            await answerOrder(ctx, { orderId, version, note: '', lines });
        });
      },
      goTo: '/orders',
      notice: 'order-sheet.notice.answered',
      orShow: (...page) => show(...page, null),
    });
  });
}
