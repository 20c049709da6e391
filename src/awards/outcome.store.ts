import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

export const outcomes = ['orders', 'agreement'] as const;
export type Outcome = (typeof outcomes)[number];

/** What an award leads to, and whether there is any of it yet. */
export const findOutcome = (
  tx: Tx,
  awardId: string,
): Promise<{ outcome: Outcome; isSettled: boolean } | undefined> =>
  firstOf(
    tx,
    `SELECT award.outcome,
            EXISTS (SELECT FROM purchase_order AS po WHERE po.award_id = award.id)
            OR EXISTS (SELECT FROM agreement WHERE agreement.award_id = award.id) AS "isSettled"
       FROM award
      WHERE award.id = ?`,
    [awardId],
  );

export async function saveOutcome(tx: Tx, of: { awardId: string; outcome: Outcome }): Promise<void> {
  await tx('award').where({ id: of.awardId }).update({ outcome: of.outcome });
}

/** The agreements that were made of an award. */
export const findAgreementsOf = (
  tx: Tx,
  awardId: string,
): Promise<{ id: string; reference: string; supplierName: string; state: string }[]> =>
  rowsOf(
    tx,
    `SELECT agreement.id, agreement.reference, supplier.name AS "supplierName", agreement.state
       FROM agreement
       JOIN supplier ON supplier.id = agreement.supplier_id
      WHERE agreement.award_id = ?
      ORDER BY agreement.reference`,
    [awardId],
  );
