import type { Day } from '../../kernel/time.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';
import type { Outcome, QualificationState } from './qualification.ts';

/** A qualification as far as its supplier may read it: not who asked and why. */
export type OwnQualification = {
  readonly id: string;
  readonly categoryCode: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantCode: string | null;
  readonly plantEn: string | null;
  readonly plantZh: string | null;
  readonly state: QualificationState;
  readonly outcome: Outcome | null;
  readonly conditions: string;
  readonly validUntil: Day | null;
  readonly renewalAskedAt: Date | null;
  readonly renewalNote: string;
  readonly renewalAnswer: string;
};

const OWN = `
  SELECT own.id, own.category_code AS "categoryCode", category.name_en AS "categoryEn",
         category.name_zh AS "categoryZh", own.plant_code AS "plantCode", plant.name_en AS "plantEn",
         plant.name_zh AS "plantZh", own.state, own.outcome, own.conditions, own.valid_until AS "validUntil",
         own.renewal_asked_at AS "renewalAskedAt", own.renewal_note AS "renewalNote",
         own.renewal_answer AS "renewalAnswer"
    FROM qualification AS own
    JOIN category ON category.code = own.category_code
    LEFT JOIN plant ON plant.code = own.plant_code
   WHERE own.supplier_id = :supplierId`;

/** All of a supplier, by category; also what has ended. */
export const findOwn = (tx: Tx, supplierId: string): Promise<OwnQualification[]> =>
  rowsOf<OwnQualification>(tx, `${OWN} ORDER BY category.name_en, own.plant_code NULLS FIRST LIMIT 500`, {
    supplierId,
  });

export const lockOwn = (
  tx: Tx,
  of: { id: string; supplierId: string },
): Promise<OwnQualification | undefined> =>
  firstOf<OwnQualification>(tx, `${OWN} AND own.id = :id FOR UPDATE OF own`, of);

export async function saveRenewalAsked(
  tx: Tx,
  of: { id: string; note: string; askedBy: string; askedAt: Date },
): Promise<void> {
  await tx('qualification').where({ id: of.id }).update({
    renewal_asked_at: of.askedAt,
    renewal_asked_by: of.askedBy,
    renewal_note: of.note,
    renewal_answer: '',
  });
}

/** What was asked for is taken up, or answered. */
export async function endRenewal(tx: Tx, of: { id: string; answer: string }): Promise<void> {
  await tx('qualification').where({ id: of.id }).update({
    renewal_asked_at: null,
    renewal_asked_by: null,
    renewal_answer: of.answer,
  });
}
