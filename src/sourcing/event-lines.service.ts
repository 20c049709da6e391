import { type Document, documentsOfAll } from '../documents/index.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { isAnyOfLots } from './evaluation-plan.store.ts';
import * as itemStore from './event-item.store.ts';
import { assertLineCount, type EventItem, type ItemDetails, type NewEventItem } from './event-item.ts';
import * as lotStore from './lot.store.ts';
import { assertLotCount, assertLotsKnown, byLots, type Lot, type NewLot } from './lot.ts';

/** What an event asks for: its lots and its lines. */
export type Structure = { readonly lots: readonly NewLot[]; readonly items: readonly NewEventItem[] };

/** Lots and lines as their reader may see them, with the files of both. */
export async function findAskedFor(
  ctx: Ctx,
  eventId: string,
): Promise<{ lots: Lot[]; items: EventItem[]; structureFiles: Document[] }> {
  const of = { eventId, supplierId: ctx.actor.supplierId };
  const lots = await lotStore.findLots(ctx.tx, of);
  const items = await itemStore.findItems(ctx.tx, of);
  const idsOf = (all: readonly { id: string }[]) => all.map(({ id }) => id);
  const ofLots = await documentsOfAll(ctx, 'lot', idsOf(lots));
  const ofItems = await documentsOfAll(ctx, 'event_item', idsOf(items));
  return { lots, items, structureFiles: [...ofLots, ...ofItems] };
}

/** What a page needs to show it: lines under their lots, the files of one, and whether a line has more to say. */
export function structureShown(of: {
  readonly lots: readonly Lot[];
  readonly items: readonly EventItem[];
  readonly structureFiles: readonly Document[];
}) {
  const files = new Map<string, Document[]>();
  for (const file of of.structureFiles)
    files.set(file.subject.id, [...(files.get(file.subject.id) ?? []), file]);
  const filesOf = (id: string): Document[] => files.get(id) ?? [];
  return {
    groups: byLots(of.lots, of.items),
    filesOf,
    isDetailed: (item: EventItem): boolean =>
      item.specification !== '' ||
      item.incoterm !== null ||
      item.schedule.length > 0 ||
      item.tiers.length > 0 ||
      item.takesAlternates ||
      item.asksCapacity ||
      item.targetPrice !== null ||
      item.reservePrice !== null ||
      filesOf(item.id).length > 0,
  };
}

/** The structure of an event as it could be given again. */
export async function findStructure(
  ctx: Ctx,
  eventId: string,
): Promise<{ lots: Lot[]; items: NewEventItem[] }> {
  const lots = await lotStore.findLots(ctx.tx, { eventId, supplierId: null });
  const items = await itemStore.findItems(ctx.tx, { eventId, supplierId: null });
  return { lots, items: items.map((item) => placedAgain(item, lots)) };
}

const placedAgain = ({ lotId, ...item }: EventItem, lots: readonly NewLot[]): NewEventItem => {
  const at = lotId === null ? -1 : lots.findIndex((lot) => lot.id === lotId);
  return { ...item, lotNo: at === -1 ? null : at + 1 };
};

/** Lines that are not given again stand in the lots as these are now numbered. */
export const inLots = (items: readonly EventItem[], lots: readonly NewLot[]): NewEventItem[] =>
  items.map((item) => placedAgain(item, lots));

/**
 * Writes lots and lines as they are given. What is there keeps its id, and with it its files and whatever refers to
 * it; what is not given any more goes.
 * @throws AppError `sourcing_event.has-too-many-lines`, `sourcing_event.has-too-many-lots`, `form.invalid` for a line
 * whose lot there is not
 */
export async function saveStructure(ctx: Ctx, eventId: string, given: Structure): Promise<void> {
  assertLineCount(given.items.length, ctx.policies.limits.eventLines);
  assertLotCount(given.lots.length);
  assertLotsKnown(given.lots, given.items);
  const knownLots = new Set(
    (await lotStore.findLots(ctx.tx, { eventId, supplierId: null })).map((lot) => lot.id),
  );
  const known = new Map(
    (await itemStore.findItems(ctx.tx, { eventId, supplierId: null })).map((item) => [item.id, item]),
  );
  const lots = await lotStore.saveLots(ctx.tx, eventId, given.lots.map(onlyKnown(knownLots)));
  const items = given.items
    .map(onlyKnown(known))
    .map((item) => placed(item, { lots, before: item.id === undefined ? undefined : known.get(item.id) }));
  const kept = items.flatMap((item) => (item.id === undefined ? [] : [item.id]));
  if (kept.length < known.size) await itemStore.deleteOtherItems(ctx.tx, eventId, kept);
  await itemStore.saveItems(ctx.tx, { eventId, after: 0, items });
  await assertNotAskedAbout(
    ctx,
    [...knownLots].filter((id) => !lots.some((lot) => lot.id === id)),
  );
  await lotStore.deleteOtherLots(ctx.tx, eventId, lots);
}

/** Lots that a draft beside the event has given ids to, behind those there are; {@link saveStructure} puts them in their order. */
export async function addDraftedLots(ctx: Ctx, eventId: string, lots: readonly NewLot[]): Promise<void> {
  const present = await lotStore.findLots(ctx.tx, { eventId, supplierId: null });
  const added = lots.filter(({ id }) => id !== undefined && !present.some((lot) => lot.id === id));
  if (added.length > 0) await lotStore.saveLots(ctx.tx, eventId, [...present, ...added]);
}

/** A lot that has questions or criteria of its own stays until they are gone. @throws AppError `lot.has-own-questions` */
async function assertNotAskedAbout(ctx: Ctx, lotIds: readonly string[]): Promise<void> {
  if (lotIds.length > 0 && (await isAnyOfLots(ctx.tx, lotIds)))
    throw ruleBroken('lot.has-own-questions', 'The lot has questions or criteria of its own');
}

/** An id that is not of this event is none: it would be a line of another's. */
const onlyKnown =
  (known: { has(id: string): boolean }) =>
  <T extends { readonly id?: string | undefined }>(given: T): T =>
    given.id !== undefined && known.has(given.id) ? given : { ...given, id: undefined };

/** A line that says nothing beyond its columns. */
export const NO_DETAILS: ItemDetails = {
  specification: '',
  targetPrice: null,
  reservePrice: null,
  takesAlternates: false,
  asksCapacity: false,
  incoterm: null,
  incotermPlace: '',
  tiers: [],
  schedule: [],
};

function placed(
  item: NewEventItem,
  of: { lots: readonly Lot[]; before: EventItem | undefined },
): itemStore.PlacedItem {
  const { lotNo = null, ...said } = item;
  return {
    ...(of.before ?? NO_DETAILS),
    ...said,
    id: said.id,
    lotId: lotNo === null ? null : (of.lots[lotNo - 1]?.id ?? null),
  };
}
