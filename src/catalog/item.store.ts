import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf } from '../platform/db/keyset.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { ItemFilter, KeptItem } from './item.ts';

/** With the names of its category. */
export type ItemRow = KeptItem & { readonly categoryEn: string; readonly categoryZh: string };
const COLUMNS = `
         item.id, item.code, item.description, item.description_zh AS "descriptionZh", item.unit,
         item.category_code AS "categoryCode", item.conversions, trim_scale(item.pack_quantity)::text AS "packQuantity",
         item.packaging, item.tax, item.incoterm, item.state, item.version`;
const ROW = `
  SELECT ${COLUMNS}, category.name_en AS "categoryEn", category.name_zh AS "categoryZh"
    FROM item
    JOIN category ON category.code = item.category_code`;

const CODE: Key<ItemRow> = {
  sql: 'item.code',
  type: 'text',
  of: (row) => row.code,
  accepts: (value) => value !== '' && value.length <= 60 && !value.includes('\0'),
};

/** One page, by code. */
export const findItemPage = (tx: Tx, filter: ItemFilter, page: PageRequest): Promise<Page<ItemRow>> =>
  findListPage<ItemRow>(tx, {
    name: 'item.list',
    select: ROW,
    conditions: [
      { name: 'cat', value: filter.category, sql: (at) => `item.category_code = ${at}` },
      { name: 'state', value: filter.state, sql: (at) => `item.state = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) =>
          `(item.code ILIKE ${at} OR item.description ILIKE ${at} OR item.description_zh ILIKE ${at})`,
      },
    ],
    sort: { name: 'code', keys: [CODE, idKey<ItemRow>('item.id')], direction: 'ASC' },
    page,
  });

export const findItem = (tx: Tx, id: string): Promise<ItemRow | undefined> =>
  firstOf<ItemRow>(tx, `${ROW} WHERE item.id = ?`, [id]);

export const lockItem = (tx: Tx, id: string): Promise<KeptItem | undefined> =>
  firstOf<KeptItem>(tx, `SELECT ${COLUMNS} FROM item WHERE item.id = ? FOR UPDATE`, [id]);

export const findItemsOf = (tx: Tx, codes: readonly string[]): Promise<KeptItem[]> =>
  rowsOf<KeptItem>(tx, `SELECT ${COLUMNS} FROM item WHERE item.code = ANY (?::text[])`, [[...codes]]);

/** In the order of their codes, so that two imports never wait for each other. */
export const lockItemsOf = (tx: Tx, codes: readonly string[]): Promise<KeptItem[]> =>
  rowsOf<KeptItem>(
    tx,
    `SELECT ${COLUMNS} FROM item WHERE item.code = ANY (?::text[]) ORDER BY item.code FOR UPDATE`,
    [[...codes]],
  );

const RECORD = `
  AS one (id uuid, code text, description text, "descriptionZh" text, unit text, "categoryCode" text,
          conversions jsonb, "packQuantity" numeric, packaging text, tax text, incoterm text, state text,
          version integer)`;

/** Writes many in one statement. Gives the codes that were written: one that is taken stays as it is. */
export const insertKeptItems = async (tx: Tx, items: readonly KeptItem[]): Promise<string[]> =>
  (
    await rowsOf<{ code: string }>(
      tx,
      `INSERT INTO item (id, code, description, description_zh, unit, category_code, conversions, pack_quantity,
                         packaging, tax, incoterm, state, version)
       SELECT one.id, one.code, one.description, one."descriptionZh", one.unit, one."categoryCode", one.conversions,
              one."packQuantity", one.packaging, one.tax, one.incoterm, one.state, one.version
         FROM jsonb_to_recordset(?::jsonb) ${RECORD}
       ON CONFLICT (code) DO NOTHING
       RETURNING item.code`,
      [JSON.stringify(items)],
    )
  ).map(({ code }) => code);

/** Saves many in one statement, each as its next version. */
export const saveItems = (tx: Tx, items: readonly KeptItem[]): Promise<unknown> =>
  rowsOf(
    tx,
    `UPDATE item
        SET description = one.description, description_zh = one."descriptionZh", unit = one.unit,
            category_code = one."categoryCode", conversions = one.conversions, pack_quantity = one."packQuantity",
            packaging = one.packaging, tax = one.tax, incoterm = one.incoterm, state = one.state,
            version = one.version + 1
       FROM jsonb_to_recordset(?::jsonb) ${RECORD}
      WHERE item.id = one.id`,
    [JSON.stringify(items)],
  );
