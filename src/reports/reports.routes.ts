import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { orderStates } from '../orders/index.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { exportFormats, type OrderReportFilter, percentDone } from './report-export.ts';
import { asQuery, exportForm, orderReportQuery } from './reports.forms.ts';
import { getExport, listExports, previewOrderReport, requestExport } from './reports.service.ts';

const NO_FILTER: OrderReportFilter = { from: null, to: null, supplierId: null, state: null };

/** Reports, and the files made of them. */
export function reportsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/reports', 'report.read', async (req, res) => {
    const exports = await web.runInTx(whoOf(req), listExports);
    await web.showPage(res, 'reports/reports', { titleKey: 'reports.heading', exports, percentDone });
  });

  const showOrderReport = async (req: Request, res: Response): Promise<void> => {
    const asked = orderReportQuery.safeParse(req.method === 'POST' ? req.body : req.query);
    const filter = asked.success ? asked.data : NO_FILTER;
    const preview = await web.runInTx(whoOf(req), (ctx) => previewOrderReport(ctx, filter));
    await web.showPage(res, 'reports/purchase-orders', {
      titleKey: 'reports.orders.heading',
      ...preview,
      filter,
      isFilterWrong: !asked.success,
      hasFilters: Object.keys(asQuery(filter)).length > 0,
      states: orderStates,
      formats: exportFormats,
    });
  };
  router.get('/reports/purchase-orders', 'report.read', showOrderReport);

  router.post('/reports/purchase-orders/exports', 'report.export', async (req, res) => {
    let exportId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { format, ...filters } = parseForm(exportForm, req.body);
        exportId = await web.runInTx(whoOf(req), (ctx) => requestExport(ctx, { format, filters }));
      },
      goTo: () => `/reports/exports/${exportId}`,
      orShow: showOrderReport,
    });
  });

  router.get('/reports/exports/:exportId', 'report.export', async (req, res) => {
    const { one, timeline } = await web.runInTx(whoOf(req), async (ctx) => {
      const found = await getExport(ctx, idParam(req, 'exportId'));
      return { one: found, timeline: await timelineOf(ctx, found.id) };
    });
    await web.showPage(res, 'reports/export', {
      title: one.reference,
      one,
      percent: percentDone(one),
      timeline,
    });
  });

  // The piece of that page that asks for itself again until the file is there.
  router.get('/reports/exports/:exportId/progress', 'report.export', async (req, res) => {
    const one = await web.runInTx(whoOf(req), (ctx) => getExport(ctx, idParam(req, 'exportId')));
    await web.showFragment(res, 'reports/_progress', { one, percent: percentDone(one) });
  });

  return router;
}
