/** A link in a mail: one recipient, one use, three days; an hour when somebody asked for it. */
export type SignInLink = {
  readonly id: string;
  readonly userId: string;
  /** Why it was sent, e.g. `invitation`. */
  readonly purpose: string;
  /** Where it leads: a path of ours. */
  readonly returnTo: string | null;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  /** Taken back before it was used. */
  readonly revokedAt: Date | null;
  /** The address it went to is still its user's: another one's mailbox opens nothing. */
  readonly isForAddress: boolean;
};

const HOUR_MS = 60 * 60_000;
export const LINK_LASTS_MS = 72 * HOUR_MS;
/** Sent to whoever lost its link or password, and leads to a new one. */
export const PASSWORD_RESET = 'password-reset';

/** Where a new password is set. */
export const PASSWORD_PAGE = '/sign-in/password';
/** Sent to whoever looks at a document by a link from a mail and wants to do what takes a sign-in; leads back to it. */
export const ONE_TIME_SIGN_IN = 'one-time-sign-in';

/** Mails that were asked for by whoever wants in: their button signs in, with a password or without. */
export const asksToSignIn = (purpose: string): boolean =>
  purpose === PASSWORD_RESET || purpose === ONE_TIME_SIGN_IN;

/** How many hours a link works that was sent for this purpose. */
export const linkHours = (purpose: string): number =>
  (asksToSignIn(purpose) ? HOUR_MS : LINK_LASTS_MS) / HOUR_MS;

/** Until when such a link works. */
export const linkExpiresAt = (purpose: string, now: Date): Date =>
  new Date(now.getTime() + linkHours(purpose) * HOUR_MS);

/** A link works once, for the address it went to, and until, not at, its end. */
export const isUsable = (link: SignInLink | undefined, now: Date): link is SignInLink =>
  link !== undefined &&
  link.usedAt === null &&
  link.revokedAt === null &&
  link.isForAddress &&
  now.getTime() < link.expiresAt.getTime();
