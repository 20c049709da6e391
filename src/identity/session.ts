/** How long a session lasts without use, and at most. */
export type SessionLimits = {
  readonly idleMs: number;
  readonly absoluteMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const sessionLimits: Readonly<Record<'staff' | 'supplier', SessionLimits>> = {
  staff: { idleMs: 30 * MINUTE_MS, absoluteMs: 12 * HOUR_MS },
  supplier: { idleMs: 20 * MINUTE_MS, absoluteMs: 8 * HOUR_MS },
};

/** How stale `seenAt` may get before it is written again: a write a minute, not a write a request. */
export const SEEN_EVERY_MS = MINUTE_MS;

/** When its user signed in and was last seen; ISO instants, as the session stores them. */
export type SessionTimes = {
  readonly signedInAt: string | undefined;
  readonly seenAt: string | undefined;
};

/** A session is good until, and not at, the end of either limit; without its times it is over. */
export function isOver(times: SessionTimes, limits: SessionLimits, now: Date): boolean {
  const signedInMs = Date.parse(times.signedInAt ?? '');
  const seenMs = Date.parse(times.seenAt ?? '');
  if (Number.isNaN(signedInMs) || Number.isNaN(seenMs)) return true;
  return now.getTime() - signedInMs >= limits.absoluteMs || now.getTime() - seenMs >= limits.idleMs;
}

/** Is it time to note that the user was seen? */
export const isStale = (times: SessionTimes, now: Date): boolean =>
  now.getTime() - Date.parse(times.seenAt ?? '') >= SEEN_EVERY_MS;
