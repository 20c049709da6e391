import { record } from '../audit/index.ts';
import { type Document, storeGenerated } from '../documents/index.ts';
import { findUser } from '../identity/index.ts';
import type { Actor } from '../kernel/actor.ts';
import { forbidden, found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { dayIn } from '../kernel/time.ts';
import type { Ctx, RunInTx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { findSupplier } from '../suppliers/index.ts';
import * as queries from './order-report.queries.ts';
import { mediaTypes, type ReportWords, writeOrderReport } from './order-report.report.ts';
import * as store from './report-export.store.ts';
import {
  assertFits,
  type ExportFormat,
  type OrderReportFilter,
  orderReportFilter,
  type ReportExport,
  reportExportLifecycle,
} from './report-export.ts';

const PREVIEW_ROWS = 50;
const NEWEST_EXPORTS = 20;

/** The first lines of the purchase order report, its totals, and what may be filtered by. */
export async function previewOrderReport(ctx: Ctx, asked: OrderReportFilter) {
  const filter = { ...asked, ...placesOf(ctx.actor) };
  return {
    rows: await queries.findFirstLines(ctx, filter, PREVIEW_ROWS),
    totals: await queries.findTotals(ctx, filter),
    suppliers: await queries.findSuppliersWithOrders(ctx),
  };
}

/** The actor's newest exports, of all reports. */
export const listExports = (ctx: Ctx): Promise<ReportExport[]> =>
  store.findNewest(ctx.tx, ctx.actor.userId, NEWEST_EXPORTS);

/** @throws AppError `report_export.not-found`, also for somebody else's: what one asked for is one's own */
export const getExport = async (ctx: Ctx, id: string): Promise<ReportExport> =>
  found('report_export', await store.findOwn(ctx.tx, id, ctx.actor.userId));

/** Whoever asked for it: for the job that tells that it is done. */
export const findRequest = async (ctx: Ctx, id: string): Promise<ReportExport> =>
  found('report_export', await store.find(ctx.tx, id));

/**
 * Asks for the purchase order report as a file; a job makes it. Gives the export's id.
 * @throws AppError `report_export.too-long-for-pdf`
 */
export async function requestExport(
  ctx: Ctx,
  asked: { format: ExportFormat; filters: OrderReportFilter },
): Promise<string> {
  const { userId } = ctx.actor;
  // The job that makes the file reads everything: the scope of whoever asks goes with the filter.
  const wanted = { ...asked, filters: { ...asked.filters, ...placesOf(ctx.actor) } };
  if (userId === null) throw forbidden('page.forbidden', 'Only a person asks for a report');
  if (wanted.format === 'pdf') assertFits('pdf', await queries.countLines(ctx, wanted.filters));
  const one: ReportExport = {
    id: newId(),
    reference: await nextReference(ctx.tx, 'REP', ctx.now),
    report: 'purchase-orders',
    format: wanted.format,
    filters: wanted.filters,
    state: reportExportLifecycle.initial,
    rowCount: 0,
    totalCount: null,
    documentId: null,
    requestedBy: userId,
    requestedAt: ctx.now,
    finishedAt: null,
  };
  await store.insert(ctx.tx, one);
  await record(ctx, {
    action: 'report_export.requested',
    subject: { type: 'report_export', id: one.id },
    to: one.state,
    changes: { reference: one.reference, format: one.format, filters: one.filters },
  });
  return one.id;
}

/**
 * Makes the file of an export, batch by batch, with its progress seen by others meanwhile. May run again after
 * a crash or a failure: what is done stays done, what is half made is made anew.
 */
export async function makeExport(
  runInTx: RunInTx,
  of: { exportId: string; actor: Actor; catalogue: Catalogue },
): Promise<void> {
  const who = { actor: of.actor };
  const started = await runInTx(who, (ctx) => startExport(ctx, of.exportId));
  if (started === null) return;
  try {
    await runInTx(who, (ctx) => writeExport(ctx, started, { runInTx, ...of }));
  } catch (error) {
    await runInTx(who, (ctx) => failExport(ctx, of.exportId));
    throw error;
  }
}

/** Null when the file is there already. */
async function startExport(ctx: Ctx, id: string): Promise<ReportExport | null> {
  const one = found('report_export', await store.lock(ctx.tx, id));
  if (one.state === 'done') return null;
  const filters = orderReportFilter.parse(one.filters);
  const running: ReportExport = {
    ...one,
    filters,
    state: reportExportLifecycle.next(one.state, 'start'),
    rowCount: 0,
    totalCount: await queries.countLines(ctx, filters),
  };
  await store.save(ctx.tx, running);
  await recordMove(ctx, 'report_export.started', one, running);
  return running;
}

async function writeExport(
  ctx: Ctx,
  one: ReportExport,
  of: { runInTx: RunInTx; actor: Actor; catalogue: Catalogue },
): Promise<void> {
  let rowCount = 0;
  async function* counted(): AsyncGenerator<queries.OrderReportRow[]> {
    for await (const batch of queries.streamLines(ctx, one.filters)) {
      yield batch;
      rowCount += batch.length;
      // In a transaction of its own, so that the page sees it while the file is being written.
      await of.runInTx({ actor: of.actor }, (aside) => store.saveProgress(aside.tx, one.id, rowCount));
    }
  }
  const words = await wordsFor(ctx, one, of.catalogue);
  const document = await storeGenerated(ctx, {
    subject: { type: 'report_export', id: one.id },
    kind: 'export',
    version: 1,
    fileName: `purchase-orders-${dayIn(ctx.now, ctx.policies.company.timeZone)}-${one.reference}.${one.format}`,
    mediaType: mediaTypes[one.format],
    content: await writeOrderReport(one.format, counted(), words),
    visibility: 'internal',
  });
  await finishExport(ctx, one, { document, rowCount });
}

async function finishExport(
  ctx: Ctx,
  one: ReportExport,
  made: { document: Document; rowCount: number },
): Promise<void> {
  const locked = found('report_export', await store.lock(ctx.tx, one.id));
  const done: ReportExport = {
    ...locked,
    state: reportExportLifecycle.next(locked.state, 'finish'),
    rowCount: made.rowCount,
    documentId: made.document.id,
    finishedAt: await ctx.readClock(ctx.tx),
  };
  await store.save(ctx.tx, done);
  await recordMove(ctx, 'report_export.finished', locked, done);
}

async function failExport(ctx: Ctx, id: string): Promise<void> {
  const one = found('report_export', await store.lock(ctx.tx, id));
  if (!reportExportLifecycle.may(one.state, 'fail')) return;
  const failed: ReportExport = { ...one, state: reportExportLifecycle.next(one.state, 'fail') };
  await store.save(ctx.tx, failed);
  await recordMove(ctx, 'report_export.failed', one, failed);
}

const recordMove = (ctx: Ctx, action: string, from: ReportExport, to: ReportExport): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'report_export', id: to.id },
    from: from.state,
    to: to.state,
    changes: { rowCount: to.rowCount, totalCount: to.totalCount, documentId: to.documentId },
  });

