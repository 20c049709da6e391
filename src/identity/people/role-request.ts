import { type Actor, personsOf, type Role, type StaffRole } from '../../kernel/actor.ts';
import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';

/** One administrator asks that somebody gets a powerful role, another decides. */
export const roleRequestLifecycle = defineLifecycle('role_grant_request', 'pending', {
  pending: { grant: 'granted', refuse: 'refused', withdraw: 'withdrawn', expire: 'expired' },
  granted: {},
  refused: {},
  withdrawn: {},
  expired: {},
});
export type RoleRequestState = (typeof roleRequestLifecycle.states)[number];

export type RoleRequest = {
  readonly id: string;
  readonly userId: string;
  readonly role: StaffRole;
  readonly state: RoleRequestState;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly decisionReason: string | null;
};

/** Roles that nobody gives out alone: who holds them gives out roles, opens bids or pays. */
const FOUR_EYES: readonly Role[] = ['administrator', 'bid_opener', 'finance'];
const LASTS_MS = 7 * 24 * 60 * 60_000;

export const needsFourEyes = (role: Role): boolean => FOUR_EYES.includes(role);

/** A request may be decided until, and not at, this instant. */
export const requestExpiresAt = (now: Date): Date => new Date(now.getTime() + LASTS_MS);

/** The person, and whoever it acts for at this moment: one hand. */
export const isHandOf = (actor: Actor, userId: string): boolean => personsOf(actor).includes(userId);

/**
 * Whoever asked does not decide, nor does the one it is for; nor anybody for them.
 * @throws AppError `role_grant_request.decided-by-who-asked`, `role_grant_request.decided-by-who-gets-it`,
 * `role_grant_request.has-expired`
 */
export function assertMayDecide(actor: Actor, request: RoleRequest, now: Date): void {
  if (isHandOf(actor, request.requestedBy))
    throw ruleBroken('role_grant_request.decided-by-who-asked', 'Whoever asked does not decide');
  if (isHandOf(actor, request.userId))
    throw ruleBroken('role_grant_request.decided-by-who-gets-it', 'Nobody decides on a role of their own');
  if (now.getTime() >= request.expiresAt.getTime())
    throw ruleBroken('role_grant_request.has-expired', 'This request has expired');
}
