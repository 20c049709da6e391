import type { Access, Act, RightRow, Tie } from '../kernel/access.ts';
import { type Actor, personsOf, type Role, staffRoles, supplierRoles } from '../kernel/actor.ts';
import { isWithinLimit } from '../kernel/limit.ts';

/** What is known of the document somebody wants to act on. */
export type Resource = {
  readonly state: string;
  /** Who is tied to it, by user id. Every tie that the act's row names must be said, null where it is nobody. */
  readonly ties?: Readonly<Partial<Record<Tie, string | readonly string[] | null>>>;
  /** Who made it for another, and for whom: what was done for somebody counts as done by both. */
  readonly behind?: readonly string[];
  /** The supplier it belongs to, where a supplier acts. */
  readonly supplierId?: string | null;
  /** When bids close, where the act's row asks for it. */
  readonly closesAt?: Date | null;
};

export type Decision =
  | { readonly isAllowed: true }
  | {
      readonly isAllowed: false;
      /** `role`: not this person, whatever the document. `relation`: not this document. */
      readonly because: 'role' | 'relation' | 'state' | 'time';
    }
  | { readonly isAllowed: false; readonly because: 'separation'; readonly tie: Tie; readonly code: string };

const allow: Decision = { isAllowed: true };
const deny = (because: 'role' | 'relation' | 'state' | 'time'): Decision => ({ isAllowed: false, because });

/**
 * May this actor do this, to this document? Without a document only the role is asked: that is what a route
 * knows. `action` is a right or, with a document, an act: `award.approve`.
 * @throws Error when the document does not say a tie or a time that the act's row asks for
 */
export function decide(
  access: Access,
  actor: Actor,
  action: string,
  resource: Resource | null,
  now: Date | null,
): Decision {
  const act = resource === null ? undefined : access.acts.get(action);
  if (!isWithinLimit(actor, act?.right ?? action)) return deny('role');
  if (resource === null) return isHeldBy(access.rights.get(action), actor) ? allow : deny('role');
  if (act === undefined || !isHeldBy(access.rights.get(act.right), actor)) return deny('role');
  if (actor.kind === 'supplier' && resource.supplierId !== actor.supplierId) return deny('relation');
  if (!act.during.includes(resource.state)) return deny('state');
  if (!isInTime(act, resource, now)) return deny('time');
  for (const { tie, code } of act.unless)
    if (isTied(actor, act, tie, resource)) return { isAllowed: false, because: 'separation', tie, code };
  return allow;
}

function isHeldBy(row: RightRow | undefined, actor: Actor): boolean {
  if (row === undefined) return false;
  if (row.who === 'anyone') return true;
  if (actor.kind !== 'staff' && actor.kind !== 'supplier') return false;
  const { who } = row;
  return who === 'signed-in' || rolesOf(actor).some((role) => who.includes(role));
}

/** A supplier's person has no staff role, whatever a table of roles may say, and the other way round. */
const rolesOf = (actor: Actor): readonly Role[] => {
  const possible: readonly Role[] = actor.kind === 'staff' ? staffRoles : supplierRoles;
  return actor.roles.filter((role) => possible.includes(role));
};

function isInTime(act: Act, { closesAt }: Resource, now: Date | null): boolean {
  if (act.time === null) return true;
  if (closesAt === undefined || now === null)
    throw new Error(`Access: ${act.name} asks for the closing time`);
  if (closesAt === null) return false;
  return act.time === 'before-closing' ? now < closesAt : now >= closesAt;
}

function isTied(actor: Actor, act: Act, tie: Tie, resource: Resource): boolean {
  const tied = resource.ties?.[tie];
  if (tied === undefined) throw new Error(`Access: ${act.name} asks who is its ${tie}`);
  const persons = personsOf(actor);
  if (resource.behind?.some((id) => persons.includes(id)) === true) return true;
  const all = tied === null || typeof tied === 'string' ? [tied] : tied;
  return all.some((id) => id !== null && persons.includes(id));
}
