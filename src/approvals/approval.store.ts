import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import {
  type ApprovableType,
  type Approval,
  type ApprovalStep,
  type ApproverRole,
  approverRoles,
} from './approval.ts';
import { type CountedBy, nextDueAt } from './approval-time.ts';

const APPROVAL = `
  SELECT approval.id, approval.document_type AS "documentType", approval.document_id AS "documentId",
         approval.reference, approval.title, trim_scale(approval.amount)::text AS amount, approval.currency,
         approval.requester_id AS "requesterId", approval.barred_ids AS "barredIds", approval.plant_codes AS "plantCodes",
         approval.category_codes AS "categoryCodes", approval.policy_id AS "policyId", approval.state,
         approval.started_at AS "startedAt", approval.ended_at AS "endedAt"
    FROM approval`;

const STEP = `
  SELECT step.id, step.stage, step.step_no AS "stepNo", step.needs, step.approver_id AS "approverId",
         step.approver_role AS "approverRole", step.reason, step.subject_id AS "subjectId",
         step.remind_after_days AS "remindAfterDays", step.escalate_after_days AS "escalateAfterDays",
         step.escalate_to AS "escalateTo", step.state, step.since, step.reminded_at AS "remindedAt",
         step.escalated_at AS "escalatedAt", step.escalated_from AS "escalatedFrom",
         step.decided_at AS "decidedAt", step.decided_by AS "decidedBy", step.decided_for AS "decidedFor",
         step.comment`;

export type Of = { readonly documentType: ApprovableType; readonly documentId: string };

/** The approval that is under way on this document, held until the transaction ends. */
export const lockPending = (tx: Tx, of: Of): Promise<Approval | undefined> =>
  firstOf<Approval>(
    tx,
    `${APPROVAL}
      WHERE approval.document_type = ? AND approval.document_id = ? AND approval.state = 'pending'
        FOR UPDATE`,
    [of.documentType, of.documentId],
  );

export const lockById = (tx: Tx, id: string): Promise<Approval | undefined> =>
  firstOf<Approval>(tx, `${APPROVAL} WHERE approval.id = ? FOR UPDATE`, [id]);

/** The newest approval of the document, whatever became of it. */
export const findNewest = (tx: Tx, of: Of): Promise<Approval | undefined> =>
  firstOf<Approval>(
    tx,
    `${APPROVAL}
      WHERE approval.document_type = ? AND approval.document_id = ?
      ORDER BY approval.started_at DESC, approval.id DESC
      LIMIT 1`,
    [of.documentType, of.documentId],
  );

/** Every approval that was ever asked for this document: their acts belong to its timeline. */
export const findIds = async (tx: Tx, documentId: string): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      'SELECT approval.id FROM approval WHERE approval.document_id = ? ORDER BY approval.id LIMIT 100',
      [documentId],
    )
  ).map(({ id }) => id);

export const findSteps = (tx: Tx, approvalId: string): Promise<ApprovalStep[]> =>
  rowsOf<ApprovalStep>(
    tx,
    `${STEP}
       FROM approval_step AS step
      WHERE step.approval_id = ?
      ORDER BY step.step_no`,
    [approvalId],
  );

export async function insertApproval(tx: Tx, approval: Approval): Promise<void> {
  await tx('approval').insert({
    id: approval.id,
    document_type: approval.documentType,
    document_id: approval.documentId,
    reference: approval.reference,
    title: approval.title,
    amount: approval.amount,
    currency: approval.currency,
    requester_id: approval.requesterId,
    barred_ids: [...approval.barredIds],
    plant_codes: [...approval.plantCodes],
    category_codes: [...approval.categoryCodes],
    policy_id: approval.policyId,
    state: approval.state,
    started_at: approval.startedAt,
    ended_at: approval.endedAt,
  });
}

