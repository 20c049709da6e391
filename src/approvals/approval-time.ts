import { dayIn, instantAt } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';
import type { ApprovalStep, Approver } from './approval.ts';

/** What days are counted by: the company's zone and its calendar. */
export type CountedBy = { readonly timeZone: string; readonly calendar: Calendar };

/** When time itself does something about a step: it reminds, then asks somebody else. Nine in the morning. */
export function nextDueAt(step: ApprovalStep, { timeZone, calendar }: CountedBy): Date | null {
  if (step.state !== 'pending' || step.since === null) return null;
  const { since } = step;
  const after = (days: number): Date =>
    instantAt(`${addWorkingDays(dayIn(since, timeZone), days, calendar)}T09:00`, timeZone);
  const reminds =
    step.remindAfterDays === null || step.remindedAt !== null ? null : after(step.remindAfterDays);
  const escalates =
    step.escalateAfterDays === null || step.escalatedAt !== null ? null : after(step.escalateAfterDays);
  const instants = [reminds, escalates].filter((one) => one !== null);
  return instants.length === 0 ? null : new Date(Math.min(...instants.map((one) => one.getTime())));
}

/** What is due of a step: to be taken to somebody else, or only to be reminded of. Escalating counts as reminding. */
export function passTime(
  step: ApprovalStep,
  of: CountedBy & { now: Date; barredIds: readonly string[] },
): { step: ApprovalStep; did: 'reminded' | 'escalated' } | null {
  const dueAt = nextDueAt(step, of);
  if (dueAt === null || dueAt > of.now) return null;
  const withoutReminder = nextDueAt({ ...step, remindedAt: of.now }, of);
  const isEscalation = withoutReminder !== null && withoutReminder <= of.now;
  if (!isEscalation) return { step: { ...step, remindedAt: of.now }, did: 'reminded' };
  const to: Approver =
    step.escalateTo === null || of.barredIds.includes(step.escalateTo)
      ? { approverId: null, approverRole: 'approver' }
      : { approverId: step.escalateTo, approverRole: null };
  return {
    step: { ...step, ...to, remindedAt: of.now, escalatedAt: of.now, escalatedFrom: step.approverId },
    did: 'escalated',
  };
}
