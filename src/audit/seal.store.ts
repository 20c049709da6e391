import type { Tx } from '../platform/db/context.ts';
import type { Database } from '../platform/db/database.ts';
import { firstOf, named, namedOnce, textRowsOf } from '../platform/db/statements.ts';
import { type LeafRow, leafColumns } from './leaf.ts';
import type { Frontier, NodePlace } from './merkle.ts';

/**
 * How far the sealer has come. Transaction numbers are 64 bits wide and carried as text. Rows at or below
 * `abovePosition` were made in another cluster and are done with.
 */
export type SealPosition = {
  readonly transactionId: string;
  readonly position: number;
  readonly abovePosition: number;
};
export type StoredCheckpoint = {
  readonly id: string;
  readonly treeSize: number;
  readonly signedNote: string;
  readonly createdAt: Date;
};
/** The newest checkpoint, with what the tree needs to grow on and where to go on from. */
export type Head = StoredCheckpoint & {
  readonly rootHash: Buffer;
  readonly frontier: Frontier;
  readonly at: SealPosition;
};
export type Leaf = {
  readonly leafIndex: number;
  readonly position: number;
  readonly hash: Buffer;
  /** Hex. */
  readonly mac: string;
};
export type TreeNode = { readonly place: NodePlace; readonly hash: Buffer };

