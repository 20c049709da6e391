import type { Tx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { Inspection } from './inspection.ts';

/** What inspections after the posting found of a receipt, with the names of who looked. */
export const findInspectionsOfReceipt = (
  tx: Tx,
  receiptId: string,
): Promise<(Inspection & { readonly inspectorName: string })[]> =>
  named(tx, {
    name: 'inspection.of-receipt',
    text: `
      SELECT looked.id, looked.goods_receipt_id AS "receiptId", looked.po_line_id AS "poLineId",
             looked.supplier_id AS "supplierId", looked.result, looked.sample_size AS "sampleSize",
             looked.acceptance_number AS "acceptanceNumber", looked.defect_count AS "defectCount", looked.note,
             looked.inspected_by AS "inspectedBy", looked.inspected_at AS "inspectedAt", person.name AS "inspectorName"
        FROM inspection AS looked
        JOIN user_account AS person ON person.id = looked.inspected_by
       WHERE looked.goods_receipt_id = $1`,
    values: [receiptId],
  });

export async function insertInspection(tx: Tx, one: Inspection): Promise<void> {
  await tx('inspection').insert({
    id: one.id,
    goods_receipt_id: one.receiptId,
    po_line_id: one.poLineId,
    supplier_id: one.supplierId,
    result: one.result,
    sample_size: one.sampleSize,
    acceptance_number: one.acceptanceNumber,
    defect_count: one.defectCount,
    note: one.note,
    inspected_by: one.inspectedBy,
    inspected_at: one.inspectedAt,
  });
}
