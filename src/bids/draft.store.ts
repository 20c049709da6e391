import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';

/** A draft as it is kept: ciphertext, and which of its revisions was submitted. */
export type StoredDraft = {
  readonly sealed: Buffer;
  readonly revision: number;
  readonly submittedRevision: number | null;
  readonly savedAt: Date;
};

export const findStoredDraft = async (tx: Tx, bidId: string): Promise<StoredDraft | undefined> =>
  (
    await named<StoredDraft>(tx, {
      name: 'bid_draft.find',
      text: `
      SELECT bid_draft.sealed, bid_draft.revision, bid_draft.submitted_revision AS "submittedRevision",
             bid_draft.saved_at AS "savedAt"
        FROM bid_draft
       WHERE bid_draft.bid_id = $1`,
      values: [bidId],
    })
  )[0];

/** The draft's key as its bidder's browser wrapped it; null where nobody chose a passphrase. */
export const findWrappedKey = async (tx: Tx, bidId: string): Promise<Buffer | null> =>
  (await tx('bid_draft').where({ bid_id: bidId }).first('wrapped_key'))?.wrapped_key ?? null;

export async function saveWrappedKey(tx: Tx, bidId: string, wrapped: Buffer | null): Promise<void> {
  await tx('bid_draft').where({ bid_id: bidId }).update({ wrapped_key: wrapped });
}

export async function insertDraft(tx: Tx, bidId: string, draft: StoredDraft): Promise<void> {
  await tx('bid_draft').insert({
    bid_id: bidId,
    sealed: draft.sealed,
    revision: draft.revision,
    submitted_revision: draft.submittedRevision,
    saved_at: draft.savedAt,
  });
}

export async function saveStoredDraft(
  tx: Tx,
  bidId: string,
  draft: Pick<StoredDraft, 'sealed' | 'revision' | 'savedAt'>,
): Promise<void> {
  await tx('bid_draft')
    .where({ bid_id: bidId })
    .update({ sealed: draft.sealed, revision: draft.revision, saved_at: draft.savedAt });
}

/** A draft again, of which nothing counts as submitted. */
export async function saveUnsubmitted(tx: Tx, bid: { id: string; state: string }): Promise<void> {
  await tx('bid').where({ id: bid.id }).update({ state: bid.state });
  await tx('bid_draft').where({ bid_id: bid.id }).update({ submitted_revision: null });
}

export type StoredFile = {
  readonly id: string;
  readonly bidId: string;
  readonly sealedFacts: Buffer;
  readonly storageKey: string;
};

export const insertFiles = (
  tx: Tx,
  files: readonly StoredFile[],
  by: { uploadedBy: string; uploadedAt: Date },
): Promise<unknown> =>
  tx('bid_file').insert(
    files.map((file) => ({
      id: file.id,
      bid_id: file.bidId,
      sealed_facts: file.sealedFacts,
      storage_key: file.storageKey,
      uploaded_by: by.uploadedBy,
      uploaded_at: by.uploadedAt,
    })),
  );

export const findFile = async (tx: Tx, bidId: string, fileId: string): Promise<StoredFile | undefined> =>
  (
    await rowsOf<StoredFile>(
      tx,
      `SELECT bid_file.id, bid_file.bid_id AS "bidId", bid_file.sealed_facts AS "sealedFacts",
            bid_file.storage_key AS "storageKey"
       FROM bid_file
      WHERE bid_file.bid_id = ?
        AND bid_file.id = ?`,
      [bidId, fileId],
    )
  )[0];

export const findFiles = (tx: Tx, bidId: string, fileIds: readonly string[]): Promise<StoredFile[]> =>
  rowsOf<StoredFile>(
    tx,
    `SELECT bid_file.id, bid_file.bid_id AS "bidId", bid_file.sealed_facts AS "sealedFacts",
            bid_file.storage_key AS "storageKey"
       FROM bid_file
      WHERE bid_file.bid_id = ?
        AND bid_file.id = ANY (?::uuid[])`,
    [bidId, fileIds],
  );
