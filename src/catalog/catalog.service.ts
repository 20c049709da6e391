import { record, recordAll } from '../audit/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { isTimeZone } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './catalog.store.ts';
import type { Category, Item, Plant } from './catalog.ts';

/** @throws AppError `category.code-in-use` */
export async function createCategory(ctx: Ctx, category: Category): Promise<void> {
  const id = newId();
  if (!(await store.insertCategory(ctx.tx, { ...category, id })))
    throw ruleBroken('category.code-in-use', 'There is a category of this code', { code: category.code });
  await record(ctx, {
    action: 'category.created',
    subject: { type: 'category', id },
    changes: { code: category.code },
  });
}

/** @throws AppError `plant.code-in-use`, `plant.zone-unknown` */
export async function createPlant(ctx: Ctx, plant: Plant): Promise<void> {
  if (!isTimeZone(plant.timeZone))
    throw ruleBroken('plant.zone-unknown', 'There is no such time zone', { zone: plant.timeZone });
  const id = newId();
  if (!(await store.insertPlant(ctx.tx, { ...plant, id })))
    throw ruleBroken('plant.code-in-use', 'There is a plant of this code', { code: plant.code });
  await record(ctx, {
    action: 'plant.created',
    subject: { type: 'plant', id },
    changes: { code: plant.code },
  });
}

/** Enters items in one statement; codes that are known stay as they are. Gives how many were new. */
export async function createItems(ctx: Ctx, items: readonly Omit<Item, 'id'>[]): Promise<number> {
  if (items.length === 0) return 0;
  const written = await store.insertItems(
    ctx.tx,
    items.map((item) => ({ ...item, id: newId() })),
  );
  await recordAll(
    ctx,
    written.map(({ id, code }) => ({
      action: 'item.created',
      subject: { type: 'item', id },
      changes: { code },
    })),
  );
  return written.length;
}

/** All categories, by code. */
export const listCategories = (ctx: Ctx): Promise<Category[]> => store.findCategories(ctx.tx);

/** All plants, by code. */
export const listPlants = (ctx: Ctx): Promise<Plant[]> => store.findPlants(ctx.tx);

/** The plant of this code, if there is one. */
export const findPlant = (ctx: Ctx, code: string): Promise<Plant | undefined> =>
  store.findPlantByCode(ctx.tx, code);

/** The items that are known among these codes, in one query. */
export const findItemsByCodes = (ctx: Ctx, codes: readonly string[]): Promise<Item[]> =>
  codes.length === 0 ? Promise.resolve([]) : store.findItems(ctx.tx, codes);
