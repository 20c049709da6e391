import { findSupplierCharges, type SupplierCharge } from '../awards/index.ts';
import type { ChargeReason } from '../kernel/charge.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Charge } from './order-charges.ts';

const REASON: Readonly<Record<SupplierCharge['kind'], ChargeReason>> = {
  freight: 'freight',
  insurance: 'insurance',
  duty: 'other',
  handling: 'handling',
  tooling: 'tooling',
  discount: 'discount',
  other: 'other',
};

/** The charges of an award's order: what was entered for its bid and is its supplier's to be paid, each invoiced by itself. */
export async function chargesOfAward(
  ctx: Ctx,
  of: { awardId: string; eventId: string; supplierId: string },
): Promise<Charge[]> {
  const charges = await findSupplierCharges(ctx, of);
  return charges.map(({ kind, amount }) => ({
    reason: REASON[kind],
    percent: null,
    amount: amount.replace('-', ''),
    id: newId(),
  }));
}
