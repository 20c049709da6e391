import type { Scope } from '../kernel/actor.ts';
import { newId } from '../kernel/id.ts';
import { everywhere } from '../kernel/scope.ts';
import type { Tx } from '../platform/db/context.ts';
import { inScope } from '../platform/db/scope.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Award, AwardLine } from './award.ts';

const AWARD = `
  SELECT award.id, award.reference, award.event_id AS "eventId", award.state, award.currency,
         award.total_amount AS "totalAmount", award.lowest_amount AS "lowestAmount",
         award.proposed_by AS "proposedBy", award.proposed_at AS "proposedAt", award.justification, award.debrief,
         award.decided_by AS "decidedBy", award.decided_at AS "decidedAt", award.return_reason AS "returnReason",
         award.standstill_days AS "standstillDays", award.standstill_until AS "standstillUntil",
         jsonb_build_object('rank', award.tells_rank, 'distance', award.tells_distance,
                            'winners', award.tells_winners) AS tells,
         award.withdrawal_id AS "withdrawalId", award.event_item_ids AS "eventItemIds"
    FROM award
   WHERE award.id = ?`;

const SEEN = `
     AND EXISTS (
           SELECT FROM sourcing_event AS event
            WHERE event.id = award.event_id
              AND ${inScope({ plant: 'event.plant_code', category: 'event.category_code' }, { plants: '?', categories: '?' })})`;

/** The award, or undefined; also when its event lies outside of these places. */
export const findAwardById = (tx: Tx, id: string, within: Scope = everywhere): Promise<Award | undefined> =>
  firstOf<Award>(tx, AWARD + SEEN, [id, within.plants, within.categories]);

/** Holds the award until the transaction ends, so that two decisions take turns. */
export const lockAwardById = (tx: Tx, id: string): Promise<Award | undefined> =>
  firstOf<Award>(tx, `${AWARD} FOR UPDATE`, [id]);

/** The newest award of the event, whatever became of it. */
export const findLatestAward = (
  tx: Tx,
  eventId: string,
): Promise<Pick<Award, 'id' | 'state' | 'reference'> | undefined> =>
  firstOf(
    tx,
    `SELECT award.id, award.state, award.reference
       FROM award
      WHERE award.event_id = ?
      ORDER BY award.proposed_at DESC, award.id DESC
      LIMIT 1`,
    [eventId],
  );

/** Lines that stand, in the order of the event's lines, then of the suppliers' names. */
export const findLinesOf = (
  tx: Tx,
  awardId: string,
): Promise<(AwardLine & { readonly alternateNo: number })[]> =>
  rowsOf(
    tx,
    `SELECT award_line.event_item_id AS "eventItemId", award_line.supplier_id AS "supplierId",
            award_line.bid_line_id AS "bidLineId", award_line.bid_alternate_id AS "bidAlternateId",
            coalesce(alternate.alternate_no, 0) AS "alternateNo", award_line.quantity, award_line.unit_price AS "unitPrice",
            award_line.price_base_quantity AS "priceBaseQuantity", award_line.amount,
            award_line.is_lowest AS "isLowest", award_line.reason
       FROM award_line
       JOIN event_item ON event_item.id = award_line.event_item_id
       JOIN supplier ON supplier.id = award_line.supplier_id
       LEFT JOIN bid_alternate AS alternate ON alternate.id = award_line.bid_alternate_id
      WHERE award_line.award_id = ?
        AND award_line.withdrawal_id IS NULL
      ORDER BY event_item.line_no, supplier.name`,
    [awardId],
  );

const columnsOf = (award: Award): Record<string, unknown> => ({
  id: award.id,
  reference: award.reference,
  event_id: award.eventId,
  state: award.state,
  currency: award.currency,
  total_amount: award.totalAmount,
  lowest_amount: award.lowestAmount,
  proposed_by: award.proposedBy,
  proposed_at: award.proposedAt,
  justification: award.justification,
  debrief: award.debrief,
  standstill_days: award.standstillDays,
  tells_rank: award.tells.rank,
  tells_distance: award.tells.distance,
  tells_winners: award.tells.winners,
  withdrawal_id: award.withdrawalId,
  event_item_ids: award.eventItemIds === null ? null : [...award.eventItemIds],
});

/** The award that was prefilled for the buyer and is not proposed yet, held until the transaction ends. */
export const lockPrefilled = (
  tx: Tx,
  eventId: string,
): Promise<Pick<Award, 'id' | 'reference'> | undefined> =>
  firstOf(
    tx,
    `SELECT award.id, award.reference FROM award WHERE award.event_id = ? AND award.state = 'proposed' FOR UPDATE`,
    [eventId],
  );

/** Writes a prefilled award anew, as the buyer proposes it. */
export async function replaceAward(tx: Tx, award: Award, lines: readonly AwardLine[]): Promise<void> {
  await tx('award')
    .where({ id: award.id })
    .update({ ...columnsOf(award), version: tx.raw('version + 1') });
  await tx('award_line').where({ award_id: award.id }).delete();
  await insertLines(tx, award.id, lines);
}

/** Writes the award and, in one statement, all its lines. */
export async function insertAward(tx: Tx, award: Award, lines: readonly AwardLine[]): Promise<void> {
  await tx('award').insert(columnsOf(award));
  await insertLines(tx, award.id, lines);
}

async function insertLines(tx: Tx, awardId: string, lines: readonly AwardLine[]): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO award_line (id, award_id, event_item_id, supplier_id, bid_line_id, bid_alternate_id, quantity,
                             unit_price, price_base_quantity, amount, is_lowest, reason)
     SELECT line.id, ?, line."eventItemId", line."supplierId", line."bidLineId", line."bidAlternateId", line.quantity,
            line."unitPrice",
            line."priceBaseQuantity", line.amount, line."isLowest", line.reason
       FROM jsonb_to_recordset(?::jsonb)
         AS line (id uuid, "eventItemId" uuid, "supplierId" uuid, "bidLineId" uuid, "bidAlternateId" uuid, quantity numeric,
                  "unitPrice" numeric, "priceBaseQuantity" numeric, amount numeric, "isLowest" boolean, reason text)`,
    [awardId, JSON.stringify(lines.map((line) => ({ ...line, id: newId() })))],
  );
}

/** Saves the state and the decision that led to it. */
export async function saveDecision(tx: Tx, award: Award): Promise<void> {
  await tx('award')
    .where({ id: award.id })
    .update({
      state: award.state,
      decided_by: award.decidedBy,
      decided_at: award.decidedAt,
      return_reason: award.returnReason,
      standstill_until: award.standstillUntil,
      version: tx.raw('version + 1'),
    });
}
