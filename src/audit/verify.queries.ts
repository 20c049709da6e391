import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf, textRowsOf } from '../platform/db/statements.ts';
import { type LeafRow, leafColumns } from './leaf.ts';
import { findHead, leafColumnsSql } from './seal.store.ts';
import { subjectKinds } from './subject.ts';

const BATCH_ROWS = 5000;

/** A seal and the row it names, if that is there. */
export type SealedRow = {
  readonly leafIndex: number;
  readonly position: number;
  /** Hex. */
  readonly hash: string;
  /** Hex. */
  readonly mac: string;
  readonly row: LeafRow | null;
};

/** Every seal with its row, in the order of the leaves, a batch at a time. */
export async function* streamSealedRows(tx: Tx): AsyncGenerator<SealedRow[]> {
  const batches = stream(
    tx,
    'sealed_rows',
    `SELECT ${leafColumnsSql}, seal.leaf_index::text, seal.event_position::text, encode(seal.leaf_hash, 'hex'),
            encode(seal.mac, 'hex')
       FROM event_seal AS seal
       LEFT JOIN event ON event.position = seal.event_position
      ORDER BY seal.leaf_index`,
  );
  const own = leafColumns.length;
  const id = leafColumns.indexOf('id');
  for await (const batch of batches)
    yield batch.map((row) => ({
      leafIndex: Number(row[own]),
      position: Number(row[own + 1]),
      hash: row[own + 2] ?? '',
      mac: row[own + 3] ?? '',
      row: row[id] === null ? null : row,
    }));
}

export type NotedCheckpoint = {
  readonly treeSize: number;
  /** Hex. */
  readonly root: string;
  readonly note: string;
};

/** Every checkpoint, the oldest first, a batch at a time. */
export async function* streamCheckpoints(tx: Tx): AsyncGenerator<NotedCheckpoint> {
  const batches = stream(
    tx,
    'checkpoints',
    // Ordered by the column, not by the text that is made of it: each is compared when its size is reached.
    `SELECT made.tree_size::text, encode(made.root_hash, 'hex'), made.signed_note
       FROM event_checkpoint AS made
      ORDER BY made.tree_size`,
  );
  for await (const batch of batches)
    for (const [treeSize, root, note] of batch)
      yield { treeSize: Number(treeSize), root: root ?? '', note: note ?? '' };
}

/** The kept inner nodes by `level/index`, as hex. */
export async function findTreeNodes(tx: Tx): Promise<Map<string, string>> {
  const rows = await textRowsOf(
    tx,
    `SELECT level || '/' || node_index, encode(hash, 'hex') FROM event_tree_node`,
  );
  return new Map(rows.map(([place, hash]) => [place ?? '', hash ?? '']));
}

/** Rows without a seal: how many wait for theirs, and those the sealer has passed and will never meet. */
export async function findUnsealedRows(
  tx: Tx,
): Promise<{ waiting: number; passed: { position: number; id: string }[] }> {
  const head = await findHead(tx);
  const at = head?.at ?? { transactionId: '0', position: 0, abovePosition: 0 };
  const before = `(event.transaction_id, event.position) <= (CAST(:transactionId AS xid8), :position)
                   OR event.position <= :abovePosition`;
  const unsealed = `
     FROM event
     LEFT JOIN event_seal AS seal ON seal.event_position = event.position
    WHERE seal.event_position IS NULL`;
  const waiting = await firstOf<{ count: number }>(
    tx,
    `SELECT count(*) AS count ${unsealed} AND NOT (${before})`,
    at,
  );
  const passed = await rowsOf<{ position: number; id: string }>(
    tx,
    `SELECT event.position, event.id ${unsealed} AND (${before}) ORDER BY event.position LIMIT 100`,
    at,
  );
  return { waiting: waiting?.count ?? 0, passed };
}

/** A document whose state is not the one its last act says; `recorded` is null when no act says any. */
export type Contradiction = {
  readonly type: string;
  readonly id: string;
  readonly state: string;
  readonly recorded: string | null;
};

/** Documents of the business that the record does not explain, some of each kind. */
export async function findContradictions(tx: Tx): Promise<Contradiction[]> {
  const found: Contradiction[] = [];
  for (const { type } of subjectKinds.filter((kind) => kind.statesAreRecorded))
    found.push(
      ...(await rowsOf<Contradiction>(
        tx,
        `SELECT CAST(? AS text) AS type, document.id, document.state, last.to_state AS recorded
           FROM ${type} AS document
           LEFT JOIN LATERAL (
             SELECT event.to_state
               FROM event
              WHERE event.subject_type = ? AND event.subject_id = document.id AND event.to_state IS NOT NULL
              ORDER BY event.position DESC
              LIMIT 1) AS last ON true
          WHERE last.to_state IS DISTINCT FROM document.state
          LIMIT 10`,
        [type, type],
      )),
    );
  return found;
}

/** Acts about documents that do not exist: a row too many in the record, or a document that was removed. */
export async function findActsAboutNothing(
  tx: Tx,
): Promise<{ position: number; id: string; type: string }[]> {
  const found: { position: number; id: string; type: string }[] = [];
  for (const { type } of subjectKinds)
    found.push(
      ...(await rowsOf<{ position: number; id: string; type: string }>(
        tx,
        // Found first and put in order after: else each kind is a walk through all rows, looking up every document.
        `WITH missing AS MATERIALIZED (
           SELECT event.position, event.id, event.subject_type AS type
             FROM event
            WHERE event.subject_type = ?
              AND NOT EXISTS (SELECT FROM ${type} AS document WHERE document.id = event.subject_id)
         )
         SELECT missing.position, missing.id, missing.type FROM missing ORDER BY missing.position LIMIT 10`,
        [type],
      )),
    );
  return found;
}

/** All rows of a statement in constant memory; the next batch is fetched while this one is looked at. */
async function* stream(tx: Tx, name: string, sql: string): AsyncGenerator<(string | null)[][]> {
  await tx.raw(`DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`);
  const fetch = (): Promise<(string | null)[][]> => textRowsOf(tx, `FETCH ${BATCH_ROWS} FROM ${name}`);
  let next = fetch();
  for (;;) {
    const batch = await next;
    if (batch.length === 0) return;
    next = fetch();
    // An error of the batch ahead is thrown when it is awaited.
    next.catch(() => undefined);
    yield batch;
  }
}
