import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf } from '../platform/db/keyset.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { SupplierItem, SupplierItemTerms } from './supplier-item.ts';

const COLUMNS = `
         one.id, one.supplier_id AS "supplierId", one.item_code AS "itemCode",
         one.supplier_item_code AS "supplierItemCode", one.unit, one.supplier_unit AS "supplierUnit",
         trim_scale(one.units_per_supplier_unit)::text AS "unitsPerSupplierUnit",
         trim_scale(one.pack_quantity)::text AS "packQuantity",
         trim_scale(one.minimum_quantity)::text AS "minimumQuantity", one.version`;

/** With the words of both sides. */
export type SupplierItemRow = SupplierItem & {
  readonly supplierName: string;
  readonly supplierReference: string;
  /** Null where the catalogue does not have the item. */
  readonly description: string | null;
};
const ROW = `
  SELECT ${COLUMNS}, supplier.name AS "supplierName", supplier.reference AS "supplierReference",
         item.description
    FROM supplier_item AS one
    JOIN supplier ON supplier.id = one.supplier_id
    LEFT JOIN item ON item.code = one.item_code`;

const ITEM_CODE: Key<SupplierItemRow> = {
  sql: 'one.item_code',
  type: 'text',
  of: (row) => row.itemCode,
  accepts: (value) => value.length <= 60,
};

/** One page, by the code of the item; with `item` those of one item. */
export const findSupplierItemPage = (
  tx: Tx,
  filter: { search: string; item: string | null },
  page: PageRequest,
): Promise<Page<SupplierItemRow>> =>
  findListPage<SupplierItemRow>(tx, {
    name: 'supplier_item.list',
    select: ROW,
    conditions: [
      { name: 'item', value: filter.item, sql: (at) => `one.item_code = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) =>
          `(one.item_code ILIKE ${at} OR one.supplier_item_code ILIKE ${at} OR supplier.name ILIKE ${at} OR item.description ILIKE ${at})`,
      },
    ],
    sort: { name: 'item', keys: [ITEM_CODE, idKey<SupplierItemRow>('one.id')], direction: 'ASC' },
    page,
  });

export const findSupplierItem = (tx: Tx, id: string): Promise<SupplierItemRow | undefined> =>
  firstOf<SupplierItemRow>(tx, `${ROW} WHERE one.id = ?`, [id]);

export const lockSupplierItem = (tx: Tx, id: string): Promise<SupplierItem | undefined> =>
  firstOf<SupplierItem>(tx, `SELECT ${COLUMNS} FROM supplier_item AS one WHERE one.id = ? FOR UPDATE`, [id]);

/** What this supplier calls these items, in one query. */
export const findOfSupplier = (
  tx: Tx,
  of: { supplierId: string; itemCodes: readonly string[] },
): Promise<SupplierItem[]> =>
  rowsOf<SupplierItem>(
    tx,
    `SELECT ${COLUMNS}
       FROM supplier_item AS one
      WHERE one.supplier_id = ? AND one.item_code = ANY (?::text[])`,
    [of.supplierId, [...of.itemCodes]],
  );

type ByItem = Pick<SupplierItemTerms, 'supplierId' | 'itemCode'>;
const AMONG = `
       FROM supplier_item AS one
       JOIN jsonb_to_recordset(?::jsonb) AS wanted ("supplierId" uuid, "itemCode" text)
         ON wanted."supplierId" = one.supplier_id AND wanted."itemCode" = one.item_code`;
const bindingOf = (items: readonly ByItem[]): string[] => [
  JSON.stringify(items.map(({ supplierId, itemCode }) => ({ supplierId, itemCode }))),
];

export const findSupplierItemsOf = (tx: Tx, items: readonly ByItem[]): Promise<SupplierItem[]> =>
  rowsOf<SupplierItem>(tx, `SELECT ${COLUMNS} ${AMONG}`, bindingOf(items));

/** In one order always, so that two imports never wait for each other. */
export const lockSupplierItemsOf = (tx: Tx, items: readonly ByItem[]): Promise<SupplierItem[]> =>
  rowsOf<SupplierItem>(
    tx,
    `SELECT ${COLUMNS} ${AMONG} ORDER BY one.supplier_id, one.item_code FOR UPDATE OF one`,
    bindingOf(items),
  );

/** Writes many in one statement: those that are there get their next version. */
export const saveSupplierItems = (tx: Tx, items: readonly SupplierItem[]): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO supplier_item (id, supplier_id, item_code, supplier_item_code, unit, supplier_unit,
                                units_per_supplier_unit, pack_quantity, minimum_quantity, version)
     SELECT one.id, one."supplierId", one."itemCode", one."supplierItemCode", one.unit, one."supplierUnit",
            one."unitsPerSupplierUnit", one."packQuantity", one."minimumQuantity", one.version
       FROM jsonb_to_recordset(?::jsonb)
         AS one (id uuid, "supplierId" uuid, "itemCode" text, "supplierItemCode" text, unit text, "supplierUnit" text,
                 "unitsPerSupplierUnit" numeric, "packQuantity" numeric, "minimumQuantity" numeric, version integer)
     ON CONFLICT (supplier_id, item_code) DO UPDATE
        SET supplier_item_code = excluded.supplier_item_code, unit = excluded.unit,
            supplier_unit = excluded.supplier_unit, units_per_supplier_unit = excluded.units_per_supplier_unit,
            pack_quantity = excluded.pack_quantity, minimum_quantity = excluded.minimum_quantity,
            version = excluded.version`,
    [JSON.stringify(items)],
  );

const columnsOf = (terms: SupplierItemTerms): Record<string, unknown> => ({
  supplier_id: terms.supplierId,
  item_code: terms.itemCode,
  supplier_item_code: terms.supplierItemCode,
  unit: terms.unit,
  supplier_unit: terms.supplierUnit,
  units_per_supplier_unit: terms.unitsPerSupplierUnit,
  pack_quantity: terms.packQuantity,
  minimum_quantity: terms.minimumQuantity,
});

/** False where the supplier's number for the item is kept already. */
export async function insertSupplierItem(tx: Tx, item: SupplierItemTerms & { id: string }): Promise<boolean> {
  const rows = await tx('supplier_item')
    .insert({ ...columnsOf(item), id: item.id })
    .onConflict(['supplier_id', 'item_code'])
    .ignore()
    .returning('id');
  return rows.length === 1;
}

export async function saveSupplierItem(tx: Tx, item: SupplierItem): Promise<void> {
  await tx('supplier_item')
    .where({ id: item.id })
    .update({ ...columnsOf(item), version: item.version + 1 });
}

export async function deleteSupplierItem(tx: Tx, id: string): Promise<void> {
  await tx('supplier_item').where({ id }).delete();
}
