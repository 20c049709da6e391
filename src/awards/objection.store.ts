import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Objection } from './objection.ts';

const OBJECTION = `
  SELECT objection.id, objection.award_id AS "awardId", objection.supplier_id AS "supplierId", objection.state,
         objection.grounds, objection.raised_by AS "raisedBy", objection.raised_at AS "raisedAt", objection.answer,
         objection.answered_by AS "answeredBy", objection.answered_at AS "answeredAt", objection.decision,
         objection.decided_by AS "decidedBy", objection.decided_at AS "decidedAt"
    FROM award_objection AS objection`;

/** Without who answered and decided, which is not its supplier's business. */
const OWN = `
  SELECT objection.id, objection.award_id AS "awardId", objection.supplier_id AS "supplierId", objection.state,
         objection.grounds, objection.raised_by AS "raisedBy", objection.raised_at AS "raisedAt", objection.answer,
         NULL AS "answeredBy", objection.answered_at AS "answeredAt", objection.decision, NULL AS "decidedBy",
         objection.decided_at AS "decidedAt"
    FROM award_objection AS objection`;

export const lockOwnObjection = (
  tx: Tx,
  of: { id: string; supplierId: string | null },
): Promise<Objection | undefined> =>
  firstOf<Objection>(tx, `${OWN} WHERE objection.id = ? AND objection.supplier_id = ? FOR UPDATE`, [
    of.id,
    of.supplierId,
  ]);

export const findObjection = (tx: Tx, id: string): Promise<Objection | undefined> =>
  firstOf<Objection>(tx, `${OBJECTION} WHERE objection.id = ?`, [id]);

export const lockObjection = (tx: Tx, id: string): Promise<Objection | undefined> =>
  firstOf<Objection>(tx, `${OBJECTION} WHERE objection.id = ? FOR UPDATE`, [id]);

/** One supplier's objections to an award, the oldest first. */
export const findOwnObjections = (
  tx: Tx,
  of: { awardId: string; supplierId: string },
): Promise<Objection[]> =>
  rowsOf<Objection>(
    tx,
    `${OWN} WHERE objection.award_id = ? AND objection.supplier_id = ? ORDER BY objection.raised_at, objection.id`,
    [of.awardId, of.supplierId],
  );

export type ShownObjection = Objection & {
  readonly supplierName: string;
  readonly answererName: string | null;
  readonly deciderName: string | null;
};

/** All objections to an award, as the buying side sees them. */
export const findObjections = (tx: Tx, awardId: string): Promise<ShownObjection[]> =>
  rowsOf<ShownObjection>(
    tx,
    `SELECT shown.*, supplier.name AS "supplierName", answerer.name AS "answererName", decider.name AS "deciderName"
       FROM (${OBJECTION} WHERE objection.award_id = ?) AS shown
       JOIN supplier ON supplier.id = shown."supplierId"
       LEFT JOIN user_account AS answerer ON answerer.id = shown."answeredBy"
       LEFT JOIN user_account AS decider ON decider.id = shown."decidedBy"
      ORDER BY shown."raisedAt", shown.id`,
    [awardId],
  );

export async function insertObjection(tx: Tx, objection: Objection): Promise<void> {
  await tx('award_objection').insert({
    id: objection.id,
    award_id: objection.awardId,
    supplier_id: objection.supplierId,
    state: objection.state,
    grounds: objection.grounds,
    raised_by: objection.raisedBy,
    raised_at: objection.raisedAt,
  });
}

/** What the buying side says of it. */
export async function saveObjection(tx: Tx, objection: Objection): Promise<void> {
  await tx('award_objection').where({ id: objection.id }).update({
    state: objection.state,
    answer: objection.answer,
    answered_by: objection.answeredBy,
    answered_at: objection.answeredAt,
    decision: objection.decision,
    decided_by: objection.decidedBy,
    decided_at: objection.decidedAt,
  });
}

/** What its supplier may change of it. */
export async function saveObjectionState(
  tx: Tx,
  { id, state }: Pick<Objection, 'id' | 'state'>,
): Promise<void> {
  await tx('award_objection').where({ id }).update({ state });
}

/** Awards whose standstill is over by this clock, held; one that somebody acts on waits for the next round. */
export const lockDueStandstills = async (tx: Tx, of: { clock: Date; limit: number }): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT award.id
         FROM award
        WHERE award.state = 'standstill'
          AND award.standstill_until <= ?
          AND NOT EXISTS (SELECT FROM award_objection AS objection
                           WHERE objection.award_id = award.id
                             AND objection.state IN ('raised', 'answered', 'upheld'))
        ORDER BY award.standstill_until, award.id
        LIMIT ?
          FOR UPDATE SKIP LOCKED`,
      [of.clock, of.limit],
    )
  ).map((row) => row.id);

/** Which of these are held by an objection: asked after the lock, when nobody can raise another. */
export const findObjectedTo = async (tx: Tx, awardIds: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await rowsOf<{ awardId: string }>(
        tx,
        `SELECT DISTINCT objection.award_id AS "awardId"
           FROM award_objection AS objection
          WHERE objection.award_id = ANY (CAST(? AS uuid[]))
            AND objection.state IN ('raised', 'answered', 'upheld')`,
        [[...awardIds]],
      )
    ).map((row) => row.awardId),
  );

/** Held by a bidder that objects, so that its standstill does not end meanwhile. */
export const holdAward = async (tx: Tx, awardId: string): Promise<void> => {
  await rowsOf(tx, 'SELECT 1 FROM award WHERE award.id = ? FOR SHARE', [awardId]);
};
