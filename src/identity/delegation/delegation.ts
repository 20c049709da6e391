import type { Actor, Principal, Role, StaffRole } from '../../kernel/actor.ts';
import { AppError, ruleBroken } from '../../kernel/errors.ts';
import { scopeOf } from '../../kernel/scope.ts';
import { addDays, type Day } from '../../kernel/time.ts';
import { conflictsOfRoles, type FoundConflict } from '../role-conflicts.ts';
import { readScopeMarks } from '../scope/scope.ts';

/**
 * What may be left to somebody else for a while. Who opens bids, checks the others or gives out rights was chosen
 * by two people: nobody passes that on alone.
 */
export const delegableRoles = [
  'requester',
  'buyer',
  'approver',
  'receiver',
  'finance',
] as const satisfies readonly StaffRole[];
export type DelegableRole = (typeof delegableRoles)[number];

/** Rights that are used in one's own name only, whatever was delegated: bids are opened by those named for it. */
export const ownNameOnly: readonly string[] = ['bid.open', 'delegation.give', 'delegation.oversee'];

/** The longest absence; a longer one is a change of roles. */
export const MOST_DAYS = 180;

/** Somebody with an account, as far as standing in goes. */
export type Party = {
  readonly id: string;
  readonly kind: 'staff' | 'supplier';
  readonly isActive: boolean;
  readonly roles: readonly Role[];
};
/** A delegation that holds in some days. */
export type Standing = { readonly roles: readonly Role[]; readonly fromOn: Day; readonly untilOn: Day };
export type Wanted = Standing & { readonly roles: readonly DelegableRole[] };

/**
 * May this person leave these roles to that one for these days?
 * @throws AppError `delegation.to-oneself`, `delegation.delegate-unfit`, `delegation.not-own-role`,
 * `delegation.ends-before-it-starts`, `delegation.starts-in-the-past`, `delegation.too-long`,
 * `delegation.given-already`, `role_conflict.<reason>`
 */
export function assertMayDelegate(of: {
  readonly wanted: Wanted;
  readonly principal: Party;
  readonly delegate: Party;
  /** What the principal has given already, and what the delegate has received from anybody. */
  readonly given: readonly Standing[];
  readonly received: readonly Standing[];
  readonly today: Day;
}): void {
  const { wanted, principal, delegate } = of;
  if (delegate.id === principal.id)
    throw ruleBroken('delegation.to-oneself', 'Nobody stands in for themself');
  if (delegate.kind !== 'staff' || !delegate.isActive)
    throw ruleBroken('delegation.delegate-unfit', 'Only an active colleague stands in');
  // Only what the account itself has: what was delegated to it is not passed on.
  if (!wanted.roles.every((role) => principal.roles.includes(role)))
    throw ruleBroken('delegation.not-own-role', 'Only roles of one’s own can be left to somebody');
  assertDays(wanted, of.today);
  const meanwhile = (one: Standing) => one.fromOn <= wanted.untilOn && wanted.fromOn <= one.untilOn;
  const twice = of.given
    .filter(meanwhile)
    .flatMap((one) => one.roles)
    .some((role) => wanted.roles.some((one) => one === role));
  if (twice) throw ruleBroken('delegation.given-already', 'Somebody stands in for this role in these days');
  const received = of.received.filter(meanwhile).flatMap((one) => one.roles);
  for (const role of wanted.roles) assertFits(role, [...delegate.roles, ...received]);
}

/** A role that would be in one hand with another that it conflicts with is not left to that hand. */
function assertFits(role: Role, held: readonly Role[]): void {
  const conflict = conflictWith(role, held);
  if (conflict !== undefined)
    throw new AppError(
      'rule-broken',
      `role_conflict.${conflict.reason}`,
      `Not in one hand: ${conflict.roles.join(' and ')}`,
    );
}

function assertDays({ fromOn, untilOn }: Standing, today: Day): void {
  if (untilOn < fromOn)
    throw ruleBroken('delegation.ends-before-it-starts', 'The last day is before the first');
  if (fromOn < today) throw ruleBroken('delegation.starts-in-the-past', 'It starts today at the earliest');
  if (untilOn > addDays(fromOn, MOST_DAYS - 1))
    throw ruleBroken('delegation.too-long', 'That is too long', { maximum: MOST_DAYS });
}

const conflictWith = (role: Role, held: readonly Role[]): FoundConflict | undefined =>
  held.includes(role)
    ? undefined
    : conflictsOfRoles([...held, role]).find((found) => found.roles.some((one) => one === role));

/** A delegation as the statement that reads who acts gives it. */
export type DelegationMark = {
  readonly userId: string;
  readonly name: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly roles: readonly Role[];
  readonly scopeMarks: readonly string[];
};

/**
 * Whom somebody with these roles may act for at this instant: from, and at, the start until, and not at, the end.
 * A role that came to conflict since the delegation was given falls away.
 */
export function principalsAt(marks: readonly DelegationMark[], own: readonly Role[], now: Date): Principal[] {
  return marks
    .filter((mark) => Date.parse(mark.startsAt) <= now.getTime() && now.getTime() < Date.parse(mark.endsAt))
    .map((mark) => ({
      userId: mark.userId,
      name: mark.name,
      roles: mark.roles.filter((role) => isDelegable(role) && conflictWith(role, own) === undefined),
      scope: scopeOf(mark.roles, readScopeMarks(mark.scopeMarks)),
    }))
    .filter((principal) => principal.roles.length > 0);
}

const isDelegable = (role: Role): boolean => delegableRoles.some((one) => one === role);

/** Somebody as it acts for a principal: with its roles, in its scope, and with its name on the record. */
export const standingInFor = (actor: Actor, principal: Principal): Actor => ({
  ...actor,
  roles: [...new Set([...actor.roles, ...principal.roles])],
  ...(principal.scope === undefined ? {} : { scope: principal.scope }),
  onBehalfOf: { userId: principal.userId, name: principal.name },
});

/**
 * The actor as it may do this: in its own name where its own roles suffice, else for the first principal whose
 * roles do; null when neither.
 */
export function actorFor(
  actor: Actor,
  right: string,
  isAllowed: (actor: Actor, right: string) => boolean,
): Actor | null {
  if (isAllowed(actor, right)) return actor;
  if (ownNameOnly.includes(right)) return null;
  const candidates = (actor.actsFor ?? []).map((principal) => standingInFor(actor, principal));
  return candidates.find((candidate) => isAllowed(candidate, right)) ?? null;
}
