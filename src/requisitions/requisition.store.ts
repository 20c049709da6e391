import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type {
  LineProgress,
  NewRequisitionLine,
  Requisition,
  RequisitionLine,
  RequisitionTerms,
} from './requisition.ts';

/** Whose requisitions may be read: one's own, or all at these plants and in these categories. */
export type Reading = {
  readonly userIds: readonly string[];
  readonly isOwnOnly: boolean;
  readonly plants: readonly string[] | null;
  readonly categories: readonly string[] | null;
};

const REQUISITION = `
  SELECT requisition.id, requisition.reference, requisition.title, requisition.note,
         requisition.category_code AS "categoryCode", requisition.plant_code AS "plantCode", requisition.currency,
         trim_scale(requisition.estimated_value)::text AS "estimatedValue", requisition.state,
         requisition.requester_id AS "requesterId", requisition.source,
         requisition.external_reference AS "externalReference", requisition.submitted_at AS "submittedAt",
         requisition.created_at AS "createdAt", requisition.version
    FROM requisition`;

/**
 * SQL: may it be read? It lies where it is asked from and where its lines go; whoever asked reads it wherever it lies.
 */
const READABLE = `
     (requisition.requester_id = ANY (:userIds)
      OR (NOT CAST(:isOwnOnly AS boolean)
          AND COALESCE(requisition.category_code = ANY (CAST(:categories AS text[])), TRUE)
          AND (CAST(:plants AS text[]) IS NULL
               OR requisition.plant_code = ANY (CAST(:plants AS text[]))
               OR EXISTS (SELECT FROM requisition_line AS line
                           WHERE line.requisition_id = requisition.id
                             AND line.plant_code = ANY (CAST(:plants AS text[]))))))`;

const bindings = (id: string, reading: Reading) => ({ ...reading, id, userIds: [...reading.userIds] });

export const findById = (tx: Tx, id: string, reading: Reading): Promise<Requisition | undefined> =>
  firstOf<Requisition>(
    tx,
    `${REQUISITION} WHERE requisition.id = :id AND ${READABLE}`,
    bindings(id, reading),
  );

/** Holds the row until the transaction ends, so that two acts on one requisition take turns. */
export const lockById = (tx: Tx, id: string, reading: Reading): Promise<Requisition | undefined> =>
  firstOf<Requisition>(
    tx,
    `${REQUISITION} WHERE requisition.id = :id AND ${READABLE} FOR UPDATE`,
    bindings(id, reading),
  );

/** Holds several, in one order whoever asks. */
export const lockByIds = (tx: Tx, ids: readonly string[]): Promise<Requisition[]> =>
  rowsOf<Requisition>(
    tx,
    `${REQUISITION} WHERE requisition.id = ANY (?::uuid[]) ORDER BY requisition.id FOR UPDATE`,
    [[...ids]],
  );

/** The newest one somebody asked for, to copy from. */
export const findLastOf = (tx: Tx, requesterId: string): Promise<Requisition | undefined> =>
  firstOf<Requisition>(
    tx,
    `${REQUISITION}
      WHERE requisition.requester_id = ?
      ORDER BY requisition.created_at DESC, requisition.id DESC
      LIMIT 1`,
    [requesterId],
  );

export const findLines = (tx: Tx, requisitionIds: readonly string[]): Promise<LineOf[]> =>
  rowsOf<LineOf>(
    tx,
    `SELECT line.id, line.requisition_id AS "requisitionId", line.line_no AS "lineNo", line.item_code AS "itemCode",
            line.description, trim_scale(line.quantity)::text AS quantity, line.unit,
            line.original_unit AS "originalUnit", line.plant_code AS "plantCode", line.need_by_on AS "needByOn",
            line.account, trim_scale(line.estimated_price)::text AS "estimatedPrice", line.progress
       FROM requisition_line AS line
      WHERE line.requisition_id = ANY (?::uuid[])
      ORDER BY line.requisition_id, line.line_no, line.part_no`,
    [[...requisitionIds]],
  );
export type LineOf = RequisitionLine & { readonly requisitionId: string };

const termColumns = (terms: RequisitionTerms & { estimatedValue: string | null }) => ({
  title: terms.title,
  note: terms.note,
  category_code: terms.categoryCode,
  plant_code: terms.plantCode,
  currency: terms.currency,
  estimated_value: terms.estimatedValue,
});

