import { timelineOf } from '../../audit/index.ts';
import { type Role, staffRoles } from '../../kernel/actor.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findSessions } from '../open-session.store.ts';
import { conflictsOfRoles } from '../role-conflicts.ts';
import { findScope } from '../scope/scope.service.ts';
import { isOver, sessionLimits } from '../session.ts';
import type { RolesByGroup } from '../user.ts';
import { assertMayGrant } from './granting.ts';
import * as queries from './person.queries.ts';
import { isHandOf, needsFourEyes } from './role-request.ts';
import { findRefusedWithoutRole, listFailures } from './sign-in-failures.queries.ts';

const FAILURES_SHOWN = 5;

/** Everything an administrator is told of one person, and what may be done.
 * @throws AppError `user.not-found` */
export async function getPerson(ctx: Ctx, userId: string) {
  const person = found('user', await queries.findPersonShown(ctx.tx, userId));
  const rows = await queries.findRolesShown(ctx.tx, userId);
  const held = staffRoles.filter((role) => rows.some((row) => row.role === role));
  const requests = await queries.findRequestsShown(ctx.tx, { userId });
  const sessions = await findSessions(ctx.tx, userId);
  const failures = await listFailures(
    ctx,
    { kind: null, whoFingerprint: null, userId, addressMark: null, from: null, to: null },
    { after: null, limit: FAILURES_SHOWN },
  );
  return {
    person,
    roles: rolesWithSources(rows),
    conflicts: conflictsOfRoles(held),
    choices: person.kind === 'staff' ? choicesFor(ctx, { ...person, roles: held }, requests) : [],
    requests: requests.map((request) => withRights(ctx, request)),
    scope: person.kind === 'staff' ? await findScope(ctx, userId) : { plants: [], categories: [] },
    sessions: sessions.filter((one) => !isOver(one, sessionLimits[person.kind], ctx.now)),
    failures: failures.rows,
    isOneself: isHandOf(ctx.actor, userId),
    timeline: await timelineOf(ctx, userId, ...requests.map((request) => request.id)),
  };
}

/** Each role once, with every place it comes from. */
function rolesWithSources(rows: readonly queries.RoleShown[]) {
  const roles = new Map<Role, queries.RoleShown[]>();
  for (const row of rows) roles.set(row.role, [...(roles.get(row.role) ?? []), row]);
  return [...roles].map(([role, sources]) => ({ role, sources }));
}

/** The roles that this actor may give to this person, or ask for. */
function choicesFor(
  ctx: Ctx,
  person: queries.PersonShown & { roles: readonly Role[] },
  requests: readonly queries.RequestShown[],
) {
  const waits = (role: Role) =>
    requests.some((request) => request.state === 'pending' && request.role === role);
  return staffRoles
    .filter((role) => !waits(role) && isAllowed(() => assertMayGrant(ctx.actor, person, role)))
    .map((role) => ({ role, needsFourEyes: needsFourEyes(role) }));
}

function isAllowed(rule: () => void): boolean {
  try {
    rule();
    return true;
  } catch {
    return false;
  }
}

/** A request, with what this actor may do about it. */
export type RequestToDecide = queries.RequestShown & {
  readonly mayDecide: boolean;
  readonly mayWithdraw: boolean;
};

function withRights(ctx: Ctx, request: queries.RequestShown): RequestToDecide {
  const isOpen = request.state === 'pending' && request.expiresAt > ctx.now;
  const asked = isHandOf(ctx.actor, request.requestedBy);
  const mayGrant = ctx.actor.roles.includes('administrator');
  return {
    ...request,
    mayDecide: isOpen && mayGrant && !asked && !isHandOf(ctx.actor, request.userId),
    mayWithdraw: request.state === 'pending' && mayGrant && asked,
  };
}

/** Requests for roles, those that wait first. */
export const listRoleRequests = async (ctx: Ctx): Promise<RequestToDecide[]> =>
  (await queries.findRequestsShown(ctx.tx, { userId: null })).map((request) => withRights(ctx, request));

/** One request with all that happened to it. @throws AppError `role_grant_request.not-found` */
export async function getRoleRequest(ctx: Ctx, requestId: string) {
  const request = found('role_grant_request', await queries.findRequestShown(ctx.tx, requestId));
  const person = found('user', await queries.findPersonShown(ctx.tx, request.userId));
  const rows = await queries.findRolesShown(ctx.tx, request.userId);
  return {
    request: withRights(ctx, request),
    person,
    roles: rolesWithSources(rows),
    timeline: await timelineOf(ctx, requestId),
  };
}

/** What the identity provider's groups stand for here, and whom they let in. */
export async function getGroups(ctx: Ctx, rolesByGroup: RolesByGroup) {
  const counts = new Map((await queries.countGroups(ctx.tx)).map((group) => [group.name, group.count]));
  const mapped = Object.entries(rolesByGroup).map(([name, role]) => ({
    name,
    role,
    count: counts.get(name) ?? 0,
  }));
  return {
    mapped: mapped.toSorted((a, b) => staffRoles.indexOf(a.role) - staffRoles.indexOf(b.role)),
    unmappedRoles: staffRoles.filter((role) => !mapped.some((group) => group.role === role)),
    others: [...counts]
      .filter(([name]) => !Object.hasOwn(rolesByGroup, name))
      .map(([name, count]) => ({ name, count })),
    byRole: await queries.countRoles(ctx.tx),
    refused: await findRefusedWithoutRole(ctx.tx),
  };
}
