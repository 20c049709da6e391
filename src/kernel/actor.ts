import type { Limit } from './limit.ts';

export const staffRoles = [
  'requester',
  'buyer',
  'approver',
  'receiver',
  'finance',
  'bid_opener',
  'auditor',
  'administrator',
] as const;
export const supplierRoles = [
  'supplier_administrator',
  'supplier_sales',
  'supplier_logistics',
  'supplier_accounts',
] as const;
export type StaffRole = (typeof staffRoles)[number];
export type SupplierRole = (typeof supplierRoles)[number];
export type Role = StaffRole | SupplierRole;

/** Where somebody's roles hold: in these plants and for these categories. Null: in all of them. */
export type Scope = {
  readonly plants: readonly string[] | null;
  readonly categories: readonly string[] | null;
};

/** Somebody absent, and the roles that its delegate has for acts on its behalf. */
export type Principal = {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Where its roles hold, also for whoever acts for it. */
  readonly scope?: Scope;
};

/** Who acts. Made once a request or job, never changed. */
export type Actor = {
  readonly kind: 'staff' | 'supplier' | 'system' | 'anonymous';
  /** Null for the system and for visitors. */
  readonly userId: string | null;
  readonly name: string;
  readonly roles: readonly Role[];
  /** The supplier a supplier's user belongs to; null for everybody else. */
  readonly supplierId: string | null;
  /** Whom this person may act for now, the longest agreed first: their delegations. */
  readonly actsFor?: readonly Principal[];
  /** For whom this act is done; not given: in one's own name. */
  readonly onBehalfOf?: Pick<Principal, 'userId' | 'name'>;
  /** The plants and categories a staff member's roles are limited to; not given: everywhere. */
  readonly scope?: Scope;
  /** Who came by a link for one document may do no more than this; not given: who signed in itself. */
  readonly limitedTo?: Limit;
};

export const anonymous: Actor = {
  kind: 'anonymous',
  userId: null,
  name: 'Visitor',
  roles: [],
  supplierId: null,
};

/** A job or the clock; `name` says which, e.g. `sourcing/every-minute-close-due-events`. */
export const system = (name: string): Actor => ({
  kind: 'system',
  userId: null,
  name,
  roles: [],
  supplierId: null,
});

export const hasRole = (actor: Actor, ...roles: readonly Role[]): boolean =>
  roles.some((role) => actor.roles.includes(role));

const PRICED: readonly Role[] = ['supplier_administrator', 'supplier_sales', 'supplier_accounts'];

/** Whoever only packs and sends for a supplier works without prices. */
export const seesPrices = (actor: Pick<Actor, 'kind' | 'roles'>): boolean =>
  actor.kind !== 'supplier' || actor.roles.some((role) => PRICED.includes(role));

/** The persons an act counts for: who does it, and for whom. Separation of duties sees both. */
export const personsOf = (actor: Pick<Actor, 'userId' | 'onBehalfOf'>): readonly string[] =>
  [actor.userId, actor.onBehalfOf?.userId].filter((id) => typeof id === 'string');
