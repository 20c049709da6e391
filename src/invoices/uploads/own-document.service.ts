import { readFile } from 'node:fs/promises';
import { attachUploads, type Document } from '../../documents/index.ts';
import { found, invalid } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { isEncryptedPdf } from './embedded-xml.ts';
import { DOCUMENT_KIND } from './invoice-draft.ts';

export const PDF = 'application/pdf';

/**
 * Keeps a supplier's own document of an invoice or a credit note, with its content; one that nobody could read in ten years is
 * refused.
 * @throws AppError `document.refused` with the field
 */
export async function keepOwnDocument(
  ctx: Ctx,
  of: {
    subject: { type: 'invoice' | 'credit_note'; id: string };
    supplierId: string;
    file: UploadedFile;
    accepted: readonly string[];
  },
): Promise<{ document: Document; content: Buffer }> {
  const { subject, supplierId, file, accepted } = of;
  const [attached] = await attachUploads(ctx, {
    subject,
    kind: DOCUMENT_KIND,
    visibility: 'supplier',
    supplierId,
    files: [file],
    accepted,
  });
  const document = found('document', attached);
  const content = await readFile(file.path);
  if (document.mediaType === PDF && isEncryptedPdf(content))
    throw documentRefused(file, 'document.encrypted', { file: document.fileName });
  return { document, content };
}

export const documentRefused = (
  file: Pick<UploadedFile, 'field'>,
  code: string,
  params: Readonly<Record<string, string>>,
) =>
  invalid('document.refused', 'The file is not taken', [{ path: file.field, code, message: code, params }]);
