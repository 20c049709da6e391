import { found } from '../../kernel/errors.ts';
import type { Tx } from './context.ts';
import { named } from './statements.ts';

/**
 * The next number people call a document by, e.g. `RFQ-2026-0042`. Without gaps: the counter's row is
 * locked until the transaction ends, so take it late in the act.
 */
export async function nextReference(tx: Tx, prefix: string, at: Date): Promise<string> {
  const year = at.getUTCFullYear();
  const value = await nextNumber(tx, { counter: prefix, year });
  return `${prefix}-${year}-${String(value).padStart(4, '0')}`;
}

/** The next number of a counter that begins anew each year. Held like that of {@link nextReference}. */
export async function nextNumber(tx: Tx, of: { counter: string; year: number }): Promise<number> {
  const rows = await named<{ value: number }>(tx, {
    name: 'reference.next',
    text: `
      INSERT INTO reference_counter AS counter (prefix, year, value)
      VALUES ($1, $2, 1)
      ON CONFLICT (prefix, year) DO UPDATE SET value = counter.value + 1
      RETURNING value`,
    values: [of.counter, of.year],
  });
  return found('reference_counter', rows[0]).value;
}
