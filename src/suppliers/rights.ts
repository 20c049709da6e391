import type { SupplierRole } from '../kernel/actor.ts';

/** What somebody at a supplier may be told of, and does there. */
export const areas = ['bids', 'orders', 'deliveries', 'invoices', 'administration'] as const;
export type Area = (typeof areas)[number];

/** Who is told of what: an administrator of everything, because it stands in for whoever left. */
export const rolesOfArea: Readonly<Record<Area, readonly SupplierRole[]>> = {
  bids: ['supplier_administrator', 'supplier_sales'],
  orders: ['supplier_administrator', 'supplier_sales', 'supplier_logistics', 'supplier_accounts'],
  deliveries: ['supplier_administrator', 'supplier_sales', 'supplier_logistics'],
  invoices: ['supplier_administrator', 'supplier_accounts'],
  administration: ['supplier_administrator'],
};
