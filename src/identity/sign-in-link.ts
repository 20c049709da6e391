/** A link in a mail: one recipient, one use, three days. */
export type SignInLink = {
  readonly id: string;
  readonly userId: string;
  /** Why it was sent, e.g. `invitation`. */
  readonly purpose: string;
  /** Where it leads: a path of ours. */
  readonly returnTo: string | null;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
};

export const LINK_LASTS_MS = 72 * 60 * 60_000;

/** A link works once, and until, not at, its end. */
export const isUsable = (link: SignInLink | undefined, now: Date): link is SignInLink =>
  link !== undefined && link.usedAt === null && now.getTime() < link.expiresAt.getTime();
