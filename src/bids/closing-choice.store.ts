import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { ClosingChoice, ClosingOutcome } from './closing-choice.ts';

const CHOICE = `
       choice.bid_id AS "bidId", choice.chosen_by AS "chosenBy", chooser.name AS "chosenByName",
       choice.chosen_at AS "chosenAt", choice.is_free_meant AS "isFreeMeant", choice.outcome,
       choice.refusal_code AS "refusalCode"`;

export const findChoice = (tx: Tx, bidId: string): Promise<ClosingChoice | undefined> =>
  firstOf<ClosingChoice>(
    tx,
    `SELECT ${CHOICE}
       FROM bid_closing_choice AS choice
       JOIN user_account AS chooser ON chooser.id = choice.chosen_by
      WHERE choice.bid_id = ?`,
    [bidId],
  );

/** Keeps the choice; made again, it counts from now on. */
export const saveChoice = (
  tx: Tx,
  choice: Pick<ClosingChoice, 'bidId' | 'chosenBy' | 'chosenAt' | 'isFreeMeant'>,
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO bid_closing_choice (bid_id, chosen_by, chosen_at, is_free_meant)
     VALUES (?, ?, ?, ?)
         ON CONFLICT (bid_id) DO UPDATE
        SET chosen_by = excluded.chosen_by, chosen_at = excluded.chosen_at, is_free_meant = excluded.is_free_meant`,
    [choice.bidId, choice.chosenBy, choice.chosenAt, choice.isFreeMeant],
  );

/** Gives false when there was none. */
export const deleteChoice = async (tx: Tx, bidId: string): Promise<boolean> =>
  (await tx('bid_closing_choice').where({ bid_id: bidId }).delete()) === 1;

/** A choice that waits for the closing of its event, and whose bid it is. */
export type WaitingChoice = Pick<ClosingChoice, 'bidId' | 'chosenBy' | 'chosenByName'> & {
  readonly supplierId: string;
};

/** Every choice of the events' bids that still stand, bids held until the transaction ends, in the order of bids. */
export const lockWaitingChoices = (tx: Tx, eventIds: readonly string[]): Promise<WaitingChoice[]> =>
  rowsOf<WaitingChoice>(
    tx,
    `SELECT choice.bid_id AS "bidId", choice.chosen_by AS "chosenBy", chooser.name AS "chosenByName",
            bid.supplier_id AS "supplierId"
       FROM bid_closing_choice AS choice
       JOIN bid ON bid.id = choice.bid_id
       JOIN user_account AS chooser ON chooser.id = choice.chosen_by
      WHERE bid.event_id = ANY (?::uuid[])
        AND bid.state IN ('draft', 'submitted', 'invalid')
        AND choice.outcome IS NULL
      ORDER BY bid.id
        FOR UPDATE OF bid`,
    [eventIds],
  );

export const saveOutcome = (
  tx: Tx,
  of: { bidId: string; outcome: ClosingOutcome; refusalCode: string | null; closedAt: Date },
): Promise<unknown> =>
  tx('bid_closing_choice')
    .where({ bid_id: of.bidId })
    .update({ outcome: of.outcome, refusal_code: of.refusalCode, closed_at: of.closedAt });
