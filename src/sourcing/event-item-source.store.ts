import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

/** Whose need a line of an event is, or a part of it. */
export type ItemSource = {
  readonly eventItemId: string;
  readonly requisitionLineId: string;
  readonly quantity: string;
};

/** The same with the words of both sides. */
export type ShownSource = ItemSource & {
  readonly itemLineNo: number;
  readonly requisitionId: string;
  readonly reference: string;
  readonly lineNo: number;
  readonly plantCode: string;
  readonly requesterName: string;
  readonly needByOn: string | null;
};

export async function insertSources(tx: Tx, sources: readonly ItemSource[]): Promise<void> {
  if (sources.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO event_item_source (event_item_id, requisition_line_id, quantity)
     SELECT source."eventItemId", source."requisitionLineId", source.quantity
       FROM jsonb_to_recordset(?::jsonb)
         AS source ("eventItemId" uuid, "requisitionLineId" uuid, quantity numeric)`,
    [JSON.stringify(sources)],
  );
}

export const findSources = (tx: Tx, eventId: string): Promise<ShownSource[]> =>
  rowsOf<ShownSource>(
    tx,
    `SELECT source.event_item_id AS "eventItemId", source.requisition_line_id AS "requisitionLineId",
            trim_scale(source.quantity)::text AS quantity, item.line_no AS "itemLineNo", requisition.id AS "requisitionId",
            requisition.reference, line.line_no AS "lineNo", line.plant_code AS "plantCode",
            requester.name AS "requesterName", line.need_by_on AS "needByOn"
       FROM event_item_source AS source
       JOIN event_item AS item ON item.id = source.event_item_id
       JOIN requisition_line AS line ON line.id = source.requisition_line_id
       JOIN requisition ON requisition.id = line.requisition_id
       JOIN user_account AS requester ON requester.id = requisition.requester_id
      WHERE item.event_id = ?
      ORDER BY item.line_no, requisition.reference, line.line_no`,
    [eventId],
  );

/** The account an event without requisitions is bought on. */
export const findAccount = async (tx: Tx, eventId: string): Promise<string | null> =>
  (
    await firstOf<{ account: string }>(
      tx,
      'SELECT named.account FROM event_account AS named WHERE named.event_id = ?',
      [eventId],
    )
  )?.account ?? null;

export async function saveAccount(tx: Tx, of: { eventId: string; account: string | null }): Promise<void> {
  const { eventId, account } = of;
  await tx('event_account').where({ event_id: eventId }).delete();
  if (account !== null) await tx('event_account').insert({ event_id: eventId, account });
}
