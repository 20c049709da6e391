/**
 * What is charged beside prices, or allowed: UBL's allowances and charges, as far as agreements, orders and invoices have
 * them. A discount lowers, all others raise.
 */
export const chargeReasons = [
  'discount',
  'freight',
  'packing',
  'insurance',
  'handling',
  'tooling',
  'small_quantity',
  'other',
] as const;
export type ChargeReason = (typeof chargeReasons)[number];
