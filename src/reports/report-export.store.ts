import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { ReportExport } from './report-export.ts';

const COLUMNS = `
  SELECT id, reference, report, format, filters, state, row_count AS "rowCount", total_count AS "totalCount",
         document_id AS "documentId", requested_by AS "requestedBy", requested_at AS "requestedAt",
         finished_at AS "finishedAt"
    FROM report_export`;

export async function insert(tx: Tx, wanted: ReportExport): Promise<void> {
  await tx('report_export').insert({
    id: wanted.id,
    reference: wanted.reference,
    report: wanted.report,
    format: wanted.format,
    filters: JSON.stringify(wanted.filters),
    state: wanted.state,
    requested_by: wanted.requestedBy,
    requested_at: wanted.requestedAt,
  });
}

export const findOwn = (tx: Tx, id: string, userId: string | null): Promise<ReportExport | undefined> =>
  firstOf<ReportExport>(tx, `${COLUMNS} WHERE id = ? AND requested_by = ?`, [id, userId]);

export const find = (tx: Tx, id: string): Promise<ReportExport | undefined> =>
  firstOf<ReportExport>(tx, `${COLUMNS} WHERE id = ?`, [id]);

export const lock = (tx: Tx, id: string): Promise<ReportExport | undefined> =>
  firstOf<ReportExport>(tx, `${COLUMNS} WHERE id = ? FOR UPDATE`, [id]);

/** The newest exports of one person. */
export const findNewest = (tx: Tx, userId: string | null, limit: number): Promise<ReportExport[]> =>
  rowsOf<ReportExport>(tx, `${COLUMNS} WHERE requested_by = ? ORDER BY requested_at DESC LIMIT ?`, [
    userId,
    limit,
  ]);

export async function save(tx: Tx, one: ReportExport): Promise<void> {
  await tx('report_export').where({ id: one.id }).update({
    state: one.state,
    row_count: one.rowCount,
    total_count: one.totalCount,
    document_id: one.documentId,
    finished_at: one.finishedAt,
  });
}

export async function saveProgress(tx: Tx, id: string, rowCount: number): Promise<void> {
  await tx('report_export').where({ id, state: 'running' }).update({ row_count: rowCount });
}
