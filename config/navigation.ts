import type { NavigationEntry } from '../src/platform/web/render-settings.ts';

/** The main navigation, in the order of a purchase; each person sees what they may use. */
export const navigation: readonly NavigationEntry[] = [
  { href: '/', labelKey: 'nav.home', permission: 'home.see' },
  { href: '/events', labelKey: 'nav.sourcing', permission: 'sourcing_event.read' },
  { href: '/bids', labelKey: 'nav.bids', permission: 'bid.own' },
  { href: '/awards', labelKey: 'nav.awards', permission: 'award.read' },
  { href: '/orders', labelKey: 'nav.orders', permission: 'order.read' },
  { href: '/deliveries', labelKey: 'nav.deliveries', permission: 'delivery.read' },
  { href: '/invoices', labelKey: 'nav.invoices', permission: 'invoice.read' },
  { href: '/payment-runs', labelKey: 'payments.nav', permission: 'payment_run.read' },
  { href: '/disputes', labelKey: 'nav.disputes', permission: 'dispute.read' },
  { href: '/suppliers', labelKey: 'nav.suppliers', permission: 'supplier.read' },
  { href: '/company', labelKey: 'company.nav', permission: 'company.read' },
  { href: '/reports', labelKey: 'nav.reports', permission: 'report.read' },
  { href: '/audit', labelKey: 'nav.audit', permission: 'audit.read' },
  { href: '/people', labelKey: 'nav.people', permission: 'people.read' },
  { href: '/access', labelKey: 'nav.access', permission: 'access.read' },
  { href: '/administration/queues', labelKey: 'nav.administration', permission: 'queues.see' },
];
