import { type Act, record, recordAll } from '../audit/index.ts';
import { calendarAt } from '../catalog/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './approval.store.ts';
import {
  type ApprovableType,
  type Approval,
  type ApprovalStep,
  approvalLifecycle,
  begin,
  type Decision,
  decide,
  type PlannedStep,
  rulesOf,
} from './approval.ts';
import { asksAnybody, chainFor, inPlace } from './approval-chain.ts';
import { findPolicyOn } from './approval-policy.store.ts';
import { type CountedBy, passTime } from './approval-time.ts';
import { requestersOf, stepOf } from './who-decides.service.ts';

/** What is to be approved, said once when it is asked for. */
export type ToBeApproved = {
  readonly documentType: ApprovableType;
  readonly documentId: string;
  readonly reference: string;
  readonly title: string;
  readonly amount: string | null;
  readonly currency: string;
  readonly places: readonly { readonly plantCode: string; readonly categoryCode: string }[];
  readonly requesterId: string;
  /** Who else has a part in it, and so decides nothing of it: its event's owner, who scored the bids. */
  readonly barredIds?: readonly string[];
};

/** A person who is asked besides what the rules say, before everybody else: the owner of an exceeded budget. */
export type ExtraStep = { readonly approverId: string; readonly subjectId: string };

/**
 * Starts the chain that the rules of today ask for; who is asked first is asked with it. Where no rule fits an
 * approver is asked.
 */
export async function startApproval(
  ctx: Ctx,
  of: ToBeApproved,
  extra: readonly ExtraStep[] = [],
): Promise<void> {
  const counted = await countedBy(ctx);
  const policy = await findPolicyOn(ctx.tx, {
    documentType: rulesOf(of.documentType),
    day: today(ctx),
  });
  const rules = policy?.rules ?? [];
  const named = [...rules, ...extra].map((one) => one.approverId).filter((id) => id !== null);
  const barredIds = [...(await requestersOf(ctx, of)), ...(await store.findUnfit(ctx.tx, named))];
  const planned = [
    ...extra.map((step) => overBudget(step, barredIds)),
    ...chainFor(rules, { ...of, barredIds }, policy?.currency ?? of.currency),
  ];
  const approval: Approval = {
    id: newId(),
    documentType: of.documentType,
    documentId: of.documentId,
    reference: of.reference,
    title: of.title,
    amount: of.amount,
    currency: of.currency,
    requesterId: of.requesterId,
    barredIds: of.barredIds ?? [],
    plantCodes: [...new Set(of.places.map((place) => place.plantCode))],
    categoryCodes: [...new Set(of.places.map((place) => place.categoryCode))],
    policyId: policy?.id ?? null,
    state: approvalLifecycle.initial,
    startedAt: ctx.now,
    endedAt: null,
  };
  const steps = begin(planned, { at: ctx.now, newId });
  await store.insertApproval(ctx.tx, approval);
  await store.saveSteps(ctx.tx, { ...counted, approvalId: approval.id, steps });
  await recordAll(ctx, [
    actOn(approval, 'started', {
      to: approval.state,
      changes: { policyVersion: policy?.version ?? null, stepCount: steps.length },
    }),
    ...askedActs(approval, [], steps),
  ]);
}

/** Do the rules of today ask anybody about this? Where they do not, the document's own rule decides. */
export async function hasChain(ctx: Ctx, of: ToBeApproved): Promise<boolean> {
  const policy = await findPolicyOn(ctx.tx, { documentType: rulesOf(of.documentType), day: today(ctx) });
  return policy !== undefined && asksAnybody(policy.rules, { ...of, barredIds: [] }, policy.currency);
}

/** Is a chain under way on this document? */
export const isUnderApproval = async (ctx: Ctx, of: store.Of): Promise<boolean> =>
  (await store.lockPending(ctx.tx, of)) !== undefined;

/** Its owner agrees to the overrun before anybody looks at the rest. */
const overBudget = (step: ExtraStep, barredIds: readonly string[]): PlannedStep =>
  inPlace(
    {
      approverId: step.approverId,
      approverRole: null,
      stage: 0,
      needs: 'all',
      reason: 'over-budget',
      subjectId: step.subjectId,
      remindAfterDays: 2,
      escalateAfterDays: null,
      escalateTo: null,
    },
    barredIds,
  );

const countedBy = async (ctx: Ctx): Promise<CountedBy> => ({
  timeZone: ctx.policies.company.timeZone,
  calendar: await calendarAt(ctx, null),
});

const today = (ctx: Ctx): Day => dayIn(ctx.now, ctx.policies.company.timeZone);

/** What a decision has led to, and which subjects of steps (budgets) somebody agreed to. */
export type DecidedOn = {
  readonly outcome: 'pending' | 'approved' | 'returned' | 'rejected';
  readonly agreedSubjects: readonly string[];
};

