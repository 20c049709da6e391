import type { Ctx } from '../platform/db/context.ts';
import * as store from './approval.store.ts';
import type { ApprovableType, Approval, ApprovalStep } from './approval.ts';
import { findNames, findPolicyVersion } from './approvals.queries.ts';
import { mayDecide } from './who-decides.service.ts';

/** A step as its page shows it. */
export type ShownStep = ApprovalStep & {
  readonly approverName: string | null;
  readonly deciderName: string | null;
  readonly decidedForName: string | null;
  readonly escalatedFromName: string | null;
};
export type ShownApproval = {
  readonly approval: Approval;
  readonly steps: readonly ShownStep[];
  /** The version of the rules it started with; null where none was there. */
  readonly policyVersion: number | null;
  readonly mayDecide: boolean;
};

/** The newest approval of a document: who has decided, who is asked now, since when. */
export async function findApproval(
  ctx: Ctx,
  of: { documentType: ApprovableType; documentId: string },
): Promise<ShownApproval | null> {
  const approval = await store.findNewest(ctx.tx, of);
  if (approval === undefined) return null;
  const steps = await store.findSteps(ctx.tx, approval.id);
  const names = await findNames(
    ctx,
    steps.flatMap((step) => [step.approverId, step.decidedBy, step.decidedFor, step.escalatedFrom]),
  );
  const nameOf = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? null));
  return {
    approval,
    steps: steps.map((step) => ({
      ...step,
      approverName: nameOf(step.approverId),
      deciderName: nameOf(step.decidedBy),
      decidedForName: nameOf(step.decidedFor),
      escalatedFromName: nameOf(step.escalatedFrom),
    })),
    policyVersion: await findPolicyVersion(ctx, approval.policyId),
    mayDecide: await mayDecide(ctx, approval, steps),
  };
}
