import { type Act, record, recordAll } from '../audit/index.ts';
import { conflict, found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Sheet } from '../platform/sheet/sheet.ts';
import { findSupplier, findSuppliers, findSuppliersByReference } from '../suppliers/index.ts';
import * as store from './supplier-item.store.ts';
import { assertConverts, type SupplierItem, type SupplierItemTerms } from './supplier-item.ts';
import {
  previewSupplierItems,
  readSupplierItemTable,
  type SupplierItemsPreview,
} from './supplier-items.sheet.ts';

/**
 * Keeps what a supplier calls an item of ours.
 * @throws AppError `supplier.not-found`, `supplier_item.known-already`, and what {@link assertConverts} throws
 */
export async function enterSupplierItem(ctx: Ctx, terms: SupplierItemTerms): Promise<void> {
  assertConverts(terms);
  const supplier = found('supplier', await findSupplier(ctx, terms.supplierId));
  const id = newId();
  if (!(await store.insertSupplierItem(ctx.tx, { ...terms, id })))
    throw ruleBroken('supplier_item.known-already', 'Its number is kept already', {
      item: terms.itemCode,
      supplier: supplier.name,
    });
  await recordItem(ctx, 'entered', { ...terms, id });
}

/**
 * Changes it. Orders that were issued keep what they said.
 * @throws AppError `supplier_item.not-found`, `supplier_item.changed-meanwhile`, and what {@link assertConverts} throws
 */
export async function changeSupplierItem(
  ctx: Ctx,
  to: Omit<SupplierItem, 'supplierId' | 'itemCode'>,
): Promise<void> {
  const before = await lockSeen(ctx, to);
  const after = { ...before, ...to };
  assertConverts(after);
  await store.saveSupplierItem(ctx.tx, after);
  await recordItem(ctx, 'changed', after);
}

/** @throws AppError `supplier_item.not-found`, `supplier_item.changed-meanwhile` */
export async function removeSupplierItem(ctx: Ctx, of: { id: string; version: number }): Promise<void> {
  const before = await lockSeen(ctx, of);
  await store.deleteSupplierItem(ctx.tx, before.id);
  await recordItem(ctx, 'removed', before);
}

/** As it was in front of the one who acts. */
async function lockSeen(ctx: Ctx, of: { id: string; version: number }): Promise<SupplierItem> {
  const item = found('supplier_item', await store.lockSupplierItem(ctx.tx, of.id));
  if (item.version !== of.version)
    throw conflict('supplier_item.changed-meanwhile', 'Somebody else changed it meanwhile', {
      item: item.itemCode,
    });
  return item;
}

const recordItem = (ctx: Ctx, act: string, item: SupplierItemTerms & { id: string }): Promise<string> =>
  record(ctx, actOn(item, act));

const actOn = (item: SupplierItemTerms & { id: string }, act: string): Act => {
  const { id, supplierId, itemCode, supplierItemCode, unit, supplierUnit } = item;
  const { unitsPerSupplierUnit, packQuantity, minimumQuantity } = item;
  return {
    action: `supplier_item.${act}`,
    subject: { type: 'supplier_item', id },
    supplierId,
    changes: {
      itemCode,
      supplierItemCode,
      unit,
      supplierUnit,
      unitsPerSupplierUnit,
      packQuantity,
      minimumQuantity,
    },
  };
};

/** Says what a spreadsheet would enter and change; nothing is kept. */
export async function previewSupplierSheet(ctx: Ctx, sheet: Sheet): Promise<SupplierItemsPreview> {
  const table = readSupplierItemTable(sheet);
  const suppliers = await findSuppliersByReference(
    ctx,
    table.rows.map(({ values }) => values.supplier),
  );
  const idOf = new Map(suppliers.map(({ reference, id }) => [reference, id]));
  const asked = table.rows.flatMap(({ values: { supplier, itemCode } }) => {
    const supplierId = idOf.get(supplier);
    return supplierId === undefined ? [] : [{ supplierId, itemCode }];
  });
  const known = await store.findSupplierItemsOf(ctx.tx, asked);
  return previewSupplierItems(sheet, table, { suppliers, known });
}

/**
 * Keeps what was looked at, all of it or nothing.
 * @throws AppError `supplier.not-found`, `supplier_item.changed-meanwhile`, and what {@link assertConverts} throws
 */
export async function importSupplierItems(
  ctx: Ctx,
  items: readonly (SupplierItemTerms & { readonly version: number | null })[],
): Promise<void> {
  const ids = [...new Set(items.map(({ supplierId }) => supplierId))];
  if ((await findSuppliers(ctx, ids)).length < ids.length) throw notFound('supplier');
  const keyOf = (item: SupplierItemTerms): string => `${item.supplierId} ${item.itemCode}`;
  const before = await store.lockSupplierItemsOf(ctx.tx, items);
  const known = new Map(before.map((item) => [keyOf(item), item]));
  const saved = items.map(({ version, ...terms }): SupplierItem => {
    assertConverts(terms);
    const kept = known.get(keyOf(terms));
    if ((kept?.version ?? null) !== version)
      throw conflict('supplier_item.changed-meanwhile', 'Somebody else changed it meanwhile', {
        item: terms.itemCode,
      });
    return { ...terms, id: kept?.id ?? newId(), version: (version ?? 0) + 1 };
  });
  await store.saveSupplierItems(ctx.tx, saved);
  await recordAll(
    ctx,
    saved.map((item) => actOn(item, item.version === 1 ? 'entered' : 'changed')),
  );
}

/** One page of the suppliers' numbers, by our item. */
export const listSupplierItems = (
  ctx: Ctx,
  filter: { search: string; item: string | null },
  page: PageRequest,
): Promise<Page<store.SupplierItemRow>> => store.findSupplierItemPage(ctx.tx, filter, page);

/** @throws AppError `supplier_item.not-found` */
export const getSupplierItem = async (ctx: Ctx, id: string): Promise<store.SupplierItemRow> =>
  found('supplier_item', await store.findSupplierItem(ctx.tx, id));

/** What a supplier calls these items of ours, by our code. */
export async function findSupplierItems(
  ctx: Ctx,
  of: { supplierId: string; itemCodes: readonly (string | null)[] },
): Promise<ReadonlyMap<string, SupplierItem>> {
  const itemCodes = of.itemCodes.filter((code) => code !== null);
  if (itemCodes.length === 0) return new Map();
  const items = await store.findOfSupplier(ctx.tx, { supplierId: of.supplierId, itemCodes });
  return new Map(items.map((item) => [item.itemCode, item]));
}

/** The same for the supplier who asks. */
export const ownSupplierItems = async (
  ctx: Ctx,
  itemCodes: readonly (string | null)[],
): Promise<ReadonlyMap<string, SupplierItem>> =>
  ctx.actor.supplierId === null
    ? new Map()
    : findSupplierItems(ctx, { supplierId: ctx.actor.supplierId, itemCodes });
