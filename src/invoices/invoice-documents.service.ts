import { attachUploads, type Document } from '../documents/index.ts';
import { assertMay, mayUse } from '../identity/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { findById } from './invoice.store.ts';
import { lockInvoice } from './invoices.service.ts';
import { DOCUMENT_KIND } from './uploads/invoice-draft.ts';

/**
 * Puts the supplier's own document beside the figures that it typed: what its tax office knows as the invoice. A file of
 * the same name is its next version; what was there before stays.
 * @throws AppError `invoice.not-found`, what `attachUploads` throws, and what {@link assertMay} throws
 */
export async function attachInvoiceDocument(
  ctx: Ctx,
  of: { invoiceId: string; files: readonly UploadedFile[] },
): Promise<void> {
  const { invoice } = await lockInvoice(ctx, of);
  assertMay(ctx, 'invoice.attach', invoice);
  await attachUploads(ctx, {
    subject: { type: 'invoice', id: invoice.id },
    kind: DOCUMENT_KIND,
    visibility: 'supplier',
    supplierId: invoice.supplierId,
    files: of.files,
  });
}

/** May the actor read a file of this invoice? */
export const mayReadInvoiceDocument = async (
  ctx: Ctx,
  document: Pick<Document, 'subject'>,
): Promise<boolean> => {
  const { supplierId } = ctx.actor;
  const scope = { id: document.subject.id, supplierId, ...placesOf(ctx.actor) };
  return mayUse(ctx, 'invoice.read') && (await findById(ctx.tx, scope)) !== undefined;
};
