import type { Role } from '../src/kernel/actor.ts';

/**
 * Which role may do what: the one table. What belongs to whom is decided with the document.
 * `signed-in` is everybody with an account.
 */
export const permissions = {
  'home.see': 'signed-in',
  'preferences.change': 'anyone',
  'timeline.see': 'signed-in',

  'password.set': 'signed-in',
  'security.manage': 'signed-in',
  'security.change': 'signed-in',
  'proof.give': 'signed-in',
  'document.read': 'signed-in',

  // suppliers
  'supplier.read': [
    'requester',
    'buyer',
    'approver',
    'receiver',
    'finance',
    'bid_opener',
    'auditor',
    'administrator',
  ],
  'supplier.manage': ['buyer', 'administrator'],

  // catalog
  'catalog.read': ['requester', 'buyer', 'approver', 'receiver', 'finance', 'auditor', 'administrator'],

  // sourcing
  'sourcing_event.read': ['buyer', 'approver', 'bid_opener', 'auditor'],
  'sourcing_event.manage': ['buyer'],
  'sourcing_event.approve': ['approver'],
  'sourcing_event.return': ['buyer', 'approver'],
  'notification.read': 'signed-in',
  'queues.see': ['administrator'],
  'queues.retry': ['administrator'],

  // orders
  'order.read': [
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'order.acknowledge': ['supplier_administrator', 'supplier_sales'],

  // deliveries
  'delivery.read': [
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'despatch.submit': ['supplier_administrator', 'supplier_logistics', 'supplier_sales'],
  'delivery.receive': ['receiver'],

  // invoices
  'invoice.read': ['buyer', 'approver', 'finance', 'auditor', 'supplier_administrator', 'supplier_accounts'],
  'invoice.submit': ['supplier_administrator', 'supplier_accounts'],
  'invoice.accept-exception': ['buyer'],
  'invoice.approve': ['finance'],
  'invoice.pay': ['finance'],

  // awards
  'comparison.read': ['buyer', 'approver', 'auditor'],
  'award.read': ['buyer', 'approver', 'auditor'],
  'award.propose': ['buyer'],
  'award.approve': ['approver'],
  'award.letter': ['supplier_administrator', 'supplier_sales'],

  // bids
  'bid.own': ['supplier_administrator', 'supplier_sales'],
  'bid.open': ['buyer', 'bid_opener'],
  'opening.read': ['buyer', 'approver', 'bid_opener', 'auditor'],

  // audit: nobody but the auditor; an administrator sees no bids, nor who bids
  'audit.read': ['auditor'],

  // reports
  'report.read': ['buyer', 'finance', 'auditor'],
  'report.export': ['buyer', 'finance', 'auditor'],
} as const satisfies Readonly<Record<string, readonly Role[] | 'signed-in' | 'anyone'>>;
