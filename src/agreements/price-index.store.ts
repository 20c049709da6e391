import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';

/** A published index. */
export type PriceIndex = {
  readonly code: string;
  readonly nameEn: string;
  readonly nameZh: string;
  /** Who publishes it. */
  readonly source: string;
};
export type IndexValue = {
  readonly code: string;
  readonly month: string;
  readonly value: DecimalString;
  /** Where it was read; empty where the index says enough. */
  readonly source: string;
  readonly publishedOn: Day | null;
};

export const findIndices = (tx: Tx): Promise<(PriceIndex & { readonly id: string })[]> =>
  rowsOf(
    tx,
    `SELECT price_index.id, price_index.code, price_index.name_en AS "nameEn", price_index.name_zh AS "nameZh", price_index.source
       FROM price_index
      ORDER BY price_index.code
      LIMIT 500`,
  );

/** The values of these indices that count, the newest month first; at most so many months of each. */
export const findValues = (tx: Tx, codes: readonly string[], months: number): Promise<IndexValue[]> =>
  rowsOf<IndexValue>(
    tx,
    `SELECT ranked.code, ranked.month, ranked.value, ranked.source, ranked."publishedOn"
       FROM (SELECT DISTINCT ON (one.index_code, one.month) one.index_code AS code, one.month,
                    trim_scale(one.value)::text AS value, one.source, one.published_on AS "publishedOn",
                    dense_rank() OVER (PARTITION BY one.index_code ORDER BY one.month DESC) AS place
               FROM price_index_value AS one
              WHERE one.index_code = ANY (:codes)
              ORDER BY one.index_code, one.month DESC, one.entered_at DESC, one.id DESC) AS ranked
      WHERE ranked.place <= :months
      ORDER BY ranked.code, ranked.month DESC`,
    { codes: [...codes], months },
  );

/** False when the code is taken. */
export async function insertIndex(tx: Tx, index: PriceIndex & { id: string }): Promise<boolean> {
  const { id, code, nameEn, nameZh, source } = index;
  const inserted = await tx('price_index')
    .insert({ id, code, name_en: nameEn, name_zh: nameZh, source })
    .onConflict('code')
    .ignore()
    .returning('code');
  return inserted.length === 1;
}

/** Writes many in one statement; a month that has a value gets a later one, which counts. */
export const insertValues = (
  tx: Tx,
  values: readonly IndexValue[],
  by: { enteredBy: string | null; enteredAt: Date },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO price_index_value (id, index_code, month, value, source, published_on, entered_by, entered_at)
     SELECT one.id, one.code, one.month, one.value, one.source, one."publishedOn", CAST(:enteredBy AS uuid),
            CAST(:enteredAt AS timestamptz)
       FROM jsonb_to_recordset(CAST(:values AS jsonb))
         AS one (id uuid, code text, month text, value numeric, source text, "publishedOn" date)`,
    { ...by, values: JSON.stringify(values.map((value) => ({ ...value, id: newId() }))) },
  );
