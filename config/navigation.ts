import type { NavigationEntry } from '../src/platform/web/render-settings.ts';

/**
 * The main navigation, in the order of a purchase; each person sees what they may use. Whoever sees many entries
 * sees them by group (`nav.group.…`), whoever sees few sees them side by side.
 */
export const navigation: readonly NavigationEntry[] = [
  { href: '/', labelKey: 'nav.home', permission: 'home.see' },

  // A group opens its first entry: what most people come for.
  { href: '/events', labelKey: 'nav.sourcing', permission: 'sourcing_event.read', group: 'sourcing' },
  { href: '/requisitions', labelKey: 'requisitions.nav', permission: 'requisition.read', group: 'sourcing' },
  {
    href: '/requisition-lines',
    labelKey: 'requisitions.waiting.nav',
    permission: 'requisition.source',
    group: 'sourcing',
  },
  { href: '/approvals', labelKey: 'approvals.nav', permission: 'approval.decide', group: 'sourcing' },
  { href: '/budgets', labelKey: 'budgets.nav', permission: 'budget.read', group: 'sourcing' },
  { href: '/bids', labelKey: 'nav.bids', permission: 'bid.own', group: 'sourcing' },
  { href: '/awards', labelKey: 'nav.awards', permission: 'award.read', group: 'sourcing' },
  { href: '/savings', labelKey: 'savings.nav', permission: 'award.savings', group: 'sourcing' },

  { href: '/orders', labelKey: 'nav.orders', permission: 'order.read', group: 'orders' },
  { href: '/deliveries', labelKey: 'nav.deliveries', permission: 'delivery.read', group: 'orders' },
  { href: '/forecasts', labelKey: 'forecasts.nav', permission: 'forecast.read', group: 'orders' },
  {
    href: '/nonconformances',
    labelKey: 'nonconformances.nav',
    permission: 'nonconformance.judge',
    group: 'orders',
  },
  { href: '/agreements', labelKey: 'agreements.nav', permission: 'agreement.read', group: 'orders' },
  {
    href: '/agreed-prices',
    labelKey: 'agreed-prices.nav',
    permission: 'agreement.call-off',
    group: 'orders',
  },
  { href: '/catalog/items', labelKey: 'items.nav', permission: 'catalog.read', group: 'orders' },
  {
    href: '/catalog/supplier-items',
    labelKey: 'supplier-items.nav',
    permission: 'supplier_item.manage',
    group: 'orders',
  },

  { href: '/invoices', labelKey: 'nav.invoices', permission: 'invoice.read', group: 'invoices' },
  { href: '/statements', labelKey: 'statements.nav', permission: 'statement.read', group: 'invoices' },
  { href: '/retentions', labelKey: 'retentions.nav', permission: 'retention.read', group: 'invoices' },
  { href: '/credit-notes', labelKey: 'credits.nav', permission: 'credit_note.read', group: 'invoices' },
  { href: '/payment-runs', labelKey: 'payments.nav', permission: 'payment_run.read', group: 'invoices' },
  {
    href: '/bank-accounts',
    labelKey: 'bank-accounts.nav',
    permission: 'payment_run.read',
    group: 'invoices',
  },
  { href: '/disputes', labelKey: 'nav.disputes', permission: 'dispute.read', group: 'invoices' },

  { href: '/suppliers', labelKey: 'nav.suppliers', permission: 'supplier.read' },
  { href: '/company', labelKey: 'company.nav', permission: 'company.read' },
  { href: '/exchange-rates', labelKey: 'exchange-rates.nav', permission: 'exchange_rate.manage' },
  { href: '/reports', labelKey: 'nav.reports', permission: 'report.read' },

  { href: '/audit', labelKey: 'nav.audit', permission: 'audit.read', group: 'administration' },
  { href: '/people', labelKey: 'nav.people', permission: 'people.read', group: 'administration' },
  { href: '/access', labelKey: 'nav.access', permission: 'access.read', group: 'administration' },
  {
    href: '/approval-rules',
    labelKey: 'approvals.rules.nav',
    permission: 'approval_policy.manage',
    group: 'administration',
  },
  {
    href: '/integrations',
    labelKey: 'interchange.nav',
    permission: 'integration.manage',
    group: 'administration',
  },
  {
    href: '/administration/queues',
    labelKey: 'nav.administration',
    permission: 'queues.see',
    group: 'administration',
  },
];
