import { attachUploads, type Document, removeAttachment } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { findEvent, lockEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';

const subjectOf = (eventId: string) => ({ type: 'sourcing_event', id: eventId });

/**
 * Adds files that every invited supplier gets with the event; only to a draft, so that all get the same.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`,
 * and what `attachUploads` throws
 */
export async function addAttachments(
  ctx: Ctx,
  eventId: string,
  files: readonly UploadedFile[],
): Promise<void> {
  assertIsDraft(await lockEvent(ctx, eventId));
  await attachUploads(ctx, { subject: subjectOf(eventId), visibility: 'participants', files });
}

/** @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `document.not-found` */
export async function removeEventAttachment(
  ctx: Ctx,
  of: { eventId: string; documentId: string },
): Promise<void> {
  assertIsDraft(await lockEvent(ctx, of.eventId));
  await removeAttachment(ctx, subjectOf(of.eventId), of.documentId);
}

/** A supplier reads the files of events that were published to it; staff read those they may see at all. */
export async function mayReadDocument(ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> {
  if (ctx.actor.kind === 'staff' && !mayUse(ctx, 'sourcing_event.read')) return false;
  try {
    await findEvent(ctx, document.subject.id);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'not-found') return false;
    throw error;
  }
}
