import { newId } from '../kernel/id.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { ApprovableType, ApprovalRule } from './approval.ts';

/** A version of the rules for one kind of document. Never changed: another follows it. */
export type ApprovalPolicy = {
  readonly id: string;
  readonly documentType: ApprovableType;
  readonly version: number;
  readonly validFrom: Day;
  readonly currency: string;
  readonly note: string;
  readonly createdAt: Date;
  readonly createdByName: string;
  readonly rules: readonly ApprovalRule[];
};

const POLICY = `
  SELECT policy.id, policy.document_type AS "documentType", policy.version, policy.valid_from AS "validFrom",
         policy.currency, policy.note, policy.created_at AS "createdAt", author.name AS "createdByName",
         (SELECT COALESCE(jsonb_agg(jsonb_build_object(
                   'fromAmount', trim_scale(rule.from_amount)::text, 'categoryCode', rule.category_code,
                   'plantCode', rule.plant_code, 'stage', rule.stage, 'needs', rule.needs,
                   'approverId', rule.approver_id, 'approverRole', rule.approver_role,
                   'remindAfterDays', rule.remind_after_days, 'escalateAfterDays', rule.escalate_after_days,
                   'escalateTo', rule.escalate_to) ORDER BY rule.row_no), '[]')
            FROM approval_rule AS rule
           WHERE rule.policy_id = policy.id) AS rules
    FROM approval_policy AS policy
    JOIN user_account AS author ON author.id = policy.created_by`;

/** The version that holds on this day: the latest of those that have begun, and of two of one day the later written. */
export const findPolicyOn = async (
  tx: Tx,
  of: { documentType: ApprovableType; day: Day },
): Promise<ApprovalPolicy | undefined> =>
  (
    await named<ApprovalPolicy>(tx, {
      name: 'approval_policy.on-day',
      text: `${POLICY}
       WHERE policy.document_type = $1 AND policy.valid_from <= $2
       ORDER BY policy.valid_from DESC, policy.version DESC
       LIMIT 1`,
      values: [of.documentType, of.day],
    })
  )[0];

/** All versions, the newest first. */
export const findPolicies = (tx: Tx, documentType: ApprovableType): Promise<ApprovalPolicy[]> =>
  rowsOf<ApprovalPolicy>(
    tx,
    `${POLICY} WHERE policy.document_type = ? ORDER BY policy.version DESC LIMIT 100`,
    [documentType],
  );

/** Writes a version after the last one; two who write at once take turns at the unique number. */
export async function insertPolicy(
  tx: Tx,
  policy: Omit<ApprovalPolicy, 'version' | 'createdByName'> & { createdBy: string },
): Promise<number> {
  const last = await firstOf<{ version: number }>(
    tx,
    'SELECT COALESCE(max(policy.version), 0) AS version FROM approval_policy AS policy WHERE policy.document_type = ?',
    [policy.documentType],
  );
  const version = (last?.version ?? 0) + 1;
  await tx('approval_policy').insert({
    id: policy.id,
    document_type: policy.documentType,
    version,
    valid_from: policy.validFrom,
    currency: policy.currency,
    note: policy.note,
    created_by: policy.createdBy,
    created_at: policy.createdAt,
  });
  const rows = policy.rules.map((rule, index) => ({
    id: newId(),
    policy_id: policy.id,
    row_no: index + 1,
    from_amount: rule.fromAmount,
    category_code: rule.categoryCode,
    plant_code: rule.plantCode,
    stage: rule.stage,
    needs: rule.needs,
    approver_id: rule.approverId,
    approver_role: rule.approverRole,
    remind_after_days: rule.remindAfterDays,
    escalate_after_days: rule.escalateAfterDays,
    escalate_to: rule.escalateTo,
  }));
  await rowsOf(
    tx,
    'INSERT INTO approval_rule SELECT * FROM jsonb_populate_recordset(NULL::approval_rule, ?::jsonb)',
    [JSON.stringify(rows)],
  );
  return version;
}
