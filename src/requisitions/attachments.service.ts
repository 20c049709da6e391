import { attachUploads, type Document, removeAttachment } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { assertIsDraft } from './requisition.ts';
import { findRequisition, lockOwn } from './requisitions.service.ts';

/**
 * Adds files to a draft: what is approved is what was there when it was submitted.
 * @throws AppError `requisition.not-found`, `requisition.is-no-draft`, `requisition.has-no-file`, and what
 * `attachUploads` throws
 */
export async function addRequisitionFiles(
  ctx: Ctx,
  of: { requisitionId: string; files: readonly UploadedFile[] },
): Promise<void> {
  assertIsDraft(await lockOwn(ctx, of.requisitionId));
  if (of.files.length === 0) throw ruleBroken('requisition.has-no-file', 'No file was chosen');
  const subject = { type: 'requisition', id: of.requisitionId };
  await attachUploads(ctx, { subject, visibility: 'internal', files: of.files });
}

/** @throws AppError `requisition.not-found`, `requisition.is-no-draft`, `document.not-found` */
export async function removeRequisitionFile(
  ctx: Ctx,
  of: { requisitionId: string; documentId: string },
): Promise<void> {
  assertIsDraft(await lockOwn(ctx, of.requisitionId));
  await removeAttachment(ctx, { type: 'requisition', id: of.requisitionId }, of.documentId);
}

/** Whoever reads the requisition reads its files. */
export async function mayReadDocument(ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> {
  if (ctx.actor.kind !== 'staff' || !mayUse(ctx, 'requisition.read')) return false;
  try {
    await findRequisition(ctx, document.subject.id);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'not-found') return false;
    throw error;
  }
}
