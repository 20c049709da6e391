import { ruleBroken } from "../kernel/errors.ts";

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

/**
 * A link works once, until, and not at, its end. Unknown, used and expired links are refused in the same
 * words: the answer tells nobody that a link once existed.
 * @throws AppError `sign-in-link.does-not-work`
 */
export function assertUsable(
	link: SignInLink | undefined,
	now: Date,
): asserts link is SignInLink {
	if (
		link === undefined ||
		link.usedAt !== null ||
		now.getTime() >= link.expiresAt.getTime()
	)
		throw ruleBroken(
			"sign-in-link.does-not-work",
			"This link was used already, has expired or is incomplete",
		);
}
