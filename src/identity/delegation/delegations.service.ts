import { record, recordAll } from '../../audit/index.ts';
import type { Role } from '../../kernel/actor.ts';
import { found, notFound, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { addDays, dayIn, startOfDay } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as users from '../user.store.ts';
import * as store from './delegation.store.ts';
import { assertMayDelegate, type Wanted } from './delegation.ts';

/**
 * Leaves roles of whoever acts to a colleague, for some days of its own time zone. Gives the delegation's id.
 * @throws AppError `user.not-found`, and what {@link assertMayDelegate} throws
 */
export async function giveDelegation(
  ctx: Ctx,
  wanted: Wanted & { readonly delegateId: string; readonly note: string },
): Promise<string> {
  // One after the other: two delegations of one person, made at once, do not both pass the rules.
  const principal = found('user', await users.lockById(ctx.tx, ctx.actor.userId ?? ''));
  const delegate = found('user', await users.findById(ctx.tx, wanted.delegateId));
  const { timeZone } = principal;
  assertMayDelegate({
    wanted,
    principal,
    delegate,
    given: await store.findStanding(ctx.tx, { principalId: principal.id }),
    received: await store.findStanding(ctx.tx, { delegateId: delegate.id }),
    today: dayIn(ctx.now, timeZone),
  });
  const id = newId();
  const { roles, fromOn, untilOn, note } = wanted;
  await store.insertDelegation(ctx.tx, {
    id,
    principalId: principal.id,
    delegateId: delegate.id,
    roles,
    fromOn,
    untilOn,
    timeZone,
    startsAt: startOfDay(fromOn, timeZone),
    endsAt: startOfDay(addDays(untilOn, 1), timeZone),
    note,
    createdAt: ctx.now,
  });
  await record(ctx, {
    action: 'delegation.given',
    subject: { type: 'delegation', id },
    reason: note === '' ? null : note,
    changes: { principalId: principal.id, delegateId: delegate.id, roles, fromOn, untilOn, timeZone },
  });
  return id;
}

/**
 * Ends a delegation at once: who gave it, who received it, or an administrator.
 * @throws AppError `delegation.not-found`, also for somebody else's; `delegation.ended-already`
 */
export async function endDelegation(ctx: Ctx, id: string, by: { oversees: boolean }): Promise<void> {
  const delegation = found('delegation', await store.lockDelegation(ctx.tx, id));
  const isOwn = [delegation.principalId, delegation.delegateId].includes(ctx.actor.userId ?? '');
  if (!isOwn && !by.oversees) throw notFound('delegation');
  if (delegation.endedAt !== null) throw ruleBroken('delegation.ended-already', 'It has ended already');
  await store.saveEnded(ctx.tx, [id], ctx.now);
  await recordAll(ctx, [actOfEnd(delegation, 'ended')]);
}

/** Notes what has run out or lost one of its people; it stopped holding before, by itself. Gives how many. */
export async function noteRunOutDelegations(ctx: Ctx): Promise<number> {
  const over = await store.lockRunOut(ctx.tx, ctx.now);
  await store.saveEnded(
    ctx.tx,
    over.map((one) => one.id),
    ctx.now,
  );
  await recordAll(
    ctx,
    over.map((one) => actOfEnd(one, 'run-out')),
  );
  return over.length;
}

const actOfEnd = ({ id, principalId, delegateId }: store.Delegation, how: 'ended' | 'run-out') => ({
  action: `delegation.${how}`,
  subject: { type: 'delegation', id },
  changes: { principalId, delegateId },
});

/** What the page shows: one's own, those received, everybody's for who oversees them, and who could stand in. */
export async function listDelegations(ctx: Ctx, by: { oversees: boolean }) {
  const userId = found('page', ctx.actor.userId);
  const user = found('page', await users.findById(ctx.tx, userId));
  return {
    given: await store.findShown(ctx.tx, { principalId: userId }),
    received: await store.findShown(ctx.tx, { delegateId: userId }),
    all: by.oversees ? await store.findShown(ctx.tx, 'everybody') : null,
    colleagues: await store.findColleagues(ctx.tx, userId),
    ownRoles: user.roles,
    timeZone: user.timeZone,
    today: dayIn(ctx.now, user.timeZone),
  };
}

/** @throws AppError `delegation.not-found` */
export const findDelegation = async (ctx: Ctx, id: string): Promise<store.ShownDelegation> =>
  found('delegation', await store.findDelegation(ctx.tx, id));

/** Who of these people is away, until when, and who acts for it. */
export const findAbsences = (
  ctx: Ctx,
  userIds: readonly (string | null)[],
): Promise<store.ShownDelegation[]> =>
  store.findAbsences(ctx.tx, { principalIds: userIds.filter((id) => id !== null), now: ctx.now });

/** Who of those with this role is away. */
export const findAbsencesInRole = (ctx: Ctx, role: Role): Promise<store.ShownDelegation[]> =>
  store.findAbsencesInRole(ctx.tx, { role, now: ctx.now });

/** Acts by which a document becomes somebody's own. */
const MAKING: readonly string[] = [
  'requisition.created',
  'requisition.submitted',
  'sourcing_event.created',
  'sourcing_event.approval-requested',
  'award.proposed',
  'invoice.exception-accepted',
  'goods_receipt.posted',
];

/**
 * Everybody who made one of these documents for another, or for whom it was made: what was done for another counts
 * as done by both, so neither approves it later.
 */
export const findPersonsBehind = (ctx: Ctx, subjectIds: readonly string[]): Promise<string[]> =>
  store.findPersonsBehind(ctx.tx, { subjectIds, actions: MAKING });
