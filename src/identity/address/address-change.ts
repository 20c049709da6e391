import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';

/** Somebody's way from one e-mail address to another. The account stays the key: only where its mail goes changes. */
export const addressChangeLifecycle = defineLifecycle('address_change', 'requested', {
  requested: { confirm: 'confirmed', withdraw: 'withdrawn' },
  confirmed: { revert: 'reverted' },
  withdrawn: {},
  reverted: {},
});
export type AddressChangeState = (typeof addressChangeLifecycle.states)[number];

export type AddressChange = {
  readonly id: string;
  readonly userId: string;
  readonly supplierId: string;
  readonly fromEmail: string;
  readonly toEmail: string;
  readonly state: AddressChangeState;
  readonly requestedAt: Date;
  readonly confirmsUntil: Date;
  /** Null until it is confirmed. */
  readonly revertsUntil: Date | null;
};

const HOUR_MS = 60 * 60_000;
/** How long the link to the new address works. */
export const CONFIRM_HOURS = 24;
/** How long the link to the old one does: somebody on holiday must be able to notice. */
export const REVERT_HOURS = 7 * 24;

export const confirmsUntil = (now: Date): Date => new Date(now.getTime() + CONFIRM_HOURS * HOUR_MS);
export const revertsUntil = (now: Date): Date => new Date(now.getTime() + REVERT_HOURS * HOUR_MS);

const isBefore = (now: Date, end: Date | null): boolean => end !== null && now.getTime() < end.getTime();

/** May it be confirmed? Until, and not at, the end, and by nobody but the account's own user. */
export const isConfirmable = (change: AddressChange, by: { userId: string | null; now: Date }): boolean =>
  change.state === 'requested' && change.userId === by.userId && isBefore(by.now, change.confirmsUntil);

/** May it be taken back? Until, and not at, the end of the week, by whoever holds the link to the old address. */
export const isRevertible = (change: AddressChange, now: Date): boolean =>
  change.state === 'confirmed' && isBefore(now, change.revertsUntil);

const withoutCase = (email: string): string => email.trim().toLowerCase();

/**
 * A new address is another one, and no active colleague's: two people of one company would get each other's mail.
 * Somebody at another company may have it.
 * @throws AppError `address_change.same-address`, `address_change.colleague-has-it`
 */
export function assertNewAddress(
  to: string,
  of: { current: string; colleagues: readonly { email: string }[] },
): void {
  if (withoutCase(to) === withoutCase(of.current))
    throw ruleBroken('address_change.same-address', 'This is your address already');
  if (of.colleagues.some((one) => withoutCase(one.email) === withoutCase(to)))
    throw ruleBroken('address_change.colleague-has-it', 'A colleague at your company has this address');
}
