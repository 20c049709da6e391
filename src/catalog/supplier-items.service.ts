import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findSupplier } from '../suppliers/index.ts';
import * as store from './supplier-item.store.ts';
import { assertConverts, type SupplierItem, type SupplierItemTerms } from './supplier-item.ts';

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

const recordItem = (ctx: Ctx, act: string, item: SupplierItemTerms & { id: string }): Promise<string> => {
  const { id, supplierId, itemCode, supplierItemCode, unit, supplierUnit } = item;
  const { unitsPerSupplierUnit, packQuantity, minimumQuantity } = item;
  return record(ctx, {
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
  });
};

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
