import { hasRole, personsOf } from '../kernel/actor.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import * as store from './approval.store.ts';
import { type ApprovableType, type ApproverRole, approverRoles } from './approval.ts';

/** The names of these people. */
export async function findNames(ctx: Ctx, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const rows = await rowsOf<{ id: string; name: string }>(
    ctx.tx,
    'SELECT person.id, person.name FROM user_account AS person WHERE person.id = ANY (?::uuid[])',
    [ids.filter((id) => id !== null)],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Which version of the rules this is. */
export const findPolicyVersion = async (ctx: Ctx, policyId: string | null): Promise<number | null> =>
  (
    await rowsOf<{ version: number }>(
      ctx.tx,
      'SELECT policy.version FROM approval_policy AS policy WHERE policy.id = ?',
      [policyId],
    )
  )[0]?.version ?? null;

/** Everything that was asked and decided on a document: what its timeline shows besides its own acts. */
export const approvalIdsOf = (ctx: Ctx, documentId: string): Promise<string[]> =>
  store.findIds(ctx.tx, documentId);

/** SQL: does the person's scope of this kind hold one of these codes, or does it have none? */
const isWithin = (kind: 'plant' | 'category', codes: string): string => `
                 (NOT EXISTS (SELECT FROM user_scope AS own
                               WHERE own.user_id = person.id AND own.kind = '${kind}')
                  OR EXISTS (SELECT FROM user_scope AS own
                              WHERE own.user_id = person.id AND own.kind = '${kind}'
                                AND own.code = ANY (${codes})))`;

/** Whom to tell of a step: the one it names, or everybody of its role whose scope it lies in. */
export const findAsked = (
  ctx: Ctx,
  stepIds: readonly string[],
): Promise<
  {
    approvalId: string;
    documentType: ApprovableType;
    documentId: string;
    reference: string;
    title: string;
    amount: string | null;
    currency: string;
    requesterId: string;
    barredIds: string[];
    requesterName: string;
    since: Date;
    userIds: string[];
  }[]
> =>
  rowsOf(
    ctx.tx,
    `SELECT approval.id AS "approvalId", approval.document_type AS "documentType",
            approval.document_id AS "documentId", approval.reference, approval.title,
            trim_scale(approval.amount)::text AS amount, approval.currency,
            approval.requester_id AS "requesterId", approval.barred_ids AS "barredIds", requester.name AS "requesterName", min(step.since) AS since,
            array_agg(DISTINCT person.id) AS "userIds"
       FROM approval_step AS step
       JOIN approval ON approval.id = step.approval_id
       JOIN user_account AS requester ON requester.id = approval.requester_id
       JOIN user_account AS person
         ON person.is_active
        AND person.id <> approval.requester_id
        AND person.id <> ALL (approval.barred_ids)
        AND (person.id = step.approver_id
             OR EXISTS (SELECT FROM user_role
                         WHERE user_role.user_id = person.id AND user_role.role = step.approver_role))
      WHERE step.id = ANY (?::uuid[])
        AND step.state = 'pending'
        AND (step.approver_id IS NOT NULL
             OR (${isWithin('plant', 'approval.plant_codes')}
                 AND ${isWithin('category', 'approval.category_codes')}))
      GROUP BY approval.id, requester.name`,
    [[...stepIds]],
  );

/** An approval that waits for somebody. */
export type WaitingApproval = {
  readonly id: string;
  readonly documentType: ApprovableType;
  readonly documentId: string;
  readonly reference: string;
  readonly title: string;
  readonly amount: string | null;
  readonly currency: string;
  readonly requesterName: string;
  readonly since: Date;
};

/** What waits for this actor's decision, the longest waiting first; without what it asked for itself. */
export async function listWaiting(ctx: Ctx): Promise<WaitingApproval[]> {
  const roles: readonly ApproverRole[] = approverRoles.filter((role) => hasRole(ctx.actor, role));
  if (ctx.actor.userId === null || roles.length === 0) return [];
  const places = placesOf(ctx.actor);
  return named<WaitingApproval>(ctx.tx, {
    name: 'approval.waiting',
    text: `
      SELECT approval.id, approval.document_type AS "documentType", approval.document_id AS "documentId",
             approval.reference, approval.title, trim_scale(approval.amount)::text AS amount, approval.currency,
             requester.name AS "requesterName", min(step.since) AS since
        FROM approval_step AS step
        JOIN approval ON approval.id = step.approval_id
        JOIN user_account AS requester ON requester.id = approval.requester_id
       WHERE step.state = 'pending'
         AND approval.state = 'pending'
         AND approval.requester_id <> ALL ($2::uuid[])
         AND NOT approval.barred_ids && $2::uuid[]
         AND (step.approver_id = $1 OR step.approver_role = ANY ($3::text[]))
         AND ($4::text[] IS NULL OR approval.plant_codes && $4::text[])
         AND ($5::text[] IS NULL OR approval.category_codes && $5::text[])
         AND NOT EXISTS (SELECT FROM approval_step AS done
                          WHERE done.approval_id = approval.id
                            AND (done.stage = step.stage OR step.approver_id IS NULL)
                            AND (done.decided_by = ANY ($2::uuid[]) OR done.decided_for = ANY ($2::uuid[])))
       GROUP BY approval.id, requester.name
       ORDER BY min(step.since), approval.id
       LIMIT 200`,
    values: [ctx.actor.userId, personsOf(ctx.actor), roles, places.plants, places.categories],
  });
}

/** Where a document of this kind has its page. */
export const pageOf: Readonly<Record<ApprovableType, string>> = {
  requisition: '/requisitions/',
  sourcing_event: '/events/',
  amendment: '/amendments/',
  award: '/awards/',
  purchase_order: '/orders/',
  agreement: '/agreements/',
};

/** The home page's line. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const waiting = await listWaiting(ctx);
  if (waiting.length === 0) return [];
  const items = waiting.slice(0, 5).map((one) => ({
    label: `${one.reference} ${one.title}`,
    href: `${pageOf[one.documentType]}${one.documentId}`,
    dueAt: null,
  }));
  return [
    { key: 'waiting.approvals.to-decide', count: waiting.length, href: '/approvals', urgent: true, items },
  ];
}
