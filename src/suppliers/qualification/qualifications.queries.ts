import { hasRole, personsOf } from '../../kernel/actor.ts';
import { addDays, type Day, dayIn } from '../../kernel/time.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { rowsOf } from '../../platform/db/statements.ts';
import type { Outcome, Qualification } from './qualification.ts';

/** A qualification as its pages show it, with the names of what it is about and who decided. */
export type QualificationRow = Omit<Qualification, 'supplierId'> & {
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly plantEn: string | null;
  readonly plantZh: string | null;
  readonly requesterName: string;
  readonly deciderName: string | null;
  /** When its supplier asked for a renewal that nobody has taken up, who, and with which words. */
  readonly renewalAskedAt: Date | null;
  readonly renewalAskerName: string | null;
  readonly renewalNote: string;
};

/** All of a supplier, by category; also what has ended. */
export const qualificationsOf = (ctx: Ctx, supplierId: string): Promise<QualificationRow[]> =>
  rowsOf<QualificationRow>(
    ctx.tx,
    `SELECT own.id, own.category_code AS "categoryCode", category.name_en AS "categoryEn",
            category.name_zh AS "categoryZh", own.plant_code AS "plantCode", plant.name_en AS "plantEn",
            plant.name_zh AS "plantZh", own.state, own.outcome, own.conditions, own.valid_until AS "validUntil",
            own.wanted, own.wanted_conditions AS "wantedConditions", own.wanted_valid_until AS "wantedValidUntil",
            own.reason, own.requested_by AS "requestedBy", requester.name AS "requesterName",
            own.requested_at AS "requestedAt", own.decided_by AS "decidedBy", decider.name AS "deciderName",
            own.decided_at AS "decidedAt", own.decision_comment AS "decisionComment",
            own.reminded_days AS "remindedDays", own.version, own.renewal_asked_at AS "renewalAskedAt",
            asker.name AS "renewalAskerName", own.renewal_note AS "renewalNote"
       FROM qualification AS own
       JOIN category ON category.code = own.category_code
       LEFT JOIN plant ON plant.code = own.plant_code
       JOIN user_account AS requester ON requester.id = own.requested_by
       LEFT JOIN user_account AS decider ON decider.id = own.decided_by
       LEFT JOIN user_account AS asker ON asker.id = own.renewal_asked_by
      WHERE own.supplier_id = ?
      ORDER BY category.name_en, own.plant_code NULLS FIRST`,
    [supplierId],
  );

type Choice = { readonly code: string; readonly nameEn: string; readonly nameZh: string };

/** What can be decided about: categories and plants. */
export async function placesToQualifyFor(
  ctx: Ctx,
): Promise<{ categories: readonly Choice[]; plants: readonly Choice[] }> {
  const choices = (table: 'category' | 'plant'): Promise<Choice[]> =>
    rowsOf<Choice>(
      ctx.tx,
      `SELECT one.code, one.name_en AS "nameEn", one.name_zh AS "nameZh" FROM ${table} AS one ORDER BY one.name_en`,
    );
  return { categories: await choices('category'), plants: await choices('plant') };
}

/** A qualification as a spreadsheet has it. */
export type ExportedQualification = {
  readonly supplierReference: string;
  readonly supplierName: string;
  readonly categoryCode: string;
  readonly plantCode: string | null;
  readonly outcome: Outcome;
  readonly validUntil: Day | null;
  readonly conditions: string;
};

/** What holds now, by supplier. */
export const findExported = (ctx: Ctx, limit: number): Promise<ExportedQualification[]> =>
  rowsOf<ExportedQualification>(
    ctx.tx,
    `SELECT supplier.reference AS "supplierReference", supplier.name AS "supplierName",
            own.category_code AS "categoryCode", own.plant_code AS "plantCode", own.outcome,
            own.valid_until AS "validUntil", own.conditions
       FROM qualification AS own
       JOIN supplier ON supplier.id = own.supplier_id
      WHERE own.outcome IS NOT NULL
      ORDER BY supplier.reference, own.category_code, own.plant_code NULLS FIRST
      LIMIT ?`,
    [limit],
  );

type Row = {
  readonly supplierId: string;
  readonly label: string;
  readonly isToDecide: boolean;
  readonly isAsked: boolean;
  readonly validUntil: string | null;
};

/** What waits: for an approver to be decided, for a buyer to be renewed. */
export async function waitingForQualifications(ctx: Ctx): Promise<WaitingItem[]> {
  const isApprover = hasRole(ctx.actor, 'approver');
  const isBuyer = hasRole(ctx.actor, 'buyer');
  if (ctx.actor.kind !== 'staff' || (!isApprover && !isBuyer)) return [];
  const day = dayIn(ctx.now, ctx.policies.company.timeZone);
  const until = addDays(day, Math.max(0, ...ctx.policies.qualification.reminderDays));
  const rows = await rowsOf<Row>(
    ctx.tx,
    `SELECT own.supplier_id AS "supplierId", supplier.name || ' · ' || own.category_code AS label,
            own.wanted IS NOT NULL AS "isToDecide",
            :isBuyer AND own.renewal_asked_at IS NOT NULL AND own.wanted IS NULL AS "isAsked",
            own.valid_until AS "validUntil"
       FROM qualification AS own
       JOIN supplier ON supplier.id = own.supplier_id
      WHERE (:isApprover AND own.wanted IS NOT NULL AND own.requested_by <> ALL (CAST(:persons AS uuid[])))
         OR (:isBuyer AND own.wanted IS NULL AND own.outcome IS NOT NULL AND own.valid_until <= CAST(:until AS date))
         OR (:isBuyer AND own.renewal_asked_at IS NOT NULL)
      ORDER BY own.valid_until NULLS FIRST, own.requested_at
      LIMIT 200`,
    { isApprover, isBuyer, persons: [...personsOf(ctx.actor)], until },
  );
  const toItem = (key: string, urgent: boolean, ofKind: readonly Row[]): WaitingItem[] =>
    ofKind.length === 0
      ? []
      : [
          {
            key,
            count: ofKind.length,
            href: `/suppliers/${ofKind[0]?.supplierId ?? ''}/qualifications`,
            urgent,
            items: ofKind.slice(0, 5).map(({ supplierId, label }) => ({
              label,
              href: `/suppliers/${supplierId}/qualifications`,
              dueAt: null,
            })),
          },
        ];
  const toDecide = rows.filter((row) => row.isToDecide && isApprover);
  const asked = rows.filter((row) => row.isAsked);
  const ending = rows.filter((row) => !row.isToDecide && !row.isAsked);
  return [
    ...toItem('waiting.suppliers.qualifications', true, toDecide),
    ...toItem('waiting.suppliers.qualification-renewals', true, asked),
    ...toItem('waiting.suppliers.qualifications-ending', false, ending),
  ];
}

/** What a reminder says of a qualification. */
export type QualificationTold = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly validUntil: string | null;
  readonly requestedBy: string;
};

export const findQualificationTold = async (ctx: Ctx, id: string): Promise<QualificationTold | undefined> =>
  (
    await rowsOf<QualificationTold>(
      ctx.tx,
      `SELECT own.supplier_id AS "supplierId", supplier.name AS "supplierName", category.name_en AS "categoryEn",
              category.name_zh AS "categoryZh", own.valid_until AS "validUntil", own.requested_by AS "requestedBy"
         FROM qualification AS own
         JOIN supplier ON supplier.id = own.supplier_id
         JOIN category ON category.code = own.category_code
        WHERE own.id = ?`,
      [id],
    )
  )[0];