export async function insertRequisition(tx: Tx, requisition: Requisition): Promise<void> {
  await tx('requisition').insert({
    ...termColumns(requisition),
    id: requisition.id,
    reference: requisition.reference,
    state: requisition.state,
    requester_id: requisition.requesterId,
    source: requisition.source,
    external_reference: requisition.externalReference,
    submitted_at: requisition.submittedAt,
    created_at: requisition.createdAt,
    version: requisition.version,
  });
}

/** Puts these lines in the place of those there are, numbered from 1. */
export async function replaceLines(
  tx: Tx,
  of: { requisitionId: string; lines: readonly NewRequisitionLine[] },
): Promise<void> {
  await tx('requisition_line').where({ requisition_id: of.requisitionId }).delete();
  if (of.lines.length === 0) return;
  const rows = of.lines.map((line, index) => ({
    id: newId(),
    requisition_id: of.requisitionId,
    line_no: index + 1,
    part_no: 1,
    item_code: line.itemCode,
    description: line.description,
    quantity: line.quantity,
    unit: line.unit,
    original_unit: line.originalUnit,
    plant_code: line.plantCode,
    need_by_on: line.needByOn,
    account: line.account,
    estimated_price: line.estimatedPrice,
    progress: 'open',
  }));
  await rowsOf(
    tx,
    'INSERT INTO requisition_line SELECT * FROM jsonb_populate_recordset(NULL::requisition_line, ?::jsonb)',
    [JSON.stringify(rows)],
  );
}

/** False when the version is no longer the one that was read. */
export async function saveTerms(
  tx: Tx,
  requisition: RequisitionTerms & Pick<Requisition, 'id' | 'version' | 'estimatedValue' | 'state'>,
): Promise<boolean> {
  const { id, version, state } = requisition;
  const saved = await tx('requisition')
    .where({ id, version })
    .update({ ...termColumns(requisition), state, version: version + 1 });
  return saved === 1;
}

export async function saveState(
  tx: Tx,
  { id, state, submittedAt }: Pick<Requisition, 'id' | 'state' | 'submittedAt'>,
): Promise<void> {
  await tx('requisition')
    .where({ id })
    .update({ state, submitted_at: submittedAt, version: tx.raw('version + 1') });
}

export async function saveProgress(
  tx: Tx,
  of: { lineIds: readonly string[]; progress: LineProgress },
): Promise<void> {
  await tx('requisition_line')
    .whereIn('id', [...of.lineIds])
    .update({ progress: of.progress });
}

/** The requisitions these lines are of. */
export const findRequisitionIds = async (tx: Tx, lineIds: readonly string[]): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      'SELECT DISTINCT line.requisition_id AS id FROM requisition_line AS line WHERE line.id = ANY (?::uuid[])',
      [[...lineIds]],
    )
  ).map(({ id }) => id);

/** Takes a part out of each line, as a row of its own that waits. */
export async function splitLines(
  tx: Tx,
  splits: readonly { id: string; partId: string; quantity: string }[],
): Promise<void> {
  const parts = JSON.stringify(splits);
  await rowsOf(
    tx,
    `INSERT INTO requisition_line (id, requisition_id, line_no, part_no, item_code, description, quantity, unit,
            original_unit, plant_code, need_by_on, account, estimated_price, progress)
     SELECT split."partId", line.requisition_id, line.line_no,
            (SELECT max(part.part_no) + 1 FROM requisition_line AS part
              WHERE part.requisition_id = line.requisition_id AND part.line_no = line.line_no)
              + (row_number() OVER (PARTITION BY line.requisition_id, line.line_no ORDER BY line.part_no))::int - 1,
            line.item_code, line.description, split.quantity, line.unit, line.original_unit, line.plant_code,
            line.need_by_on, line.account, line.estimated_price, 'open'
       FROM jsonb_to_recordset(?::jsonb) AS split (id uuid, "partId" uuid, quantity numeric)
       JOIN requisition_line AS line ON line.id = split.id`,
    [parts],
  );
  await rowsOf(
    tx,
    `UPDATE requisition_line AS line SET quantity = line.quantity - split.quantity
       FROM jsonb_to_recordset(?::jsonb) AS split (id uuid, quantity numeric)
      WHERE line.id = split.id`,
    [parts],
  );
}
