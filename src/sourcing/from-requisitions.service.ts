import { record } from '../audit/index.ts';
import { findPlant } from '../catalog/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  lockLinesToSource,
  type MergedLine,
  markSourcing,
  mergeLines,
  type Taking,
  takeOfLines,
  type WaitingLine,
} from '../requisitions/index.ts';
import type { NewEventItem } from './event-item.ts';
import * as sourceStore from './event-item-source.store.ts';
import { createEvent, findEventItems, lockEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';

/**
 * Makes a draft of approved requisition lines, or of a part of some of them: those for one item and unit become one line of the event, which traces
 * back to all of them. Gives the event's id.
 * @throws AppError `requisition_line.none-chosen`, `requisition_line.is-taken`, `requisition_line.more-than-left`,
 * `requisition_line.nothing-taken`, `requisition_line.categories-differ`,
 * `requisition_line.currencies-differ`, and what {@link createEvent} throws
 */
export async function createEventFromLines(
  ctx: Ctx,
  of: { lineIds: readonly string[]; title: string; takings?: readonly Taking[] },
): Promise<string> {
  const waiting = await lockLinesToSource(ctx, of.lineIds);
  const [first] = waiting;
  if (first === undefined) throw ruleBroken('requisition_line.none-chosen', 'No line is chosen');
  assertAlike(waiting, first);
  const lines = await takeOfLines(ctx, waiting, of.takings ?? []);
  const merged = mergeLines(lines);
  const plant = found('plant', await findPlant(ctx, first.plantCode));
  const eventId = await createEvent(ctx, {
    title: of.title === '' ? first.description.slice(0, 200) : of.title,
    description: '',
    categoryCode: first.categoryCode,
    plantCode: plant.code,
    incoterm: 'DAP',
    incotermPlace: plant.nameEn,
    currency: first.currency,
    paymentTermsDays: ctx.policies.paymentTermsDays,
    closesAt: null,
    timeZone: plant.timeZone,
    items: merged.map(eventItemOf),
  });
  const items = await findEventItems(ctx, eventId);
  // Lines of an event stand in the order in which they were given.
  const sources = merged.flatMap((line, index) =>
    line.sources.map((source) => ({ ...source, eventItemId: found('event_item', items[index]).id })),
  );
  await sourceStore.insertSources(ctx.tx, sources);
  await markSourcing(
    ctx,
    lines.map((line) => line.id),
  );
  await record(ctx, {
    action: 'sourcing_event.made-from-requisitions',
    subject: { type: 'sourcing_event', id: eventId },
    changes: {
      requisitions: [...new Set(lines.map((line) => line.reference))],
      lineCount: lines.length,
      mergedLineCount: merged.length,
    },
  });
  return eventId;
}

/** An event has one category and one currency. */
function assertAlike(lines: readonly WaitingLine[], first: WaitingLine): void {
  const stranger = lines.find((line) => line.categoryCode !== first.categoryCode);
  if (stranger !== undefined)
    throw ruleBroken('requisition_line.categories-differ', 'An event has one category', {
      first: first.categoryCode,
      second: stranger.categoryCode,
    });
  const foreign = lines.find((line) => line.currency !== first.currency);
  if (foreign !== undefined)
    throw ruleBroken('requisition_line.currencies-differ', 'Currencies are not mixed', {
      first: first.currency,
      second: foreign.currency,
    });
}

/** What goes to which plant is said where suppliers read it: in codes, which need no language. */
const eventItemOf = ({ item, schedule, places }: MergedLine): NewEventItem => ({
  itemCode: item.itemCode,
  description: item.description,
  quantity: item.quantity,
  unit: item.unit,
  originalUnit: item.originalUnit,
  needByOn: item.needByOn,
  estimatedPrice: item.estimatedPrice,
  schedule,
  specification: places.map(({ plantCode, quantity }) => `${plantCode}: ${quantity} ${item.unit}`).join('\n'),
});

/**
 * Names the account whose budget is asked when the event is published; an empty one asks none.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`
 */
export async function nameEventAccount(
  ctx: Ctx,
  of: { eventId: string; account: string | null },
): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  assertIsDraft(event);
  await sourceStore.saveAccount(ctx.tx, of);
  await record(ctx, {
    action: 'sourcing_event.account-named',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { reference: event.reference, account: of.account },
  });
}