/** Saves the steps as they are now, new ones and old ones, in one statement. */
export async function saveSteps(
  tx: Tx,
  of: CountedBy & { approvalId: string; steps: readonly ApprovalStep[] },
): Promise<void> {
  const rows = of.steps.map((step) => ({
    id: step.id,
    stage: step.stage,
    step_no: step.stepNo,
    needs: step.needs,
    approver_id: step.approverId,
    approver_role: step.approverRole,
    reason: step.reason,
    subject_id: step.subjectId,
    remind_after_days: step.remindAfterDays,
    escalate_after_days: step.escalateAfterDays,
    escalate_to: step.escalateTo,
    state: step.state,
    since: step.since,
    due_at: nextDueAt(step, of),
    reminded_at: step.remindedAt,
    escalated_at: step.escalatedAt,
    escalated_from: step.escalatedFrom,
    decided_at: step.decidedAt,
    decided_by: step.decidedBy,
    decided_for: step.decidedFor,
    comment: step.comment,
  }));
  await rowsOf(
    tx,
    `INSERT INTO approval_step
       (id, approval_id, stage, step_no, needs, approver_id, approver_role, reason, subject_id, remind_after_days,
        escalate_after_days, escalate_to, state, since, due_at, reminded_at, escalated_at, escalated_from, decided_at,
        decided_by, decided_for, comment)
     SELECT step.id, ?, step.stage, step.step_no, step.needs, step.approver_id, step.approver_role, step.reason,
            step.subject_id, step.remind_after_days, step.escalate_after_days, step.escalate_to, step.state, step.since,
            step.due_at, step.reminded_at, step.escalated_at, step.escalated_from, step.decided_at, step.decided_by,
            step.decided_for, step.comment
       FROM jsonb_populate_recordset(NULL::approval_step, ?::jsonb) AS step
     ON CONFLICT (id) DO UPDATE
        SET approver_id = excluded.approver_id, approver_role = excluded.approver_role, state = excluded.state,
            since = excluded.since, due_at = excluded.due_at, reminded_at = excluded.reminded_at,
            escalated_at = excluded.escalated_at, escalated_from = excluded.escalated_from,
            decided_at = excluded.decided_at, decided_by = excluded.decided_by, decided_for = excluded.decided_for,
            comment = excluded.comment`,
    [of.approvalId, JSON.stringify(rows)],
  );
}

export async function saveEnd(tx: Tx, approval: Pick<Approval, 'id' | 'state' | 'endedAt'>): Promise<void> {
  await tx('approval')
    .where({ id: approval.id })
    .update({ state: approval.state, ended_at: approval.endedAt });
}

/** Approvals with a step that time has to look at; those somebody decides on now wait for the next round. */
export const findDue = (tx: Tx, of: { now: Date; limit: number }): Promise<{ approvalId: string }[]> =>
  rowsOf(
    tx,
    `SELECT approval.id AS "approvalId"
       FROM approval
      WHERE approval.state = 'pending'
        AND EXISTS (SELECT FROM approval_step AS step
                     WHERE step.approval_id = approval.id AND step.state = 'pending' AND step.due_at <= ?)
      ORDER BY approval.started_at, approval.id
      LIMIT ?
        FOR UPDATE SKIP LOCKED`,
    [of.now, of.limit],
  );

/** Who of these cannot decide any more: the account is closed, or has no role that decides. */
export const findUnfit = async (tx: Tx, userIds: readonly string[]): Promise<string[]> =>
  (
    await rowsOf<{ id: string }>(
      tx,
      `SELECT person.id
         FROM user_account AS person
        WHERE person.id = ANY (?::uuid[])
          AND (NOT person.is_active
               OR NOT EXISTS (SELECT FROM user_role
                               WHERE user_role.user_id = person.id AND user_role.role = ANY (?::text[])))`,
      [[...userIds], [...approverRoles]],
    )
  ).map(({ id }) => id);

/** Everybody who has one of these roles, and so can be named in a rule. */
export const findPossibleApprovers = (
  tx: Tx,
  roles: readonly ApproverRole[],
): Promise<{ id: string; name: string; email: string }[]> =>
  rowsOf(
    tx,
    `SELECT person.id, person.name, person.email
       FROM user_account AS person
      WHERE person.is_active
        AND EXISTS (SELECT FROM user_role
                     WHERE user_role.user_id = person.id AND user_role.role = ANY (?::text[]))
      ORDER BY lower(person.name), person.id
      LIMIT 1000`,
    [[...roles]],
  );
