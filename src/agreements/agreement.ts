import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { DecimalString } from '../kernel/money.ts';
import { addDays, type Day, daysBetween } from '../kernel/time.ts';

export const agreementKinds = ['contract', 'blanket', 'framework'] as const;
export type AgreementKind = (typeof agreementKinds)[number];

/** The first version takes the agreement with it until it is in force; later versions leave it active. */
export const agreementLifecycle = defineLifecycle('agreement', 'draft', {
  draft: { submit: 'pending_approval', discard: 'terminated' },
  pending_approval: { approve: 'pending_signature', return: 'draft', reject: 'terminated' },
  pending_signature: { 'bring-into-force': 'active', return: 'draft' },
  active: { expire: 'expired', exhaust: 'exhausted', terminate: 'terminated' },
  expired: {},
  exhausted: {},
  terminated: {},
});
export type AgreementState = (typeof agreementLifecycle.states)[number];

export type Agreement = {
  readonly id: string;
  readonly reference: string;
  readonly kind: AgreementKind;
  readonly supplierId: string;
  /** The buyer who answers for it. */
  readonly ownerId: string;
  readonly title: string;
  readonly categoryCode: string;
  readonly plantCodes: readonly string[];
  readonly currency: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly validFrom: Day;
  /** The last day. */
  readonly validUntil: Day;
  readonly noticeDays: number;
  readonly valueLimit: DecimalString | null;
  readonly state: AgreementState;
  /** Null while its supplier has not been shown any version. */
  readonly offeredAt: Date | null;
  readonly inForceVersion: number | null;
  /** The last day, where one side gave notice. */
  readonly terminatesOn: Day | null;
  readonly terminationReason: string | null;
  readonly terminatedBy: string | null;
  /** When the portal looks at it next: to remind, to expire, to end it. */
  readonly nextDueOn: Day | null;
  /** Of how many days the owner was reminded last. */
  readonly remindedDays: number | null;
  readonly version: number;
};

/** The last day on which it is ordered from. */
export const lastDayOf = ({
  validUntil,
  terminatesOn,
}: Pick<Agreement, 'validUntil' | 'terminatesOn'>): Day =>
  terminatesOn !== null && terminatesOn < validUntil ? terminatesOn : validUntil;

/** The last day on which notice reaches the other side in time. */
export const lastNoticeOn = ({ validUntil, noticeDays }: Pick<Agreement, 'validUntil' | 'noticeDays'>): Day =>
  addDays(validUntil, -noticeDays);

/** The last day of an agreement that goes on after its last day for as long as it was agreed for. */
export const renewedUntil = ({ validFrom, validUntil }: Pick<Agreement, 'validFrom' | 'validUntil'>): Day =>
  addDays(validUntil, daysBetween(validFrom, validUntil) + 1);

/** Its owner has said that it may end: no reminder is left, for none is sent on the day itself. */
export const isLeftToExpire = ({ remindedDays }: Pick<Agreement, 'remindedDays'>): boolean =>
  remindedDays === 0;

/** Is it time to decide what comes after it: has its first reminder come, or was it left to expire? */
export function isToBeRenewed(
  agreement: Pick<Agreement, 'state' | 'validUntil' | 'noticeDays' | 'terminatesOn'>,
  today: Day,
  reminderDays: readonly number[],
): boolean {
  const earliest = Math.max(0, ...reminderDays);
  return (
    agreement.state === 'active' &&
    agreement.terminatesOn === null &&
    today >= addDays(lastNoticeOn(agreement), -earliest)
  );
}

/** What is done at an agreement whose day has come. */
export type DueAct =
  | { readonly act: 'expire' | 'terminate' }
  | { readonly act: 'remind'; readonly days: number };

type Timed = Pick<Agreement, 'validUntil' | 'noticeDays' | 'terminatesOn' | 'remindedDays'>;

/** The reminder days that have not been used, the earliest first; of an agreement that ends anyhow none. */
const remindersLeft = (agreement: Timed, reminderDays: readonly number[]): number[] =>
  agreement.terminatesOn === null
    ? reminderDays
        .filter((days) => agreement.remindedDays === null || days < agreement.remindedDays)
        .toSorted((a, b) => b - a)
    : [];

/** The day on which something has to be done at an active agreement, whatever it is. */
export function nextDueOn(agreement: Timed, reminderDays: readonly number[]): Day {
  const over = addDays(lastDayOf(agreement), 1);
  const [days] = remindersLeft(agreement, reminderDays);
  if (days === undefined) return over;
  const reminder = addDays(lastNoticeOn(agreement), -days);
  return reminder < over ? reminder : over;
}

/** What is due on this day; of several reminders that were missed the last one. Null where nothing is. */
export function dueAct(agreement: Timed, today: Day, reminderDays: readonly number[]): DueAct | null {
  if (today > lastDayOf(agreement)) {
    const isTerminated = agreement.terminatesOn !== null && agreement.terminatesOn < agreement.validUntil;
    return { act: isTerminated ? 'terminate' : 'expire' };
  }
  const days = remindersLeft(agreement, reminderDays)
    .filter((one) => addDays(lastNoticeOn(agreement), -one) <= today)
    .at(-1);
  return days === undefined ? null : { act: 'remind', days };
}

/**
 * Refuses an end that leaves the other side less than the agreed notice, or is after the agreement's own end.
 * @throws AppError `agreement.notice-too-short`, `agreement.notice-after-the-end`, `agreement.notice-given`
 */
export function assertNotice(agreement: Agreement, of: { endsOn: Day; today: Day }): void {
  if (agreement.terminatesOn !== null)
    throw ruleBroken('agreement.notice-given', 'Notice was given already', {
      day: agreement.terminatesOn,
    });
  const earliest = addDays(of.today, agreement.noticeDays);
  if (of.endsOn < earliest)
    throw ruleBroken('agreement.notice-too-short', 'Notice is shorter than agreed', {
      days: agreement.noticeDays,
      earliest,
    });
  if (of.endsOn > agreement.validUntil)
    throw ruleBroken('agreement.notice-after-the-end', 'It ends before that day anyhow', {
      end: agreement.validUntil,
    });
}
