import { newId } from '../kernel/id.ts';
import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { Lot, NewLot } from './lot.ts';

/** The lots of an event in their order; a supplier gets them once it is invited. */
export const findLots = (tx: Tx, of: { eventId: string; supplierId: string | null }): Promise<Lot[]> =>
  named<Lot>(tx, {
    name: 'lot.of-event',
    text: `
      SELECT lot.id, lot.lot_no AS "lotNo", lot.title, lot.description
        FROM lot
        JOIN sourcing_event AS event ON event.id = lot.event_id
       WHERE lot.event_id = $1
         AND ($2::uuid IS NULL
              OR (event.published_at IS NOT NULL
                  AND EXISTS (SELECT 1
                                FROM invitation
                               WHERE invitation.event_id = event.id
                                 AND invitation.supplier_id = $2
                                 AND invitation.state <> 'uninvited')))
       ORDER BY lot.lot_no`,
    values: [of.eventId, of.supplierId],
  });

/** The event a lot is of, as far as the reader's rows go. */
export const findEventOfLot = async (tx: Tx, lotId: string): Promise<string | undefined> =>
  (await rowsOf<{ id: string }>(tx, 'SELECT lot.event_id AS id FROM lot WHERE lot.id = ?', [lotId]))[0]?.id;

/** Writes the lots as they are given, in one statement: those that are there keep their ids. */
export async function saveLots(tx: Tx, eventId: string, lots: readonly NewLot[]): Promise<Lot[]> {
  const saved = lots.map((lot, index) => ({ ...lot, id: lot.id ?? newId(), lotNo: index + 1 }));
  if (saved.length === 0) return [];
  await rowsOf(
    tx,
    `INSERT INTO lot (id, event_id, lot_no, title, description)
     SELECT given.id, ?, given."lotNo", given.title, given.description
       FROM jsonb_to_recordset(?::jsonb) AS given (id uuid, "lotNo" integer, title text, description text)
         ON CONFLICT (id) DO UPDATE
        SET lot_no = excluded.lot_no, title = excluded.title, description = excluded.description
      WHERE lot.event_id = excluded.event_id`,
    [eventId, JSON.stringify(saved)],
  );
  return saved;
}

/** Takes away every lot but these; no line may stand in one that goes. */
export async function deleteOtherLots(
  tx: Tx,
  eventId: string,
  kept: readonly Pick<Lot, 'id'>[],
): Promise<void> {
  await tx('lot')
    .where({ event_id: eventId })
    .whereNotIn(
      'id',
      kept.map((lot) => lot.id),
    )
    .delete();
}
