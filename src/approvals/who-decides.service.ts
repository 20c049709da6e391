import { findPersonsBehind, standingInFor } from '../identity/index.ts';
import { type Actor, personsOf } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type Approval, type ApprovalStep, approverRoles, hasDecidedAlready } from './approval.ts';

type Candidate = { readonly actor: Actor; readonly id: string | null; readonly roles: readonly string[] };

/** In whose name the actor may decide: its own, then for each who left it its roles. */
function candidatesOf(actor: Actor): Candidate[] {
  const { onBehalfOf, actsFor = [] } = actor;
  const own = onBehalfOf === undefined ? [{ actor, id: actor.userId, roles: actor.roles }] : [];
  const isListed = actsFor.some((principal) => principal.userId === onBehalfOf?.userId);
  const named =
    onBehalfOf === undefined || isListed ? [] : [{ actor, id: onBehalfOf.userId, roles: actor.roles }];
  const principals = actsFor.map((principal) => ({
    actor: standingInFor(actor, principal),
    id: principal.userId,
    roles: principal.roles,
  }));
  return [...own, ...named, ...principals];
}

const isAsked = (step: ApprovalStep, { id, roles }: Candidate): boolean =>
  step.approverId === null
    ? roles.includes(step.approverRole)
    : step.approverId === id && approverRoles.some((role) => roles.includes(role));

/** @throws AppError `approval.not-yours-to-decide`, `approval.requester-decides`, `approval.decided-already` */
export function stepOf(
  ctx: Ctx,
  steps: readonly ApprovalStep[],
  requesterIds: readonly string[],
): { step: ApprovalStep; actor: Actor } {
  const asked = steps
    .filter((step) => step.state === 'pending')
    .flatMap((step) =>
      candidatesOf(ctx.actor)
        .filter((candidate) => isAsked(step, candidate))
        .map(({ actor }) => ({ step, actor })),
    );
  if (asked.length === 0) throw ruleBroken('approval.not-yours-to-decide', 'Somebody else is asked now');
  const others = asked.filter(({ actor }) => !personsOf(actor).some((id) => requesterIds.includes(id)));
  if (others.length === 0)
    throw ruleBroken('approval.requester-decides', 'Nobody approves what they asked for');
  const free = others.find(({ step, actor }) => !hasDecidedAlready(steps, step, personsOf(actor)));
  if (free === undefined) throw ruleBroken('approval.decided-already', 'One hand decides once');
  return free;
}

/** Who asks, who else has a part in it, and whoever made the document for another. */
export const requestersOf = async (
  ctx: Ctx,
  of: Pick<Approval, 'requesterId' | 'documentId'> & Partial<Pick<Approval, 'barredIds'>>,
): Promise<readonly string[]> => [
  of.requesterId,
  ...(of.barredIds ?? []),
  ...(await findPersonsBehind(ctx, [of.documentId])),
];

/** May the actor decide a step of this approval now? What the buttons are drawn from. */
export async function mayDecide(
  ctx: Ctx,
  approval: Approval,
  steps: readonly ApprovalStep[],
): Promise<boolean> {
  if (approval.state !== 'pending') return false;
  try {
    stepOf(ctx, steps, await requestersOf(ctx, approval));
    return true;
  } catch {
    return false;
  }
}