/** An event row's columns as the texts a leaf is made of. */
export const leafColumnsSql = leafColumns
  .map((name) =>
    name === 'at'
      ? `to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
      : `event.${name}::text`,
  )
  .join(', ');

// Only what is older than every transaction still under way: a row of one of those may yet appear before rows
// that are already there.
const SETTLED = 'event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())';
const FROM_ELSEWHERE = 'event.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())';
const AFTER = `(event.transaction_id, event.position) > ($1::text::xid8, $2::bigint)
   AND event.position > $3::bigint`;

export const beginning: SealPosition = { transactionId: '0', position: 0, abovePosition: 0 };

/** Lets one sealer through at a time; the others find out at once. Held until the transaction ends. */
export async function takeSealerLock(tx: Tx): Promise<boolean> {
  const row = await firstOf<{ taken: boolean }>(
    tx,
    `SELECT pg_try_advisory_xact_lock(hashtext('portico.sealer')) AS taken`,
  );
  return row?.taken === true;
}

type HeadRow = StoredCheckpoint & SealPosition & { rootHash: Buffer; frontier: Buffer };

export async function findHead(tx: Tx): Promise<Head | undefined> {
  const [row] = await named<HeadRow>(tx, {
    name: 'event_checkpoint.head',
    text: `
      SELECT id, tree_size AS "treeSize", signed_note AS "signedNote", created_at AS "createdAt",
             root_hash AS "rootHash", frontier, transaction_id::text AS "transactionId", position,
             above_position AS "abovePosition"
        FROM event_checkpoint
       ORDER BY tree_size DESC
       LIMIT 1`,
    values: [],
  });
  if (row === undefined) return undefined;
  const { rootHash, frontier, transactionId, position, abovePosition, ...checkpoint } = row;
  return {
    ...checkpoint,
    rootHash,
    frontier: { size: row.treeSize, hashes: hashesIn(frontier) },
    at: { transactionId, position, abovePosition },
  };
}

/** The newest checkpoint as a signed note, by one small read of an index's end. */
export async function findNewestNote(tx: Tx): Promise<string | undefined> {
  const [row] = await named<{ note: string }>(tx, {
    name: 'event_checkpoint.note',
    text: 'SELECT signed_note AS note FROM event_checkpoint ORDER BY tree_size DESC LIMIT 1',
    values: [],
  });
  return row?.note;
}

const hashesIn = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / 32 }, (_, place) => bytes.subarray(place * 32, place * 32 + 32));

/** Is that a place this cluster has not reached? Then the database was restored or copied from another one. */
export async function isFromElsewhere(tx: Tx, at: SealPosition): Promise<boolean> {
  const row = await firstOf<{ is: boolean }>(
    tx,
    'SELECT CAST(CAST(? AS text) AS xid8) >= pg_snapshot_xmax(pg_current_snapshot()) AS is',
    [at.transactionId],
  );
  return row?.is === true;
}

/** Which rows may be sealed: those nothing can come before; those that are there, where nobody else acts. */
export type Reach = 'settled' | 'elsewhere' | 'visible';
const REACH: Readonly<Record<Reach, string>> = {
  settled: SETTLED,
  elsewhere: FROM_ELSEWHERE,
  visible: 'true',
};

/** The next rows to seal, as texts. A row that was sealed before is left out: the move to this cluster may meet one. */
export const findUnsealed = (
  tx: Tx,
  from: SealPosition,
  { reach, limit }: { reach: Reach; limit: number },
): Promise<LeafRow[]> =>
  textRowsOf(
    tx,
    `SELECT ${leafColumnsSql}
  FROM event
 WHERE ${AFTER}
   AND ${REACH[reach]}
   AND NOT EXISTS (SELECT FROM event_seal WHERE event_seal.event_position = event.position)
 ORDER BY event.transaction_id, event.position
 LIMIT $4`,
    [from.transactionId, from.position, from.abovePosition, limit],
  );

/** The newest row that another cluster numbered. */
export async function lastPositionFromElsewhere(tx: Tx): Promise<number> {
  const row = await firstOf<{ position: number }>(
    tx,
    `SELECT COALESCE(max(event.position), 0) AS position FROM event WHERE ${FROM_ELSEWHERE}`,
  );
  return row?.position ?? 0;
}

/** Adds the leaves, the nodes they complete and the checkpoint over them. */
export async function saveSealing(
  tx: Tx,
  sealed: {
    leaves: readonly Leaf[];
    nodes: readonly TreeNode[];
    checkpoint: StoredCheckpoint & { rootHash: Buffer; frontier: Frontier; at: SealPosition };
  },
): Promise<void> {
  const { leaves, nodes, checkpoint } = sealed;
  await named(tx, {
    name: 'event_seal.insert',
    text: `
      INSERT INTO event_seal (leaf_index, event_position, leaf_hash, mac)
      SELECT leaf.leaf_index, leaf.event_position, decode(leaf.hash, 'hex'), decode(leaf.mac, 'hex')
        FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::text[])
          AS leaf (leaf_index, event_position, hash, mac)`,
    values: [
      leaves.map((leaf) => leaf.leafIndex),
      leaves.map((leaf) => leaf.position),
      leaves.map((leaf) => leaf.hash.toString('hex')),
      leaves.map((leaf) => leaf.mac),
    ],
  });
  if (nodes.length > 0)
    await named(tx, {
      name: 'event_tree_node.insert',
      text: `
        INSERT INTO event_tree_node (level, node_index, hash)
        SELECT node.level, node.node_index, decode(node.hash, 'hex')
          FROM UNNEST($1::smallint[], $2::bigint[], $3::text[]) AS node (level, node_index, hash)`,
      values: [
        nodes.map(({ place }) => place.level),
        nodes.map(({ place }) => place.index),
        nodes.map((node) => node.hash.toString('hex')),
      ],
    });
  await named(tx, {
    name: 'event_checkpoint.insert',
    text: `
      INSERT INTO event_checkpoint (tree_size, id, root_hash, frontier, signed_note, created_at, transaction_id,
                                    position, above_position)
      VALUES ($1, $2, $3, $4, $5, $6, $7::text::xid8, $8, $9)`,
    values: [
      checkpoint.treeSize,
      checkpoint.id,
      checkpoint.rootHash,
      Buffer.concat(checkpoint.frontier.hashes),
      checkpoint.signedNote,
      checkpoint.createdAt,
      checkpoint.at.transactionId,
      checkpoint.at.position,
      checkpoint.at.abovePosition,
    ],
  });
}

/** Is there anything to seal, settled or not? One round trip, so that asking often costs little. */
export async function hasUnsealed(db: Database): Promise<boolean> {
  const [row] = await namedOnce<{ has: boolean }>(db, {
    name: 'event_checkpoint.has-unsealed',
    text: `
      SELECT EXISTS (
        SELECT FROM event
         WHERE (event.transaction_id, event.position) >
               (COALESCE(head.transaction_id, '0'::xid8), COALESCE(head.position, 0))
           AND event.position > COALESCE(head.above_position, 0)
      ) OR COALESCE(head.transaction_id >= pg_snapshot_xmax(pg_current_snapshot()), false) AS has
        FROM (SELECT) AS one
        LEFT JOIN (SELECT transaction_id, position, above_position
                     FROM event_checkpoint
                    ORDER BY tree_size DESC
                    LIMIT 1) AS head ON true`,
    values: [],
  });
  return row?.has === true;
}
