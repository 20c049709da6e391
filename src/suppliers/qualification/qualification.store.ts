import type { Day } from '../../kernel/time.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { Qualification } from './qualification.ts';

const QUALIFICATION = `
  SELECT own.id, own.supplier_id AS "supplierId", own.category_code AS "categoryCode",
         own.plant_code AS "plantCode", own.state, own.outcome, own.conditions, own.valid_until AS "validUntil",
         own.wanted, own.wanted_conditions AS "wantedConditions", own.wanted_valid_until AS "wantedValidUntil",
         own.reason, own.requested_by AS "requestedBy", own.requested_at AS "requestedAt",
         own.decided_by AS "decidedBy", own.decided_at AS "decidedAt", own.decision_comment AS "decisionComment",
         own.reminded_days AS "remindedDays", own.version
    FROM qualification AS own`;

type Place = Pick<Qualification, 'supplierId' | 'categoryCode' | 'plantCode'>;

export const lockPlace = (tx: Tx, of: Place): Promise<Qualification | undefined> =>
  firstOf<Qualification>(
    tx,
    `${QUALIFICATION}
      WHERE own.supplier_id = ? AND own.category_code = ? AND own.plant_code IS NOT DISTINCT FROM ?
        FOR UPDATE`,
    [of.supplierId, of.categoryCode, of.plantCode],
  );

export const lockOne = (tx: Tx, of: { id: string; supplierId: string }): Promise<Qualification | undefined> =>
  firstOf<Qualification>(tx, `${QUALIFICATION} WHERE own.id = ? AND own.supplier_id = ? FOR UPDATE`, [
    of.id,
    of.supplierId,
  ]);

/** Those of some suppliers in a category, in one query. */
export const findInCategory = (
  tx: Tx,
  of: { supplierIds: readonly string[]; categoryCode: string },
): Promise<Qualification[]> =>
  rowsOf<Qualification>(
    tx,
    `${QUALIFICATION} WHERE own.supplier_id = ANY (?::uuid[]) AND own.category_code = ?`,
    [[...of.supplierIds], of.categoryCode],
  );

/** All of these suppliers, in one query. */
export const findOfSuppliers = (tx: Tx, supplierIds: readonly string[]): Promise<Qualification[]> =>
  rowsOf<Qualification>(tx, `${QUALIFICATION} WHERE own.supplier_id = ANY (?::uuid[])`, [[...supplierIds]]);

/** Those that end before this day or may have to be reminded of, the first to end first; a few at a time. */
export const lockEnding = (tx: Tx, before: Day): Promise<Qualification[]> =>
  rowsOf<Qualification>(
    tx,
    `${QUALIFICATION}
      WHERE own.outcome IS NOT NULL
        AND own.valid_until <= ?
      ORDER BY own.valid_until, own.id
      LIMIT 500
        FOR UPDATE SKIP LOCKED`,
    [before],
  );

export async function insertQualification(tx: Tx, of: Qualification): Promise<void> {
  await tx('qualification').insert({
    id: of.id,
    supplier_id: of.supplierId,
    category_code: of.categoryCode,
    plant_code: of.plantCode,
    ...columnsOf(of),
  });
}

export async function saveQualification(tx: Tx, of: Qualification): Promise<void> {
  await tx('qualification')
    .where({ id: of.id })
    .update({ ...columnsOf(of), version: of.version + 1 });
}

const columnsOf = (of: Qualification): Record<string, unknown> => ({
  state: of.state,
  outcome: of.outcome,
  conditions: of.conditions,
  valid_until: of.validUntil,
  wanted: of.wanted,
  wanted_conditions: of.wantedConditions,
  wanted_valid_until: of.wantedValidUntil,
  reason: of.reason,
  requested_by: of.requestedBy,
  requested_at: of.requestedAt,
  decided_by: of.decidedBy,
  decided_at: of.decidedAt,
  decision_comment: of.decisionComment,
  reminded_days: of.remindedDays,
});
