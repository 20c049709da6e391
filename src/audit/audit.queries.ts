import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf, textRowsOf } from '../platform/db/statements.ts';
import type { LeafRow } from './leaf.ts';
import { findActs, type RecordFilter, type RecordRow, SHOWN } from './record.queries.ts';
import { leafColumnsSql } from './seal.store.ts';

/** One page of the record, the newest first. */
export async function searchRecord(
  tx: Tx,
  filter: RecordFilter,
  page: PageRequest,
): Promise<Page<RecordRow>> {
  const after = Number(page.after ?? Number.NaN);
  const rows = await findActs(tx, filter, {
    after: Number.isSafeInteger(after) ? after : null,
    limit: page.limit + 1,
  });
  return toPage(rows, page.limit, (row) => String(row.position));
}

/** One act with everything the record holds of it. */
export type RecordedAct = RecordRow & {
  readonly changes: Readonly<Record<string, unknown>>;
};

export const findRecordedAct = (tx: Tx, id: string): Promise<RecordedAct | undefined> =>
  firstOf<RecordedAct>(
    tx,
    `SELECT ${SHOWN}, act.changes
       FROM event AS act
      WHERE act.id = ?`,
    [id],
  );

/** The acts of one request or job, but this one: what was done together. */
export const findActsTogether = (
  tx: Tx,
  of: { requestId: string; exceptId: string; near: number },
): Promise<RecordRow[]> =>
  rowsOf<RecordRow>(
    tx,
    `SELECT ${SHOWN}
       FROM event AS act
      WHERE act.position >= ? AND act.position <= ? AND act.request_id = ? AND act.id <> ?
      ORDER BY act.position
      LIMIT 20`,
    [of.near - 1000, of.near + 1000, of.requestId, of.exceptId],
  );

/** The row as a leaf is made of it, with its seal when it has one. */
export async function findLeaf(
  tx: Tx,
  position: number,
): Promise<{ row: LeafRow; seal: { leafIndex: number; hash: Buffer } | null } | undefined> {
  const [row] = await textRowsOf(tx, `SELECT ${leafColumnsSql} FROM event WHERE event.position = $1`, [
    position,
  ]);
  if (row === undefined) return undefined;
  const seal = await firstOf<{ leafIndex: number; hash: Buffer }>(
    tx,
    'SELECT leaf_index AS "leafIndex", leaf_hash AS hash FROM event_seal WHERE event_position = ?',
    [position],
  );
  return { row, seal: seal ?? null };
}

export type CheckpointRow = {
  readonly id: string;
  readonly treeSize: number;
  readonly root: string;
  readonly createdAt: Date;
};

/** Checkpoints, the newest first. */
export async function listCheckpoints(tx: Tx, page: PageRequest): Promise<Page<CheckpointRow>> {
  const after = Number(page.after ?? Number.NaN);
  const rows = await rowsOf<CheckpointRow>(
    tx,
    `SELECT id, tree_size AS "treeSize", encode(root_hash, 'base64') AS root, created_at AS "createdAt"
       FROM event_checkpoint
      WHERE tree_size < ?
      ORDER BY tree_size DESC
      LIMIT ?`,
    [Number.isSafeInteger(after) ? after : Number.MAX_SAFE_INTEGER, page.limit + 1],
  );
  return toPage(rows, page.limit, (row) => String(row.treeSize));
}

export const findCheckpointNote = async (
  tx: Tx,
  id: string,
): Promise<{ note: string; treeSize: number } | undefined> =>
  firstOf(tx, 'SELECT signed_note AS note, tree_size AS "treeSize" FROM event_checkpoint WHERE id = ?', [id]);

/** The oldest act that waits for its seal. */
export const findOldestUnsealed = (tx: Tx): Promise<{ at: Date | null; count: number } | undefined> =>
  firstOf(
    tx,
    `SELECT min(event.at) AS at, count(*) AS count
       FROM event
       LEFT JOIN (SELECT transaction_id, position, above_position
                    FROM event_checkpoint ORDER BY tree_size DESC LIMIT 1) AS head ON true
      WHERE (event.transaction_id, event.position) > (COALESCE(head.transaction_id, '0'::xid8), COALESCE(head.position, 0))
        AND event.position > COALESCE(head.above_position, 0)`,
  );

/** Has a checkpoint been sent away on or after this instant? */
export async function wasCheckpointMailedSince(tx: Tx, since: Date): Promise<boolean> {
  const row = await firstOf<{ was: boolean }>(
    tx,
    `SELECT EXISTS (SELECT FROM event WHERE action = 'event_checkpoint.mailed' AND at >= ?) AS was`,
    [since],
  );
  return row?.was === true;
}
