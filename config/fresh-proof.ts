import type { permissions } from './permissions.ts';

/**
 * Acts that need a proof of the last five minutes of who acts, given again where the sign-in is older: a screen
 * left alone must not commit money, open bids, or change who gets in. Looking at pages never needs one.
 */
export const freshProof: readonly (keyof typeof permissions)[] = [
  'agreement.approve',
  'agreement.sign',
  'order.decide',
  'award.propose',
  'award.approve',
  'award.withdraw',
  'award.decide-withdrawal',
  'award.decide-objection',
  'bid.open',
  'opening.give-part',
  'opener_key.own',
  'invoice.approve',
  'invoice.pay',
  'self_billing.agree',
  'payment_run.make',
  'payment_run.release',
  'payment_run.settle',
  'bank_account.request',
  'bank_account.verify',
  'bank_account.approve',
  'security.change',
  'people.grant',
  'people.manage',
  'company.manage',
  'supplier.recover',
  'delegation.give',
  'approval_policy.manage',
  'integration.manage',
  'people.manage',
  'people.grant',
  'address.change',
  'company.manage',
  'supplier.recover',
];
