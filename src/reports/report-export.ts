import { z } from 'zod';
import type { Scope } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { Day } from '../kernel/time.ts';
import { isDay } from '../kernel/time.ts';

export const reportExportLifecycle = defineLifecycle('report_export', 'queued', {
  queued: { start: 'running' },
  running: { start: 'running', finish: 'done', fail: 'failed' },
  // The queue tries again by itself; a person may also ask for a new export.
  failed: { start: 'running' },
  done: {},
});
export type ReportExportState = (typeof reportExportLifecycle.states)[number];

export const exportFormats = ['csv', 'xlsx', 'pdf'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * What the purchase order report is asked for, and the scope of whoever asks; each part that is null is not
 * asked for.
 */
export type OrderReportFilter = {
  /** Issued on or after this day. */
  readonly from: Day | null;
  /** Issued on or before this day. */
  readonly to: Day | null;
  readonly supplierId: string | null;
  readonly state: string | null;
} & Partial<Scope>;

const codes = z.array(z.string().max(20)).max(1_000).nullable().default(null);
const day = z
  .string()
  .refine((value) => isDay(value))
  .nullable();

/** The filter as it is stored with the export. */
export const orderReportFilter = z.strictObject({
  from: day,
  to: day,
  supplierId: z.uuid().nullable(),
  state: z.string().max(30).nullable(),
  plants: codes,
  categories: codes,
}) satisfies z.ZodType<OrderReportFilter>;

/** A report somebody asked for as a file, and how far it is. */
export type ReportExport = {
  readonly id: string;
  readonly reference: string;
  readonly report: 'purchase-orders';
  readonly format: ExportFormat;
  readonly filters: OrderReportFilter;
  readonly state: ReportExportState;
  readonly rowCount: number;
  /** Null until it is counted. */
  readonly totalCount: number | null;
  readonly documentId: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
};

/** How many rows a PDF may have: beyond, nobody reads it on paper. */
export const PDF_ROWS = 5_000;

/** @throws AppError `report_export.too-long-for-pdf` */
export function assertFits(format: ExportFormat, rowCount: number): void {
  if (format === 'pdf' && rowCount > PDF_ROWS)
    throw ruleBroken('report_export.too-long-for-pdf', `A PDF holds at most ${PDF_ROWS} lines`, {
      count: rowCount,
      maximum: PDF_ROWS,
    });
}

/** How much of it is written, in whole percent; 0 while it is not counted. */
export function percentDone(of: Pick<ReportExport, 'state' | 'rowCount' | 'totalCount'>): number {
  if (of.state === 'done') return 100;
  if (of.totalCount === null || of.totalCount === 0) return 0;
  return Math.min(99, Math.floor((of.rowCount * 100) / of.totalCount));
}
