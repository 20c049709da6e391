import type { Actor, Role } from '../kernel/actor.ts';

/** Who may do what, as far as the role tells: a row a permission. What no row names, nobody may do. */
export type PermissionTable = Readonly<Record<string, readonly Role[] | 'signed-in' | 'anyone'>>;

/** May this actor do this? What belongs to whom is decided with the document itself. */
export function decide(table: PermissionTable, actor: Actor, permission: string): boolean {
  const allowed = Object.hasOwn(table, permission) ? table[permission] : undefined;
  if (allowed === undefined) return false;
  if (allowed === 'anyone') return true;
  if (actor.kind !== 'staff' && actor.kind !== 'supplier') return false;
  return allowed === 'signed-in' || actor.roles.some((role) => allowed.includes(role));
}
