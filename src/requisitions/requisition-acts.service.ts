import {
  type Decision,
  decideOn,
  type ExtraStep,
  startApproval,
  withdrawApproval,
} from '../approvals/index.ts';
import { type Act, record } from '../audit/index.ts';
import {
  askBudgets,
  budgetYear,
  findBudgetsFor,
  freeReserved,
  type Need,
  reserveBudgets,
} from '../budgets/index.ts';
import { assertMay, findPersonsBehind, mayUse, type Resource } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './requisition.store.ts';
import {
  assertComplete,
  assertNothingBought,
  estimateOf,
  type Requisition,
  type RequisitionLine,
  requisitionLifecycle,
} from './requisition.ts';
import { lockOwn, lockRequisition } from './requisitions.service.ts';

/** Saves a requisition that has moved, and records the move. */
export async function saveMove(
  ctx: Ctx,
  of: { before: Requisition; after: Requisition; act: string; reason?: string; changes?: Act['changes'] },
): Promise<void> {
  await store.saveState(ctx.tx, of.after);
  await record(ctx, {
    action: `requisition.${of.act}`,
    subject: { type: 'requisition', id: of.after.id },
    from: of.before.state,
    to: of.after.state,
    reason: of.reason ?? null,
    changes: {
      reference: of.after.reference,
      ...(of.reason === undefined ? {} : { reason: of.reason }),
      ...of.changes,
    },
  });
}

/**
 * Asks for approval: the budgets are asked first, and then the chain that the rules of today say. Where a budget would
 * be exceeded and lets its owner decide, the owner is asked before everybody else.
 * @throws AppError `requisition.not-found`, `requisition.cannot-submit`, `budget.none`, `budget.exceeded`,
 * `budget.currency-differs`, and what {@link assertComplete} throws
 */
export async function submitRequisition(ctx: Ctx, requisitionId: string): Promise<void> {
  const before = await lockOwn(ctx, requisitionId);
  const state = requisitionLifecycle.next(before.state, 'submit');
  const lines = await store.findLines(ctx.tx, [before.id]);
  const today = todayOf(ctx);
  assertComplete(lines, today);
  const overruns = await askBudgets(ctx, needsOf(before, lines, today));
  const after: Requisition = { ...before, state, submittedAt: ctx.now };
  await saveMove(ctx, {
    before,
    after,
    act: 'submitted',
    changes: { lineCount: lines.length, exceedsBudget: overruns.length > 0 },
  });
  await startApproval(
    ctx,
    {
      documentType: 'requisition',
      documentId: before.id,
      reference: before.reference,
      title: before.title,
      amount: before.estimatedValue,
      currency: before.currency,
      places: lines.map(({ plantCode }) => ({ plantCode, categoryCode: before.categoryCode })),
      requesterId: before.requesterId,
    },
    overruns.map(
      ({ budget }): ExtraStep => ({ approverId: found('user', budget.ownerId), subjectId: budget.id }),
    ),
  );
}

/** What is left of the budgets it needs, for whoever may read budgets. */
export async function findBudgetsOf(ctx: Ctx, requisition: Requisition, lines: readonly RequisitionLine[]) {
  const accounted = lines.filter((line) => line.account !== null);
  return mayUse(ctx, 'budget.read') ? findBudgetsFor(ctx, needsOf(requisition, accounted, todayOf(ctx))) : [];
}

const todayOf = (ctx: Ctx): Day => dayIn(ctx.now, ctx.policies.company.timeZone);

/** What the lines need of which budgets. */
const needsOf = (requisition: Requisition, lines: readonly RequisitionLine[], today: Day): Need[] =>
  lines.map((line) => ({
    documentType: 'requisition_line',
    documentId: line.id,
    label: `${requisition.reference} · ${line.lineNo}`,
    account: line.account ?? '',
    plantCode: line.plantCode,
    year: budgetYear(line.needByOn, today),
    amount: estimateOf(line, requisition.currency) ?? '0',
    currency: requisition.currency,
  }));

/** The requisition as the table of rights asks about its approval. */
export const toDecide = async (ctx: Ctx, requisition: Requisition): Promise<Resource> => ({
  state: requisition.state,
  ties: { requester: requisition.requesterId },
  behind: await findPersonsBehind(ctx, [requisition.id]),
});

/**
 * Decides the step that is the actor's. With the last yes the budgets are reserved, in the same transaction: what was
 * enough when it was submitted may have been taken meanwhile, and then there is no yes.
 * @throws AppError `requisition.not-found`, `budget.exceeded`, what `decideOn` throws, and what {@link assertMay} throws
 */
export async function decideRequisition(
  ctx: Ctx,
  of: { requisitionId: string; decision: Decision; comment: string },
): Promise<void> {
  const before = await lockRequisition(ctx, of.requisitionId);
  assertMay(ctx, `requisition.${of.decision}`, await toDecide(ctx, before));
  const { outcome, agreedSubjects } = await decideOn(ctx, {
    documentType: 'requisition',
    documentId: before.id,
    decision: of.decision,
    comment: of.comment,
  });
  if (outcome === 'pending') return;
  if (outcome === 'approved') {
    const lines = await store.findLines(ctx.tx, [before.id]);
    await reserveBudgets(ctx, needsOf(before, lines, todayOf(ctx)), { agreedBudgetIds: agreedSubjects });
  }
  const action = ({ approved: 'approve', returned: 'return', rejected: 'reject' } as const)[outcome];
  const state = requisitionLifecycle.next(before.state, action);
  await saveMove(ctx, {
    before,
    after: { ...before, state },
    act: outcome,
    ...(of.comment === '' ? {} : { reason: of.comment }),
  });
}

/**
 * Ends it for good, while nothing of it is asked for or ordered; what it had reserved is free again.
 * @throws AppError `requisition.not-found`, `requisition.cannot-cancel`, `requisition.needs-a-reason`,
 * `requisition.is-being-bought`
 */
export async function cancelRequisition(
  ctx: Ctx,
  of: { requisitionId: string; reason: string },
): Promise<void> {
  const before = await lockOwn(ctx, of.requisitionId);
  const state = requisitionLifecycle.next(before.state, 'cancel');
  if (of.reason.trim() === '') throw ruleBroken('requisition.needs-a-reason', 'Say why');
  const lines = await store.findLines(ctx.tx, [before.id]);
  assertNothingBought(lines);
  await withdrawApproval(ctx, { documentType: 'requisition', documentId: before.id });
  await freeReserved(
    ctx,
    lines.map((line) => line.id),
  );
  await saveMove(ctx, { before, after: { ...before, state }, act: 'cancelled', reason: of.reason });
}
