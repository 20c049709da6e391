import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import {
  emptyTree,
  growTree,
  hashOfRange,
  type LeafRange,
  type NodePlace,
  rootOf,
  subtreesOf,
} from './merkle.ts';

const KEPT_LEVELS = 8;

type Children = { readonly level: number; readonly from: number; readonly to: number };

/** The hashes over these ranges, made of the leaves and the inner nodes that are kept: some hundreds of rows. */
export async function findHashes(tx: Tx, ranges: readonly LeafRange[]): Promise<Buffer[]> {
  const wanted = ranges.flatMap(subtreesOf).map(childrenOf);
  const rows = await rowsOf<{ level: number; place: number; hash: Buffer }>(
    tx,
    `WITH wanted AS (
       SELECT DISTINCT one.level, one."from", one."to"
         FROM jsonb_to_recordset(?::jsonb) AS one (level smallint, "from" bigint, "to" bigint)
     )
     SELECT wanted.level, seal.leaf_index AS place, seal.leaf_hash AS hash
       FROM wanted
       JOIN event_seal AS seal ON seal.leaf_index >= wanted."from" AND seal.leaf_index < wanted."to"
      WHERE wanted.level = 0
      UNION ALL
     SELECT wanted.level, node.node_index, node.hash
       FROM wanted
       JOIN event_tree_node AS node ON node.level = wanted.level
                                   AND node.node_index >= wanted."from" AND node.node_index < wanted."to"
      WHERE wanted.level > 0`,
    [JSON.stringify(wanted)],
  );
  const known = new Map(rows.map((row) => [`${row.level}/${row.place}`, row.hash]));
  const nodeAt = (place: NodePlace): Buffer => {
    const { level, from, to } = childrenOf(place);
    const tree = growTree(emptyTree);
    for (let child = from; child < to; child += 1)
      tree.append(known.get(`${level}/${child}`) ?? Buffer.alloc(32));
    return rootOf(tree.frontier());
  };
  return ranges.map((range) => hashOfRange(range, nodeAt));
}

/** The kept nodes below an inner node, at most 128 of them. */
function childrenOf({ level, index }: NodePlace): Children {
  const up = level % KEPT_LEVELS;
  return { level: level - up, from: index * 2 ** up, to: (index + 1) * 2 ** up };
}
