import type { Ctx } from '../platform/db/context.ts';
import { freeLines } from '../requisitions/index.ts';
import * as itemStore from './event-item.store.ts';
import type { EventItem } from './event-item.ts';
import * as sourceStore from './event-item-source.store.ts';

/** Whose needs the lines of an event are. */
export const findSourcesOfEvent = (ctx: Ctx, eventId: string): Promise<sourceStore.ShownSource[]> =>
  sourceStore.findSources(ctx.tx, eventId);

/** The account that an event without requisitions is bought on, if it names one. */
export const findEventAccount = (ctx: Ctx, eventId: string): Promise<string | null> =>
  sourceStore.findAccount(ctx.tx, eventId);

/**
 * Changes the lines of an event and keeps whose needs they are: a line that was written anew (a spreadsheet that was
 * changed and imported again) is known by its item, or by its text. What is not asked for any more waits again.
 */
export async function keepSources<T>(ctx: Ctx, eventId: string, change: () => Promise<T>): Promise<T> {
  const before = await sourceStore.findSources(ctx.tx, eventId);
  if (before.length === 0) return change();
  const itemsBefore = await itemStore.findItems(ctx.tx, { eventId, supplierId: null });
  const result = await change();
  const items = await itemStore.findItems(ctx.tx, { eventId, supplierId: null });
  const present = new Set(items.map((item) => item.id));
  const lost = before.filter((source) => !present.has(source.eventItemId));
  const found = lost.flatMap((source) => {
    const old = itemsBefore.find((item) => item.id === source.eventItemId);
    const again = items.find(
      (item) => !itemsBefore.some((one) => one.id === item.id) && old !== undefined && isSame(item, old),
    );
    return again === undefined ? [] : [{ ...source, eventItemId: again.id }];
  });
  await sourceStore.insertSources(ctx.tx, found);
  const kept = new Set(found.map((source) => source.requisitionLineId));
  await freeLines(
    ctx,
    lost.map((source) => source.requisitionLineId).filter((id) => !kept.has(id)),
  );
  return result;
}

const isSame = (item: EventItem, old: EventItem): boolean =>
  item.unit === old.unit &&
  (old.itemCode === null ? item.description === old.description : item.itemCode === old.itemCode);