/** In the language and with the filters of whoever asked. */
async function wordsFor(ctx: Ctx, one: ReportExport, catalogue: Catalogue): Promise<ReportWords> {
  const person = found('user', await findUser(ctx, one.requestedBy));
  const t = catalogue.translator(person.locale);
  const fmt = formatFor(person.locale);
  const { filters } = one;
  const supplier = filters.supplierId === null ? null : await findSupplier(ctx, filters.supplierId);
  const all = t('form.all');
  return {
    t,
    tOr: (key, fallback) => (catalogue.has(person.locale, key) ? t(key) : fallback),
    locale: person.locale,
    company: ctx.policies.company,
    reference: one.reference,
    madeAt: ctx.now,
    asked: [
      {
        label: t('reports.orders.issued'),
        value: `${filters.from === null ? '…' : fmt.day(filters.from)} – ${filters.to === null ? '…' : fmt.day(filters.to)}`,
      },
      { label: t('reports.orders.column.supplier'), value: supplier?.name ?? all },
      {
        label: t('reports.orders.column.state'),
        value: filters.state === null ? all : t(`state.purchase_order.buyer.${filters.state}`),
      },
      { label: t('reports.orders.made'), value: fmt.instant(ctx.now, person.timeZone) },
    ],
  };
}

/** May the actor read the file? An export is for whoever asked for it. */
export const mayReadDocument = async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> =>
  (await store.findOwn(ctx.tx, document.subject.id, ctx.actor.userId)) !== undefined;
