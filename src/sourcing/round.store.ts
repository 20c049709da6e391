import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Feedback, FeedbackKind, FeedbackReach, Round } from './round.ts';

export async function insertRound(tx: Tx, round: Round): Promise<void> {
  await tx('round').insert({
    id: round.id,
    event_id: round.eventId,
    number: round.number,
    reason: round.reason,
    feedback: round.feedback,
    feedback_on: round.feedbackOn,
    item_ids: round.itemIds === null ? null : [...round.itemIds],
    closes_at_before: round.closesAtBefore,
    closes_at: round.closesAt,
    started_by: round.startedBy,
    started_at: round.startedAt,
  });
}

export async function insertParticipants(
  tx: Tx,
  roundId: string,
  participants: readonly { supplierId: string; feedback: Feedback | null }[],
): Promise<void> {
  await tx('round_participant').insert(
    participants.map(({ supplierId, feedback }) => ({
      round_id: roundId,
      supplier_id: supplierId,
      feedback: feedback === null ? null : JSON.stringify(feedback),
    })),
  );
}

/** Whoever is chosen answers again; for everybody else bidding has ended when the last round it took part in closed. */
export const saveField = (
  tx: Tx,
  of: { eventId: string; round: number; supplierIds: readonly string[]; endedAt: Date },
): Promise<{ id: string; supplierId: string; isChosen: boolean }[]> =>
  rowsOf(
    tx,
    `UPDATE invitation
        SET state = CASE WHEN chosen.is_chosen THEN 'responding' ELSE invitation.state END,
            last_round = CASE WHEN chosen.is_chosen THEN ? ELSE invitation.last_round END,
            bidding_ended_at = CASE WHEN NOT chosen.is_chosen THEN coalesce(invitation.bidding_ended_at, ?) END
       FROM (SELECT own.id, own.supplier_id = ANY (?::uuid[]) AS is_chosen
               FROM invitation AS own
              WHERE own.event_id = ?
                AND own.state <> 'uninvited') AS chosen
      WHERE invitation.id = chosen.id
  RETURNING invitation.id, invitation.supplier_id AS "supplierId", chosen.is_chosen AS "isChosen"`,
    [of.round, of.endedAt, of.supplierIds, of.eventId],
  );

/** A round as its bidders read it, each with its own feedback. */
export type RoundTold = {
  readonly number: number;
  readonly reason: string;
  readonly feedback: FeedbackKind;
  readonly feedbackOn: FeedbackReach;
  readonly itemIds: readonly string[] | null;
  readonly closesAt: Date;
  readonly own: Feedback | null;
};

export const findRoundTold = (
  tx: Tx,
  of: { eventId: string; supplierId: string },
): Promise<RoundTold | undefined> =>
  firstOf<RoundTold>(
    tx,
    `SELECT round.number, round.reason, round.feedback, round.feedback_on AS "feedbackOn",
            round.item_ids AS "itemIds", round.closes_at AS "closesAt", own.feedback AS own
       FROM round
       JOIN round_participant AS own ON own.round_id = round.id
      WHERE round.event_id = ?
        AND own.supplier_id = ?
      ORDER BY round.number DESC
      LIMIT 1`,
    [of.eventId, of.supplierId],
  );

/** A round as the buyer's page shows it. */
export type RoundRow = Pick<
  Round,
  'number' | 'reason' | 'feedback' | 'feedbackOn' | 'itemIds' | 'closesAt' | 'startedAt'
> & {
  readonly startedByName: string;
  readonly supplierNames: readonly string[];
};

export const findRounds = (tx: Tx, eventId: string): Promise<RoundRow[]> =>
  rowsOf<RoundRow>(
    tx,
    `SELECT round.number, round.reason, round.feedback, round.feedback_on AS "feedbackOn",
            round.item_ids AS "itemIds", round.closes_at AS "closesAt", round.started_at AS "startedAt", person.name AS "startedByName",
            ARRAY(SELECT supplier.name
                    FROM round_participant AS chosen
                    JOIN supplier ON supplier.id = chosen.supplier_id
                   WHERE chosen.round_id = round.id
                   ORDER BY lower(supplier.name)) AS "supplierNames"
       FROM round
       JOIN user_account AS person ON person.id = round.started_by
      WHERE round.event_id = ?
      ORDER BY round.number`,
    [eventId],
  );
