import type { Ctx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { Invoice } from '../invoice.ts';
import type { VersionDocument } from './invoice-draft.ts';

/** The document beside an invoice's figures in force; null where it began from a receipt or a statement alone. */
export async function findVersionDocument(
  ctx: Ctx,
  invoice: Pick<Invoice, 'id' | 'currentVersion'>,
): Promise<VersionDocument | null> {
  const rows = await named<{ document: VersionDocument | null }>(ctx.tx, {
    name: 'invoice_version.document',
    text: `
      SELECT sent.content -> 'document' AS document
        FROM invoice_version AS sent
       WHERE sent.invoice_id = $1 AND sent.version = $2`,
    values: [invoice.id, invoice.currentVersion],
  });
  return rows[0]?.document ?? null;
}
