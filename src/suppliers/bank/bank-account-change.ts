import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';

/**
 * How a supplier's bank account comes into use: the supplier asks, one of us calls it back, another one approves, and
 * nothing is paid there before its people had some days to object.
 */
export const bankAccountChangeLifecycle = defineLifecycle('bank_account_change', 'requested', {
  requested: { verify: 'verified_by_callback', reject: 'rejected', object: 'rejected' },
  verified_by_callback: { approve: 'second_approved', reject: 'rejected', object: 'rejected' },
  second_approved: { 'cool-off': 'cooling_off' },
  cooling_off: { activate: 'active', reject: 'rejected', object: 'rejected' },
  active: {},
  rejected: {},
});
export type BankAccountChangeState = (typeof bankAccountChangeLifecycle.states)[number];

/** What a bank needs to pay somebody. An IBAN says it alone; other accounts need the bank's code as well. */
export type BankDetails = {
  readonly holder: string;
  readonly bankName: string;
  /** ISO 3166-1 alpha-2, where the account is kept. */
  readonly country: string;
  /** Letters and digits only, as banks send them. */
  readonly iban: string | null;
  readonly accountNumber: string | null;
  /** ISO 9362. */
  readonly bic: string | null;
  /** The bank's number in its country's clearing: CNAPS in China, ABA in the United States. */
  readonly clearingCode: string | null;
};

export type BankAccountChange = {
  readonly id: string;
  readonly supplierId: string;
  readonly state: BankAccountChangeState;
  readonly accountTail: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly calledContactId: string | null;
  readonly calledNumber: string | null;
  readonly verifiedBy: string | null;
  readonly verifiedAt: Date | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  /** When a cooling one comes into use. */
  readonly dueAt: Date | null;
  readonly activeFrom: Date | null;
  /** When another account took its place. */
  readonly endedAt: Date | null;
  readonly rejectionReason: string | null;
  readonly version: number;
};

export const accountOf = (details: Pick<BankDetails, 'iban' | 'accountNumber'>): string =>
  details.iban ?? details.accountNumber ?? '';

/** What may be shown of an account to whoever need not know it. */
export const tailOf = (details: Pick<BankDetails, 'iban' | 'accountNumber'>): string =>
  accountOf(details).slice(-4);

const DAY_MS = 24 * 60 * 60_000;

/** When an account that was approved now comes into use. */
export const coolingOffUntil = (now: Date, days: number): Date => new Date(now.getTime() + days * DAY_MS);

/** True from the instant it is due. */
export const isDue = (change: Pick<BankAccountChange, 'state' | 'dueAt'>, now: Date): boolean =>
  change.state === 'cooling_off' && change.dueAt !== null && change.dueAt <= now;

/**
 * Whoever asked may be the one who broke in: somebody else at the supplier is called, where there is somebody, and on
 * a number that was known before the request.
 * @throws AppError `bank_account_change.called-who-asked`, `bank_account_change.number-not-known`
 */
export function assertCalledRightly(
  called: { readonly userId: string; readonly phone: string | null },
  of: { requestedBy: string; hasOthers: boolean; number: string },
): void {
  if (of.hasOthers && called.userId === of.requestedBy)
    throw ruleBroken('bank_account_change.called-who-asked', 'Call somebody else than who asked');
  if (called.phone === null || digitsOf(called.phone) !== digitsOf(of.number))
    throw ruleBroken('bank_account_change.number-not-known', 'Call a number that was known before');
}

const digitsOf = (number: string): string => number.replace(/\D/g, '');
