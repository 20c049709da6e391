import { record, recordAll } from '../../audit/index.ts';
import type { StaffRole } from '../../kernel/actor.ts';
import { found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { assertMayGrant, assertMayHold, assertMayRemove } from './granting.ts';
import { assertAdministratorRemains, lockAsSeen } from './person.service.ts';
import * as people from './person.store.ts';
import * as store from './role-request.store.ts';
import {
  assertMayDecide,
  isHandOf,
  needsFourEyes,
  type RoleRequest,
  requestExpiresAt,
  roleRequestLifecycle,
} from './role-request.ts';

/** A change of somebody's roles, as it was seen by whoever makes it. */
export type RoleChange = {
  readonly userId: string;
  readonly role: StaffRole;
  readonly reason: string;
  readonly version: number;
};

/**
 * Gives a role, or asks another administrator for it where the role needs four eyes: then gives the request's id.
 * @throws AppError `user.not-found`, `person.changed-meanwhile`, `role_grant_request.waits-already`, and all of
 * `assertMayGrant`
 */
export async function grantRole(ctx: Ctx, change: RoleChange): Promise<string | null> {
  const person = await lockAsSeen(ctx, change);
  assertMayGrant(ctx.actor, person, change.role);
  if (needsFourEyes(change.role)) return askForRole(ctx, change);
  await giveRole(ctx, { ...change, grantedBy: ctx.actor.userId, requestId: null });
  return null;
}

async function askForRole(ctx: Ctx, { userId, role, reason }: RoleChange): Promise<string> {
  const request: RoleRequest = {
    id: newId(),
    userId,
    role,
    state: roleRequestLifecycle.initial,
    reason,
    requestedBy: found('user', ctx.actor.userId),
    requestedAt: ctx.now,
    expiresAt: requestExpiresAt(ctx.now),
    decisionReason: null,
  };
  if (!(await store.insertRequest(ctx.tx, request)))
    throw ruleBroken('role_grant_request.waits-already', 'The same was asked for already');
  await record(ctx, {
    action: 'role_grant_request.asked',
    subject: { type: 'role_grant_request', id: request.id },
    to: request.state,
    reason,
    changes: { userId, role },
  });
  return request.id;
}

async function giveRole(
  ctx: Ctx,
  of: Omit<RoleChange, 'version'> & { grantedBy: string | null; requestId: string | null },
): Promise<void> {
  await people.insertGranted(ctx.tx, { ...of, at: ctx.now });
  await record(ctx, {
    action: 'user.role-granted',
    subject: { type: 'user', id: of.userId },
    reason: of.reason,
    changes: { role: of.role, ...(of.requestId === null ? {} : { requestId: of.requestId }) },
  });
}

/**
 * Takes back a role that was granted here, at once.
 * @throws AppError `user.not-found`, `person.changed-meanwhile`, `role.last-administrator`, and all of
 * `assertMayRemove`
 */
export async function removeRole(ctx: Ctx, change: RoleChange): Promise<void> {
  const person = await lockAsSeen(ctx, change);
  const sources = await people.findSources(ctx.tx, change);
  assertMayRemove(person, sources);
  const staysByAnother = sources.some((source) => source !== 'granted');
  if (change.role === 'administrator' && person.isActive && !staysByAnother)
    await assertAdministratorRemains(ctx, person.id);
  await people.deleteGranted(ctx.tx, change);
  await record(ctx, {
    action: 'user.role-removed',
    subject: { type: 'user', id: person.id },
    reason: change.reason,
    changes: { role: change.role },
  });
}

/**
 * Grants what was asked for, or refuses it with a reason.
 * @throws AppError `role_grant_request.not-found`, `role_grant_request.cannot-grant`,
 * `role_grant_request.cannot-refuse`, `role_grant_request.needs-a-reason`, and all of `assertMayDecide` and
 * `assertMayHold`
 */
export async function decideRoleRequest(
  ctx: Ctx,
  of: { requestId: string; decision: 'grant' | 'refuse'; reason: string | null },
): Promise<void> {
  const asked = found('role_grant_request', await store.findRequest(ctx.tx, of.requestId));
  const person = found('user', await people.lockPerson(ctx.tx, asked.userId));
  const request = found('role_grant_request', await store.lockRequest(ctx.tx, asked.id));
  const state = roleRequestLifecycle.next(request.state, of.decision);
  assertMayDecide(ctx.actor, request, ctx.now);
  if (of.decision === 'refuse' && of.reason === null)
    throw ruleBroken('role_grant_request.needs-a-reason', 'Say why');
  if (of.decision === 'grant') assertMayHold(person, request.role);
  const decidedBy = found('user', ctx.actor.userId);
  await store.saveDecision(ctx.tx, request.id, { state, decidedBy, reason: of.reason, at: ctx.now });
  await record(ctx, {
    action: `role_grant_request.${state}`,
    subject: { type: 'role_grant_request', id: request.id },
    from: request.state,
    to: state,
    reason: of.reason,
    changes: { userId: person.id, role: request.role },
  });
  if (of.decision === 'grant')
    await giveRole(ctx, {
      userId: person.id,
      role: request.role,
      reason: request.reason,
      grantedBy: decidedBy,
      requestId: request.id,
    });
}

/**
 * Takes back one's own request.
 * @throws AppError `role_grant_request.not-found`, `role_grant_request.cannot-withdraw`,
 * `role_grant_request.withdrawn-by-who-asked`
 */
export async function withdrawRoleRequest(ctx: Ctx, requestId: string): Promise<void> {
  const request = found('role_grant_request', await store.lockRequest(ctx.tx, requestId));
  const state = roleRequestLifecycle.next(request.state, 'withdraw');
  if (!isHandOf(ctx.actor, request.requestedBy))
    throw ruleBroken('role_grant_request.withdrawn-by-who-asked', 'Only whoever asked withdraws');
  await store.saveDecision(ctx.tx, request.id, { state, decidedBy: null, reason: null, at: ctx.now });
  await record(ctx, {
    action: 'role_grant_request.withdrawn',
    subject: { type: 'role_grant_request', id: request.id },
    from: request.state,
    to: state,
    changes: { userId: request.userId, role: request.role },
  });
}

/** Ends requests that nobody decided on in time. */
export async function expireRoleRequests(ctx: Ctx): Promise<void> {
  const ended = await store.expireDue(ctx.tx, ctx.now);
  await recordAll(
    ctx,
    ended.map((request) => ({
      action: 'role_grant_request.expired',
      subject: { type: 'role_grant_request', id: request.id },
      from: 'pending',
      to: 'expired',
      changes: { userId: request.userId },
    })),
  );
}

/** A request, for whoever is told of it.
 * @throws AppError `role_grant_request.not-found` */
export const findRoleRequest = async (ctx: Ctx, requestId: string): Promise<RoleRequest> =>
  found('role_grant_request', await store.findRequest(ctx.tx, requestId));

/** Role requests that this administrator may decide. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  if (!ctx.actor.roles.includes('administrator')) return [];
  const requests = await store.findToDecide(ctx.tx, ctx.actor, ctx.now);
  if (requests.length === 0) return [];
  return [
    {
      key: 'waiting.people.role-requests',
      count: requests.length,
      href: '/people/role-requests',
      urgent: false,
      items: requests.slice(0, 5).map((request) => ({
        label: request.name,
        href: `/people/role-requests/${request.id}`,
        dueAt: request.expiresAt,
      })),
    },
  ];
}
