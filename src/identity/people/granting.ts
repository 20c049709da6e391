import type { Actor, Role } from '../../kernel/actor.ts';
import { AppError, ruleBroken } from '../../kernel/errors.ts';
import { conflictsOfRoles } from '../role-conflicts.ts';
import type { RoleSource } from '../user.ts';
import { isHandOf } from './role-request.ts';

/** Somebody with an account, as far as giving out roles goes. */
export type Grantee = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'staff' | 'supplier';
  readonly isActive: boolean;
  readonly roles: readonly Role[];
};

/**
 * May this role be given to this person by this actor, as far as the roles tell?
 * @throws AppError `role.granted-to-oneself`, `role.supplier-decides`, `role.person-is-deactivated`,
 * `role.held-already`, `role_conflict.<reason>`
 */
export function assertMayGrant(actor: Actor, to: Grantee, role: Role): void {
  if (isHandOf(actor, to.id)) throw ruleBroken('role.granted-to-oneself', 'Nobody grants themself a role');
  assertMayHold(to, role);
}

/** What must hold when a role is asked for, and again when it is given. */
export function assertMayHold(to: Grantee, role: Role): void {
  if (to.kind !== 'staff')
    throw ruleBroken('role.supplier-decides', 'What a supplier’s people may do, the supplier decides');
  if (!to.isActive) throw ruleBroken('role.person-is-deactivated', 'This account is deactivated');
  if (to.roles.includes(role)) throw ruleBroken('role.held-already', 'This person has the role');
  const conflict = conflictsOfRoles([...to.roles, role]).find((found) =>
    found.roles.some((one) => one === role),
  );
  if (conflict !== undefined)
    throw new AppError('rule-broken', `role_conflict.${conflict.reason}`, 'These roles conflict');
}

/**
 * Only what was granted here is taken back here.
 * @throws AppError `role.supplier-decides`, `role.comes-from-a-group`, `role.comes-from-the-directory`,
 * `role.not-held`
 */
export function assertMayRemove(from: Pick<Grantee, 'kind'>, sources: readonly RoleSource[]): void {
  if (from.kind !== 'staff')
    throw ruleBroken('role.supplier-decides', 'What a supplier’s people may do, the supplier decides');
  if (sources.includes('granted')) return;
  if (sources.includes('group')) throw ruleBroken('role.comes-from-a-group', 'A group gives this role');
  if (sources.includes('scim'))
    throw ruleBroken('role.comes-from-the-directory', 'The directory gives this role');
  throw ruleBroken('role.not-held', 'This person does not have the role');
}