/**
 * Decides the step of this document that is the actor's, in its own name or for somebody absent.
 * @throws AppError `approval.not-found`, `approval.not-yours-to-decide`, `approval.requester-decides`,
 * `approval.decided-already`, `approval.needs-a-comment`
 */
export async function decideOn(
  ctx: Ctx,
  of: store.Of & { decision: Decision; comment: string },
): Promise<DecidedOn> {
  const approval = found('approval', await store.lockPending(ctx.tx, of));
  const before = await store.findSteps(ctx.tx, approval.id);
  const { step, actor } = stepOf(ctx, before, await requestersOf(ctx, approval));
  if (of.decision !== 'approve' && of.comment.trim() === '')
    throw ruleBroken('approval.needs-a-comment', 'Say why');
  const { steps, outcome } = decide(before, {
    stepId: step.id,
    decision: of.decision,
    by: actor.userId ?? '',
    for: actor.onBehalfOf?.userId ?? null,
    at: ctx.now,
    comment: of.comment,
  });
  await store.saveSteps(ctx.tx, { ...(await countedBy(ctx)), approvalId: approval.id, steps });
  const after = { ...approval, state: outcome, endedAt: outcome === 'pending' ? null : ctx.now };
  if (outcome !== 'pending') await store.saveEnd(ctx.tx, after);
  const acting: Ctx = { ...ctx, actor };
  await recordAll(acting, [
    actOn(approval, `step-${PAST[of.decision]}`, {
      from: approval.state,
      to: outcome,
      reason: of.comment === '' ? null : of.comment,
      changes: { stepNo: step.stepNo, stage: step.stage },
    }),
    ...(outcome === 'pending' ? askedActs(approval, before, steps) : []),
  ]);
  return {
    outcome,
    agreedSubjects: steps.flatMap((one) =>
      one.state === 'approved' && one.subjectId !== null ? [one.subjectId] : [],
    ),
  };
}

const PAST = { approve: 'approved', return: 'returned', reject: 'rejected' } as const;

/** The document is taken back or ended: nobody is asked any more. Nothing where nothing is under way. */
export async function withdrawApproval(ctx: Ctx, of: store.Of): Promise<void> {
  const approval = await store.lockPending(ctx.tx, of);
  if (approval === undefined) return;
  const steps = await store.findSteps(ctx.tx, approval.id);
  const skipped = steps.map((step) =>
    step.state === 'pending' || step.state === 'waiting' ? { ...step, state: 'skipped' as const } : step,
  );
  await store.saveSteps(ctx.tx, { ...(await countedBy(ctx)), approvalId: approval.id, steps: skipped });
  const state = approvalLifecycle.next(approval.state, 'withdraw');
  await store.saveEnd(ctx.tx, { id: approval.id, state, endedAt: ctx.now });
  await record(ctx, actOn(approval, 'withdrawn', { from: approval.state, to: state }));
}

/**
 * Reminds whom a step waits for, then asks somebody else; decides for nobody. Gives how many steps it touched. Safe to
 * repeat: a step that was reminded of is not due for it again.
 */
export async function passTimeOnApprovals(ctx: Ctx): Promise<number> {
  const counted = await countedBy(ctx);
  let count = 0;
  for (const { approvalId } of await store.findDue(ctx.tx, { now: ctx.now, limit: 50 })) {
    const approval = found('approval', await store.lockById(ctx.tx, approvalId));
    const steps = await store.findSteps(ctx.tx, approvalId);
    const next = steps.map((step) => step.escalateTo).filter((id) => id !== null);
    const barredIds = [...(await requestersOf(ctx, approval)), ...(await store.findUnfit(ctx.tx, next))];
    const passed = steps.flatMap((step) => {
      const one = passTime(step, { ...counted, now: ctx.now, barredIds });
      return one === null ? [] : [one];
    });
    await store.saveSteps(ctx.tx, { ...counted, approvalId, steps: passed.map(({ step }) => step) });
    await recordAll(
      ctx,
      passed.map(({ step, did }) => actOn(approval, did, { changes: { stepIds: [step.id] } })),
    );
    count += passed.length;
  }
  return count;
}

/** Who was not asked before and is asked now; nothing where there is nobody. */
function askedActs(
  approval: Approval,
  before: readonly ApprovalStep[],
  after: readonly ApprovalStep[],
): Act[] {
  const wasAsked = new Set(before.filter((step) => step.state === 'pending').map((step) => step.id));
  const stepIds = after
    .filter((step) => step.state === 'pending' && !wasAsked.has(step.id))
    .map(({ id }) => id);
  return stepIds.length === 0 ? [] : [actOn(approval, 'asked', { changes: { stepIds } })];
}

function actOn(approval: Approval, what: string, more: Omit<Act, 'action' | 'subject'>): Act {
  const { reference, documentType, documentId } = approval;
  return {
    ...more,
    action: `approval.${what}`,
    subject: { type: 'approval', id: approval.id },
    changes: { reference, documentType, documentId, ...more.changes },
  };
}
