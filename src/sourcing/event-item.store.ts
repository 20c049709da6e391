import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { EventItem, NewEventItem } from './event-item.ts';

/** All lines of an event in their order; a supplier gets them once it is invited, without what we expect to pay. */
export const findItems = (tx: Tx, of: { eventId: string; supplierId: string | null }): Promise<EventItem[]> =>
  named<EventItem>(tx, {
    name: 'event-item.of-event',
    text: `
      SELECT item.id, item.line_no AS "lineNo", item.item_code AS "itemCode", item.description,
             trim_scale(item.quantity)::text AS quantity, item.unit, item.original_unit AS "originalUnit",
             item.need_by_on AS "needByOn",
             CASE WHEN $2::uuid IS NULL THEN trim_scale(item.estimated_price)::text END AS "estimatedPrice"
        FROM event_item AS item
        JOIN sourcing_event AS event ON event.id = item.event_id
       WHERE item.event_id = $1
         AND ($2::uuid IS NULL
              OR (event.published_at IS NOT NULL
                  AND EXISTS (SELECT 1
                                FROM invitation
                               WHERE invitation.event_id = event.id
                                 AND invitation.supplier_id = $2
                                 AND invitation.state <> 'uninvited')))
       ORDER BY item.line_no`,
    values: [of.eventId, of.supplierId],
  });

export async function deleteItems(tx: Tx, eventId: string): Promise<void> {
  await tx('event_item').where({ event_id: eventId }).delete();
}

/** Writes the lines in one statement, numbered on from `after`. */
export async function insertItems(
  tx: Tx,
  of: { eventId: string; after: number; items: readonly NewEventItem[] },
): Promise<void> {
  if (of.items.length === 0) return;
  const rows = of.items.map((item, index) => ({
    id: newId(),
    line_no: of.after + index + 1,
    item_code: item.itemCode,
    description: item.description,
    quantity: item.quantity,
    unit: item.unit,
    original_unit: item.originalUnit,
    need_by_on: item.needByOn,
    estimated_price: item.estimatedPrice,
  }));
  await rowsOf(
    tx,
    `INSERT INTO event_item (id, event_id, line_no, item_code, description, quantity, unit, original_unit,
                             need_by_on, estimated_price)
     SELECT fresh.id, ?, fresh.line_no, fresh.item_code, fresh.description, fresh.quantity, fresh.unit,
            fresh.original_unit, fresh.need_by_on, fresh.estimated_price
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, line_no integer, item_code text, description text, quantity numeric, unit text,
                   original_unit text, need_by_on date, estimated_price numeric)`,
    [of.eventId, JSON.stringify(rows)],
  );
}
