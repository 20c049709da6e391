import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import { addDays, type Day } from '../../kernel/time.ts';

/** That we make a supplier's invoices: proposed by finance, accepted by a person of the supplier, ended by either. */
export const selfBillingAgreementLifecycle = defineLifecycle('self_billing_agreement', 'proposed', {
  proposed: { accept: 'active', refuse: 'refused', withdraw: 'withdrawn' },
  active: { 'give-notice': 'ending', leave: 'ending', expire: 'ended' },
  ending: { expire: 'ended' },
  ended: {},
  refused: {},
  withdrawn: {},
});
export type SelfBillingAgreementState = (typeof selfBillingAgreementLifecycle.states)[number];

export const rhythms = ['receipt', 'month'] as const;

/** What both sides agree to. */
export type SelfBillingTerms = {
  readonly supplierId: string;
  /** An invoice a receipt, or one a month of what its statement says. */
  readonly rhythm: (typeof rhythms)[number];
  /** What its numbers begin with. */
  readonly numberPrefix: string;
  readonly currencies: readonly string[];
  /** None: all. */
  readonly plantCodes: readonly string[];
  readonly validFrom: Day;
  readonly validUntil: Day;
};

export type SelfBillingAgreement = SelfBillingTerms & {
  readonly id: string;
  readonly reference: string;
  readonly nextNumber: number;
  /** The first day whose receipts it covers. */
  readonly inForceFrom: Day | null;
  /** The last one, once notice was given. */
  readonly endsOn: Day | null;
  readonly state: SelfBillingAgreementState;
  /** Why it was refused, withdrawn or ended. */
  readonly reason: string | null;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
  readonly version: number;
};

/**
 * Nobody agrees to invoices of the past, and no number range is without a letter of its own.
 * @throws AppError `self_billing_agreement.begins-in-the-past`, `self_billing_agreement.ends-before-it-begins`
 */
export function assertTerms(terms: SelfBillingTerms, today: Day): void {
  if (terms.validFrom < today)
    throw ruleBroken('self_billing_agreement.begins-in-the-past', 'It covers what is received from today on');
  if (terms.validUntil < terms.validFrom)
    throw ruleBroken('self_billing_agreement.ends-before-it-begins', 'The last day is before the first');
}

/**
 * What is proposed is accepted as it was read; it covers no day before that.
 * @throws AppError `self_billing_agreement.cannot-accept`, `self_billing_agreement.is-over`
 */
export function acceptAgreement(
  agreement: SelfBillingAgreement,
  by: { userId: string; at: Date; today: Day },
): SelfBillingAgreement {
  const state = selfBillingAgreementLifecycle.next(agreement.state, 'accept');
  if (agreement.validUntil < by.today)
    throw ruleBroken('self_billing_agreement.is-over', 'The last day is over', { day: agreement.validUntil });
  return {
    ...agreement,
    state,
    inForceFrom: agreement.validFrom > by.today ? agreement.validFrom : by.today,
    acceptedBy: by.userId,
    acceptedAt: by.at,
  };
}

/** A proposal that is not agreed to. @throws AppError `self_billing_agreement.cannot-<act>` */
export const endProposal = (
  agreement: SelfBillingAgreement,
  act: 'refuse' | 'withdraw',
  reason: string,
): SelfBillingAgreement => ({
  ...agreement,
  state: selfBillingAgreementLifecycle.next(agreement.state, act),
  reason,
});

/**
 * One side ends it: it covers what is received while the notice runs, and not after.
 * @throws AppError `self_billing_agreement.cannot-<act>`
 */
export function giveNotice(
  agreement: SelfBillingAgreement,
  act: 'give-notice' | 'leave',
  of: { reason: string; today: Day; noticeDays: number },
): SelfBillingAgreement {
  const state = selfBillingAgreementLifecycle.next(agreement.state, act);
  const endsOn = addDays(of.today, of.noticeDays);
  return {
    ...agreement,
    state,
    reason: of.reason,
    endsOn: endsOn < agreement.validUntil ? endsOn : agreement.validUntil,
  };
}

/** The last day whose receipts it covers. */
export const lastDayOf = (agreement: Pick<SelfBillingAgreement, 'validUntil' | 'endsOn'>): Day =>
  agreement.endsOn !== null && agreement.endsOn < agreement.validUntil
    ? agreement.endsOn
    : agreement.validUntil;

const DIGITS = 5;

/** A number of the supplier's range: `HL-00042`. */
export const numberOf = (prefix: string, number: number): string =>
  `${prefix}-${String(number).padStart(DIGITS, '0')}`;
