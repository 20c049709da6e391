import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';

/** From the first invitation to register until the end of the relation. */
export const supplierLifecycle = defineLifecycle('supplier', 'invited', {
  // A buyer who enters a supplier answers for it: such a supplier is registered at once.
  invited: { 'start-registration': 'in_registration', register: 'registered' },
  in_registration: { submit: 'pending_approval' },
  pending_approval: { approve: 'registered', ask: 'additional_info', reject: 'rejected' },
  additional_info: { submit: 'pending_approval' },
  registered: { hold: 'on_hold', deactivate: 'deactivated' },
  on_hold: { release: 'registered' },
  rejected: {},
  deactivated: {},
});
export type SupplierState = (typeof supplierLifecycle.states)[number];

/** The languages a supplier's documents are written in. */
export type SupplierLanguage = 'en' | 'zh-CN';

export type Supplier = {
  readonly id: string;
  /** What people call it by: `SUP-2026-0001`. */
  readonly reference: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2; null where nobody said. */
  readonly country: string | null;
  readonly addressLines: readonly string[];
  readonly taxId: string | null;
  readonly language: SupplierLanguage;
  readonly state: SupplierState;
  readonly version: number;
};

/** Somebody who answers for a supplier, with an account of its own. */
export type SupplierContact = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly isPrimary: boolean;
  readonly roles: readonly string[];
  readonly isActive: boolean;
};

/** Only a registered supplier is asked for bids. */
export const isInvitable = (supplier: Pick<Supplier, 'state'>): boolean => supplier.state === 'registered';

/**
 * What is known of a supplier is changed while the relation lasts.
 * @throws AppError `supplier.has-ended`
 */
export function assertNotEnded(supplier: Pick<Supplier, 'name' | 'state'>): void {
  if (supplierLifecycle.isTerminal(supplier.state))
    throw ruleBroken('supplier.has-ended', 'The relation with this supplier has ended', {
      name: supplier.name,
    });
}
