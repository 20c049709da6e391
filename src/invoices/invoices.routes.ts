import type { Request, Response } from 'express';
import type { Policies } from '../kernel/policies.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { invoiceStates, invoiceSteps } from './invoice.ts';
import { attachInvoiceDocument } from './invoice-documents.service.ts';
import { getInvoicePage, listExceptions, listInvoices } from './invoice-page.service.ts';
import { asQuery, exceptionListQuery, invoiceListQuery } from './invoices.forms.ts';

/** Shows an invoice; what is done with one shows it again when it is refused. */
export const invoicePage =
  (web: WebDeps) =>
  async (req: Request, res: Response): Promise<void> => {
    const invoiceId = idParam(req, 'invoiceId');
    const page = await web.runInTx(whoOf(req), (ctx) => getInvoicePage(ctx, invoiceId));
    await web.showPage(res, 'invoices/invoice', {
      title: page.invoice.reference,
      ...page,
      steps: invoiceSteps,
      isSupplier: req.actor.kind === 'supplier',
    });
  };

/** The invoices' pages, the same for staff and suppliers; each sees its own. */
export function invoicesRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);
  const showInvoice = invoicePage(web);

  router.get('/invoices', 'invoice.read', async (req, res) => {
    const filter = invoiceListQuery.parse(req.query);
    const request = pageRequest(req);
    const { page, ...list } = await web.runInTx(whoOf(req), (ctx) =>
      listInvoices(ctx, { filter, page: request }),
    );
    const query = asQuery(filter);
    await web.showPage(res, 'invoices/list', {
      titleKey: 'invoices.list.heading',
      ...page,
      ...list,
      isFirst: request.after === null,
      filter,
      query,
      hasFilters: Object.keys(query).length > 0,
      states: invoiceStates,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  router.get('/invoices/exceptions', 'invoice.read', async (req, res) => {
    const { mine, owner } = exceptionListQuery.parse(req.query);
    const request = pageRequest(req);
    const { page, today } = await web.runInTx(whoOf(req), (ctx) =>
      listExceptions(ctx, { isMine: mine, owner, page: request }),
    );
    await web.showPage(res, 'invoices/exceptions', {
      titleKey: 'invoices.exceptions.heading',
      ...page,
      isFirst: request.after === null,
      query: { ...(mine ? { mine: 'yes' } : {}), ...(owner === null ? {} : { owner }) },
      mine,
      owner,
      today,
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  router.get('/invoices/:invoiceId', 'invoice.read', showInvoice);

  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };
  router.upload('/invoices/:invoiceId/documents', 'invoice.submit', uploads, async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    await web.submitForm(req, res, {
      act: () =>
        web.runInTx(whoOf(req), (ctx) => attachInvoiceDocument(ctx, { invoiceId, files: req.uploads })),
      goTo: `/invoices/${invoiceId}`,
      notice: 'invoices.notice.attached',
      orShow: showInvoice,
    });
  });

  return router;
}
