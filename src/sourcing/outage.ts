/** A time in which no web process answered, by the database's clock. */
export type Outage = { readonly id: string; readonly startedAt: Date; readonly endedAt: Date };

/** What of the house rules decides about outages. */
export type OutagePolicy = {
  readonly countedFromSeconds: number;
  readonly lastMinutes: number;
  readonly minutesAfter: number;
};

const MINUTE_MS = 60_000;
/** New closing times stand on full five minutes: people have to remember them. */
const STEP_MS = 5 * MINUTE_MS;

/** Was it an outage, or only a process that was restarted? */
export const isOutage = (
  of: { lastBeatAt: Date; at: Date },
  policy: Pick<OutagePolicy, 'countedFromSeconds'>,
): boolean => of.at.getTime() - of.lastBeatAt.getTime() >= policy.countedFromSeconds * 1000;

/**
 * The closing time after an outage: later by its length, and at least so many minutes after its end, on full five
 * minutes. The same where the outage ended before the last minutes that the policy names, or began at the closing or
 * after it.
 */
export function closingAfter(
  outage: Pick<Outage, 'startedAt' | 'endedAt'>,
  of: { closesAt: Date; policy: OutagePolicy },
): Date {
  const closes = of.closesAt.getTime();
  const [started, ended] = [outage.startedAt.getTime(), outage.endedAt.getTime()];
  const isTouched = started < closes && ended > closes - of.policy.lastMinutes * MINUTE_MS;
  if (!isTouched) return of.closesAt;
  const later = Math.max(closes + (ended - started), ended + of.policy.minutesAfter * MINUTE_MS);
  return new Date(Math.ceil(later / STEP_MS) * STEP_MS);
}
