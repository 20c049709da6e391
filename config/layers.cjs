/**
 * The folders of src/ in the order of a purchase. A folder imports only what stands before it; what later
 * folders do in answer to it happens in jobs/, through events.
 */
module.exports = [
  'kernel',
  'platform',
  'audit',
  'identity',
  'documents',
  'notifications',
  'suppliers',
  'catalog',
  'approvals',
  'budgets',
  'agreements',
  'requisitions',
  'sourcing',
  'bids',
  'auctions',
  'awards',
  'orders',
  'deliveries',
  'forecasts',
  'invoices',
  'disputes',
  'home',
  'reports',
  'interchange',
];
