import { type Role, type StaffRole, staffRoles } from '../kernel/actor.ts';

/** Why two roles may not be in one hand; each has its words at `errors.role_conflict.<reason>`. */
export type ConflictReason =
  | 'buys-and-receives'
  | 'buys-and-pays'
  | 'receives-and-pays'
  | 'audits-and-acts'
  | 'administers-and-acts';

/** Nobody has a role of `these` together with one of `those`. */
export type RoleConflict = {
  readonly reason: ConflictReason;
  readonly these: readonly StaffRole[];
  readonly those: readonly StaffRole[];
};

/** Two roles that somebody has, or would have, and may not have together. */
export type FoundConflict = {
  readonly reason: ConflictReason;
  readonly roles: readonly [StaffRole, StaffRole];
};

/**
 * Separation of duties, asked when a role is granted: whoever commits the company's money does not confirm
 * the goods and does not pay; whoever checks the others, and whoever gives out the roles, does neither.
 */
export const roleConflicts: readonly RoleConflict[] = [
  { reason: 'buys-and-receives', these: ['buyer', 'approver'], those: ['receiver'] },
  { reason: 'buys-and-pays', these: ['buyer', 'approver'], those: ['finance'] },
  { reason: 'receives-and-pays', these: ['receiver'], those: ['finance'] },
  {
    reason: 'audits-and-acts',
    these: ['requester', 'buyer', 'approver', 'receiver', 'finance', 'bid_opener', 'administrator'],
    those: ['auditor'],
  },
  {
    reason: 'administers-and-acts',
    these: ['buyer', 'approver', 'receiver', 'finance', 'bid_opener'],
    those: ['administrator'],
  },
];

/** Every two of these roles that may not be in one hand. A supplier's roles never conflict. */
export function conflictsOfRoles(roles: readonly Role[]): FoundConflict[] {
  return roleConflicts.flatMap(({ reason, these, those }) =>
    these
      .filter((role) => roles.includes(role))
      .flatMap((one) =>
        those
          .filter((role) => roles.includes(role))
          .map((other): FoundConflict => ({ reason, roles: [one, other] })),
      ),
  );
}

/**
 * What is left of the roles that groups give when some conflict, with each other or with roles the person has
 * from elsewhere: of two groups' roles, the one named first in `staffRoles` stays, because it may do less.
 */
export function withoutConflicts(
  roles: readonly StaffRole[],
  besides: readonly Role[] = [],
): {
  kept: StaffRole[];
  leftOff: { role: StaffRole; because: StaffRole; reason: ConflictReason }[];
} {
  const kept: StaffRole[] = [];
  const leftOff: { role: StaffRole; because: StaffRole; reason: ConflictReason }[] = [];
  for (const role of staffRoles.filter((one) => roles.includes(one))) {
    const conflict = conflictsOfRoles([...besides, ...kept, role]).find((found) =>
      found.roles.includes(role),
    );
    const because = conflict?.roles.find((one) => one !== role);
    if (conflict === undefined || because === undefined) kept.push(role);
    else leftOff.push({ role, because, reason: conflict.reason });
  }
  return { kept, leftOff };
}
