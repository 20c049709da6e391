import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { EventItem, ItemDetails, NewEventItem } from './event-item.ts';

const ITEM = `
  item.id, item.line_no AS "lineNo", item.item_code AS "itemCode", item.description,
  trim_scale(item.quantity)::text AS quantity, item.unit, item.original_unit AS "originalUnit",
  item.need_by_on AS "needByOn", item.lot_id AS "lotId", item.specification,
  item.takes_alternates AS "takesAlternates", item.asks_capacity AS "asksCapacity", item.incoterm,
  item.incoterm_place AS "incotermPlace",
  ARRAY(SELECT trim_scale(tier.quantity)::text
          FROM event_item_tier AS tier
         WHERE tier.event_item_id = item.id
         ORDER BY tier.quantity) AS tiers,
  coalesce((SELECT jsonb_agg(jsonb_build_object('quantity', trim_scale(part.quantity)::text,
                                                'deliverOn', part.deliver_on::text) ORDER BY part.deliver_on)
              FROM event_item_schedule AS part
             WHERE part.event_item_id = item.id), '[]') AS schedule`;

/** What we expect, hope and are ready to pay. The database lets no supplier read these columns. */
const OWN_PRICES = `
  trim_scale(item.estimated_price)::text AS "estimatedPrice",
  trim_scale(item.target_price)::text AS "targetPrice", trim_scale(item.reserve_price)::text AS "reservePrice"`;
const NO_PRICES = `
  CAST(NULL AS text) AS "estimatedPrice", CAST(NULL AS text) AS "targetPrice", CAST(NULL AS text) AS "reservePrice"`;

/** All lines of an event in their order; a supplier gets them once it is invited, without what we expect to pay. */
export const findItems = (
  tx: Tx,
  of: { eventId: string; supplierId: string | null },
): Promise<EventItem[]> =>
  of.supplierId === null
    ? named<EventItem>(tx, {
        name: 'event-item.of-event',
        text: `
          SELECT ${ITEM}, ${OWN_PRICES}
            FROM event_item AS item
           WHERE item.event_id = $1
           ORDER BY item.line_no`,
        values: [of.eventId],
      })
    : named<EventItem>(tx, {
        name: 'event-item.of-invited',
        text: `
          SELECT ${ITEM}, ${NO_PRICES}
            FROM event_item AS item
            JOIN sourcing_event AS event ON event.id = item.event_id
           WHERE item.event_id = $1
             AND event.published_at IS NOT NULL
             AND EXISTS (SELECT 1
                           FROM invitation
                          WHERE invitation.event_id = event.id
                            AND invitation.supplier_id = $2
                            AND invitation.state <> 'uninvited')
           ORDER BY item.line_no`,
        values: [of.eventId, of.supplierId],
      });

/** The event a line is of, as far as the reader's rows go. */
export const findEventOfItem = async (tx: Tx, itemId: string): Promise<string | undefined> =>
  (
    await rowsOf<{ id: string }>(tx, 'SELECT item.event_id AS id FROM event_item AS item WHERE item.id = ?', [
      itemId,
    ])
  )[0]?.id;

/** Takes away every line of an event but these. */
export async function deleteOtherItems(tx: Tx, eventId: string, kept: readonly string[]): Promise<void> {
  await tx('event_item')
    .where({ event_id: eventId })
    .whereNotIn('id', [...kept])
    .delete();
}

/** A line with its lot found and its details complete. */
export type PlacedItem = NewEventItem & ItemDetails & { readonly lotId: string | null };

/** Writes the lines in one statement, numbered on from `after`; those that have an id keep it. Gives their ids. */
export async function saveItems(
  tx: Tx,
  of: { eventId: string; after: number; items: readonly PlacedItem[] },
): Promise<string[]> {
  if (of.items.length === 0) return [];
  const rows = of.items.map((item, index) => ({
    ...item,
    id: item.id ?? newId(),
    lineNo: of.after + index + 1,
  }));
  await rowsOf(
    tx,
    `INSERT INTO event_item (id, event_id, line_no, item_code, description, quantity, unit, original_unit,
                             need_by_on, estimated_price, lot_id, specification, target_price, reserve_price,
                             takes_alternates, asks_capacity, incoterm, incoterm_place)
     SELECT given.id, ?, given."lineNo", given."itemCode", given.description, given.quantity, given.unit,
            given."originalUnit", given."needByOn", given."estimatedPrice", given."lotId", given.specification,
            given."targetPrice", given."reservePrice", given."takesAlternates", given."asksCapacity",
            given.incoterm, given."incotermPlace"
       FROM jsonb_to_recordset(?::jsonb)
         AS given (id uuid, "lineNo" integer, "itemCode" text, description text, quantity numeric, unit text,
                   "originalUnit" text, "needByOn" date, "estimatedPrice" numeric, "lotId" uuid,
                   specification text, "targetPrice" numeric, "reservePrice" numeric, "takesAlternates" boolean,
                   "asksCapacity" boolean, incoterm text, "incotermPlace" text)
         ON CONFLICT (id) DO UPDATE
        SET line_no = excluded.line_no, item_code = excluded.item_code, description = excluded.description,
            quantity = excluded.quantity, unit = excluded.unit, original_unit = excluded.original_unit,
            need_by_on = excluded.need_by_on, estimated_price = excluded.estimated_price,
            lot_id = excluded.lot_id, specification = excluded.specification,
            target_price = excluded.target_price, reserve_price = excluded.reserve_price,
            takes_alternates = excluded.takes_alternates, asks_capacity = excluded.asks_capacity,
            incoterm = excluded.incoterm, incoterm_place = excluded.incoterm_place
      WHERE event_item.event_id = excluded.event_id`,
    [of.eventId, JSON.stringify(rows)],
  );
  await saveTiersAndSchedules(tx, rows);
  return rows.map((row) => row.id);
}

type WithParts = Pick<ItemDetails, 'tiers' | 'schedule'> & { readonly id: string };

async function saveTiersAndSchedules(tx: Tx, items: readonly WithParts[]): Promise<void> {
  const ids = items.map((item) => item.id);
  await rowsOf(tx, 'DELETE FROM event_item_tier AS tier WHERE tier.event_item_id = ANY (?::uuid[])', [ids]);
  await rowsOf(tx, 'DELETE FROM event_item_schedule AS part WHERE part.event_item_id = ANY (?::uuid[])', [
    ids,
  ]);
  const tiers = items.flatMap(({ id, tiers: asked }) => asked.map((quantity) => ({ id, quantity })));
  const parts = items.flatMap(({ id, schedule }) => schedule.map((part) => ({ id, ...part })));
  if (tiers.length > 0)
    await rowsOf(
      tx,
      `INSERT INTO event_item_tier (event_item_id, quantity)
       SELECT tier.id, tier.quantity
         FROM jsonb_to_recordset(?::jsonb) AS tier (id uuid, quantity numeric)`,
      [JSON.stringify(tiers)],
    );
  if (parts.length > 0)
    await rowsOf(
      tx,
      `INSERT INTO event_item_schedule (event_item_id, deliver_on, quantity)
       SELECT part.id, part."deliverOn", part.quantity
         FROM jsonb_to_recordset(?::jsonb) AS part (id uuid, "deliverOn" date, quantity numeric)`,
      [JSON.stringify(parts)],
    );
}
