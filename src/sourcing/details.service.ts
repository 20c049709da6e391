import { record } from '../audit/index.ts';
import { attachUploads, removeAttachment } from '../documents/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { compareDecimals } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { mayReadDocument } from './attachments.service.ts';
import * as itemStore from './event-item.store.ts';
import type { EventItem, ItemDetails } from './event-item.ts';
import * as lotStore from './lot.store.ts';
import type { Lot } from './lot.ts';
import { bumpVersion, findEventItems, findLots, lockDraft, lockEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';

/** A line of an event. @throws AppError `event_item.not-found` */
export async function findEventItem(
  ctx: Ctx,
  of: { eventId: string; itemId: string },
): Promise<{ item: EventItem; items: EventItem[] }> {
  const items = await findEventItems(ctx, of.eventId);
  return {
    item: found(
      'event_item',
      items.find((one) => one.id === of.itemId),
    ),
    items,
  };
}

/** A lot of an event. @throws AppError `lot.not-found` */
export async function findEventLot(ctx: Ctx, of: { eventId: string; lotId: string }): Promise<Lot> {
  const lots = await findLots(ctx, of.eventId);
  return found(
    'lot',
    lots.find((one) => one.id === of.lotId),
  );
}

/**
 * Says more about a line of a draft. `version` is the event's that the editor saw.
 * @throws AppError `event_item.not-found`, `sourcing_event.reserve-below-target`, and what `lockDraft` throws
 */
export async function detailItem(
  ctx: Ctx,
  to: { eventId: string; itemId: string; version: number; details: ItemDetails },
): Promise<void> {
  const event = await lockDraft(ctx, to);
  const { item } = await findEventItem(ctx, to);
  assertPricesFit(to.details);
  const { lineNo, ...before } = item;
  await itemStore.saveItems(ctx.tx, {
    eventId: event.id,
    after: lineNo - 1,
    items: [{ ...before, ...to.details }],
  });
  await bumpVersion(ctx, event);
  await record(ctx, {
    action: 'sourcing_event.line-detailed',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { line: lineNo, fields: changedDetails(item, to.details) },
  });
}

/** What one hopes for is not above what one pays at most. @throws AppError `sourcing_event.reserve-below-target` */
function assertPricesFit({ targetPrice, reservePrice }: ItemDetails): void {
  if (targetPrice !== null && reservePrice !== null && compareDecimals(reservePrice, targetPrice) < 0)
    throw ruleBroken('sourcing_event.reserve-below-target', 'The reserve price is below the target price');
}

const changedDetails = (before: ItemDetails, after: ItemDetails): string[] =>
  (Object.keys(after) as (keyof ItemDetails)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );

/** What files hang on: a lot or a line of a draft. */
export type FileSubject = { readonly type: 'lot' | 'event_item'; readonly id: string };

async function lockSubject(ctx: Ctx, eventId: string, subject: FileSubject): Promise<void> {
  assertIsDraft(await lockEvent(ctx, eventId));
  if (subject.type === 'lot') await findEventLot(ctx, { eventId, lotId: subject.id });
  else await findEventItem(ctx, { eventId, itemId: subject.id });
}

/**
 * Adds files to a lot or a line, that every invited supplier gets with the event; only to a draft.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `lot.not-found`,
 * `event_item.not-found`, and what `attachUploads` throws
 */
export async function addStructureFiles(
  ctx: Ctx,
  of: { eventId: string; subject: FileSubject; files: readonly UploadedFile[] },
): Promise<void> {
  await lockSubject(ctx, of.eventId, of.subject);
  await attachUploads(ctx, { subject: of.subject, visibility: 'participants', files: of.files });
}

/** @throws AppError as {@link addStructureFiles}, `document.not-found` */
export async function removeStructureFile(
  ctx: Ctx,
  of: { eventId: string; subject: FileSubject; documentId: string },
): Promise<void> {
  await lockSubject(ctx, of.eventId, of.subject);
  await removeAttachment(ctx, of.subject, of.documentId);
}

/** Who may read an event's own files may read those of its lots and lines. */
export const mayReadStructureDocument =
  (type: FileSubject['type']) =>
  async (ctx: Ctx, document: Parameters<typeof mayReadDocument>[1]): Promise<boolean> => {
    const find = type === 'lot' ? lotStore.findEventOfLot : itemStore.findEventOfItem;
    const eventId = await find(ctx.tx, document.subject.id);
    if (eventId === undefined) return false;
    return mayReadDocument(ctx, { subject: { type: 'sourcing_event', id: eventId } });
  };
