import { invalid } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findByNumber, holdNumber } from './invoice.store.ts';

/**
 * A supplier uses a number once, for an invoice or a credit note, however it writes it.
 * @param of.except the document that is being corrected
 * @throws AppError `invoice.figures-refused` at the number's field
 */
export async function refuseUsedNumber(
  ctx: Ctx,
  of: { supplierId: string; normalisedNumber: string; except: string | null },
): Promise<void> {
  const refused = (code: string, params: Readonly<Record<string, string>> = {}) =>
    invalid('invoice.figures-refused', 'The number is not taken', [
      { path: 'supplierNumber', code, message: 'The number is not taken', params },
    ]);
  if (of.normalisedNumber === '') throw refused('invoice.number-without-letters-or-digits');
  await holdNumber(ctx.tx, of);
  const earlier = await findByNumber(ctx.tx, of);
  if (earlier === undefined || earlier.id === of.except) return;
  throw refused('invoice.number-used', { reference: earlier.reference, number: earlier.supplierNumber });
}
