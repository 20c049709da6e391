import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Document, Subject } from './document.ts';

const COLUMNS = `
         document.id, jsonb_build_object('type', document.subject_type, 'id', document.subject_id) AS subject,
         document.kind, document.version, document.file_name AS "fileName", document.media_type AS "mediaType",
         document.size_bytes AS "sizeBytes", document.sha256, document.storage_key AS "storageKey",
         document.visibility, document.supplier_id AS "supplierId", document.state,
         document.uploaded_by AS "uploadedBy", document.created_at AS "createdAt"`;

/** The names under which a file is found again. */
export type DocumentName = Pick<Document, 'subject' | 'kind' | 'version' | 'fileName' | 'visibility'> & {
  readonly supplierId?: string | null;
};

/** Uploads to one subject take turns until the transaction ends, so that each gets its own version. */
export const lockSubject = (tx: Tx, subject: Subject): Promise<unknown> =>
  rowsOf(tx, 'SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `document ${subject.type} ${subject.id}`,
  ]);

/** Writes the rows in one statement; gives the ids of those whose name was still free. */
export async function insertDocuments(tx: Tx, documents: readonly Document[]): Promise<string[]> {
  const rows = documents.map((document) => ({
    ...document,
    subject_type: document.subject.type,
    subject_id: document.subject.id,
  }));
  const inserted = await rowsOf<{ id: string }>(
    tx,
    `INSERT INTO document (id, subject_type, subject_id, kind, version, file_name, media_type, size_bytes, sha256,
                           storage_key, visibility, supplier_id, state, uploaded_by, created_at)
     SELECT added.id, added.subject_type, added.subject_id, added.kind, added.version, added."fileName",
            added."mediaType", added."sizeBytes", added.sha256, added."storageKey", added.visibility,
            added."supplierId", added.state, added."uploadedBy", added."createdAt"
       FROM jsonb_to_recordset(?::jsonb)
         AS added (id uuid, subject_type text, subject_id uuid, kind text, version integer, "fileName" text,
                   "mediaType" text, "sizeBytes" bigint, sha256 text, "storageKey" text, visibility text,
                   "supplierId" uuid, state text, "uploadedBy" uuid, "createdAt" timestamptz)
         ON CONFLICT DO NOTHING
     RETURNING id`,
    [JSON.stringify(rows)],
  );
  return inserted.map((row) => row.id);
}

export const findDocumentById = (tx: Tx, id: string): Promise<Document | undefined> =>
  firstOf<Document>(
    tx,
    `SELECT ${COLUMNS} FROM document WHERE document.id = ? AND document.removed_at IS NULL`,
    [id],
  );

export const findDocumentByName = (tx: Tx, name: DocumentName): Promise<Document | undefined> =>
  firstOf<Document>(
    tx,
    `SELECT ${COLUMNS}
       FROM document
      WHERE document.subject_type = ?
        AND document.subject_id = ?
        AND document.kind = ?
        AND document.version = ?
        AND document.file_name = ?
        AND document.visibility = ?
        AND document.supplier_id IS NOT DISTINCT FROM ?
        AND document.removed_at IS NULL`,
    [
      name.subject.type,
      name.subject.id,
      name.kind,
      name.version,
      name.fileName,
      name.visibility,
      name.supplierId ?? null,
    ],
  );

/** A subject's files, oldest first; with `supplierId`, those that this supplier may at most see. */
export const findDocumentsOf = (tx: Tx, subject: Subject, supplierId: string | null): Promise<Document[]> =>
  rowsOf<Document>(
    tx,
    `SELECT ${COLUMNS}
       FROM document
      WHERE document.subject_type = ?
        AND document.subject_id = ?
        AND document.removed_at IS NULL
        AND (?::uuid IS NULL
             OR document.visibility = 'participants'
             OR (document.visibility = 'supplier' AND document.supplier_id = ?::uuid))
      ORDER BY document.created_at, document.id
      LIMIT 500`,
    [subject.type, subject.id, supplierId, supplierId],
  );

/** The files of several subjects of one kind, oldest first; seen as {@link findDocumentsOf} does. */
export const findDocumentsOfAll = (
  tx: Tx,
  subjects: { readonly type: string; readonly ids: readonly string[] },
  supplierId: string | null,
): Promise<Document[]> =>
  rowsOf<Document>(
    tx,
    `SELECT ${COLUMNS}
       FROM document
      WHERE document.subject_type = ?
        AND document.subject_id = ANY (?::uuid[])
        AND document.removed_at IS NULL
        AND (?::uuid IS NULL
             OR document.visibility = 'participants'
             OR (document.visibility = 'supplier' AND document.supplier_id = ?::uuid))
      ORDER BY document.created_at, document.id
      LIMIT 2000`,
    [subjects.type, [...subjects.ids], supplierId, supplierId],
  );

export async function saveRemoval(tx: Tx, id: string, at: Date): Promise<void> {
  await tx('document').where({ id }).update({ removed_at: at });
}
