import type { Tx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { InvoiceDraft } from './invoice-draft.ts';

const ONE = `
  SELECT draft.id, draft.supplier_id AS "supplierId", draft.state, draft.file_name AS "fileName",
         draft.media_type AS "mediaType", draft.sha256, draft.read, draft.typed, draft.unplaced,
         CASE WHEN draft.goods_receipt_id IS NOT NULL
                THEN jsonb_build_object('kind', 'receipt', 'id', draft.goods_receipt_id)
              WHEN draft.statement_id IS NOT NULL
                THEN jsonb_build_object('kind', 'statement', 'id', draft.statement_id)
              WHEN draft.order_id IS NOT NULL
                THEN jsonb_build_object('kind', 'order', 'id', draft.order_id)
         END AS source,
         draft.created_by AS "createdBy", draft.created_at AS "createdAt", draft.saved_at AS "savedAt",
         (SELECT person.name FROM user_account AS person WHERE person.id = draft.saved_by) AS "saverName",
         draft.version
    FROM invoice_draft AS draft
   WHERE draft.id = $1 AND draft.supplier_id = $2`;

type Of = { readonly id: string; readonly supplierId: string | null };

export async function findDraft(tx: Tx, of: Of): Promise<InvoiceDraft | undefined> {
  const values = [of.id, of.supplierId];
  return (await named<InvoiceDraft>(tx, { name: 'invoice_draft.find', text: ONE, values }))[0];
}

/** Holds the row until the transaction ends. */
export async function lockDraft(tx: Tx, of: Of): Promise<InvoiceDraft | undefined> {
  const text = `${ONE} FOR UPDATE OF draft`;
  const values = [of.id, of.supplierId];
  return (await named<InvoiceDraft>(tx, { name: 'invoice_draft.lock', text, values }))[0];
}

export async function insertDraft(
  tx: Tx,
  draft: Pick<
    InvoiceDraft,
    'id' | 'supplierId' | 'state' | 'fileName' | 'mediaType' | 'sha256' | 'read' | 'createdBy' | 'createdAt'
  >,
): Promise<void> {
  await tx('invoice_draft').insert({
    id: draft.id,
    supplier_id: draft.supplierId,
    state: draft.state,
    file_name: draft.fileName,
    media_type: draft.mediaType,
    sha256: draft.sha256,
    read: draft.read === null ? null : JSON.stringify(draft.read),
    created_by: draft.createdBy,
    created_at: draft.createdAt,
    saved_by: draft.createdBy,
    saved_at: draft.createdAt,
  });
}

/** Saves what is typed, chosen or decided. */
export async function saveDraft(
  tx: Tx,
  draft: Pick<InvoiceDraft, 'id' | 'state' | 'source' | 'typed' | 'unplaced'> & {
    readonly savedBy: string;
    readonly savedAt: Date;
  },
): Promise<void> {
  const { source } = draft;
  await tx('invoice_draft')
    .where({ id: draft.id })
    .update({
      state: draft.state,
      goods_receipt_id: source?.kind === 'receipt' ? source.id : null,
      statement_id: source?.kind === 'statement' ? source.id : null,
      order_id: source?.kind === 'order' ? source.id : null,
      typed: draft.typed === null ? null : JSON.stringify(draft.typed),
      unplaced: JSON.stringify(draft.unplaced),
      saved_by: draft.savedBy,
      saved_at: draft.savedAt,
      version: tx.raw('version + 1'),
    });
}

/** Two uploads of one file take turns until the transaction ends, so that the second sees the first. */
export const holdContent = (tx: Tx, of: { supplierId: string; sha256: string }): Promise<unknown[]> =>
  named(tx, {
    name: 'invoice_draft.hold-content',
    text: `SELECT pg_advisory_xact_lock(hashtextextended('invoice document ' || $1 || '/' || $2, 0))`,
    values: [of.supplierId, of.sha256],
  });
