import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import { type EventItem, findEventItems } from '../sourcing/index.ts';
import type { SellsIn } from './priced-unit.ts';

/** A line as this supplier is asked it: with how it is known to sell the item in another unit. */
export type AskedItem = EventItem & { readonly sellsIn: SellsIn | null };

/** The lines of an event with how the supplier sells their items, as far as that is kept in the unit that is asked. */
export async function findAskedItems(
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<AskedItem[]> {
  const [items, sold] = await Promise.all([
    findEventItems(ctx, of.eventId),
    named<SellsIn & { eventItemId: string }>(ctx.tx, {
      name: 'bid.sells-in',
      text: `
      SELECT event_item.id AS "eventItemId", one.supplier_unit AS unit,
             trim_scale(one.units_per_supplier_unit)::text AS "unitsPer"
        FROM event_item
        JOIN supplier_item AS one ON one.item_code = event_item.item_code AND one.unit = event_item.unit
       WHERE event_item.event_id = $1
         AND one.supplier_id = $2
         AND one.supplier_unit <> one.unit`,
      values: [of.eventId, of.supplierId],
    }),
  ]);
  const sellsIn = new Map(sold.map(({ eventItemId, ...sells }) => [eventItemId, sells]));
  return items.map((item) => ({ ...item, sellsIn: sellsIn.get(item.id) ?? null }));
}
