import type { Tx } from './context.ts';
import { firstOf } from './statements.ts';

/**
 * The next number people call a document by, e.g. `RFQ-2026-0042`. Without gaps: the counter's row is
 * locked until the transaction ends, so take it late in the act.
 */
export async function nextReference(tx: Tx, prefix: string, at: Date): Promise<string> {
  const year = at.getUTCFullYear();
  const row = await firstOf<{ value: number }>(
    tx,
    `INSERT INTO reference_counter AS counter (prefix, year, value)
     VALUES (?, ?, 1)
     ON CONFLICT (prefix, year) DO UPDATE SET value = counter.value + 1
     RETURNING value`,
    [prefix, year],
  );
  return `${prefix}-${year}-${String(row?.value).padStart(4, '0')}`;
}
