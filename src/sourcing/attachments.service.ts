import {
  attachUploads,
  copyAttachment,
  type Document,
  documentsOf,
  documentsOfAll,
  removeAttachment,
} from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { AppError, found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { findSourcesOfEvent } from './event-sources.service.ts';
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

/** Files of the needs that an event was made from, which suppliers do not have: what is internal stays so until it is given. */
export async function requisitionFiles(ctx: Ctx, eventId: string): Promise<Document[]> {
  const sources = await findSourcesOfEvent(ctx, eventId);
  const ids = [...new Set(sources.map(({ requisitionId }) => requisitionId))];
  const given = await documentsOf(ctx, 'sourcing_event', eventId);
  const files = await documentsOfAll(ctx, 'requisition', ids);
  return files.filter(({ sha256 }) => !given.some((one) => one.sha256 === sha256));
}

/**
 * Gives suppliers a file that came with a requisition; only with a draft, so that all get the same.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `document.not-found`
 */
export async function giveRequisitionFile(
  ctx: Ctx,
  of: { eventId: string; documentId: string },
): Promise<void> {
  assertIsDraft(await lockEvent(ctx, of.eventId));
  const files = await requisitionFiles(ctx, of.eventId);
  const { id } = found(
    'document',
    files.find((file) => file.id === of.documentId),
  );
  await copyAttachment(ctx, {
    documentId: id,
    subject: subjectOf(of.eventId),
    visibility: 'participants',
  });
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
