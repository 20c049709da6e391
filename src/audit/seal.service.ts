import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { isSignedBy, readCheckpoint, signCheckpoint } from './checkpoint.ts';
import { columnOf, hashOfRow, type LeafRow, sealedText } from './leaf.ts';
import { emptyTree, growTree, rootOf } from './merkle.ts';
import * as store from './seal.store.ts';

const BATCH_ROWS = 2000;
/** Inner nodes are kept of every eighth level. */
const KEPT_LEVELS = 8;

/**
 * Seals the next rows of the record: leaves, and one signed checkpoint over all so far. Gives how many rows it
 * sealed; 0 also when another sealer is at it. `reach` 'visible' is for a process that knows that nobody else acts.
 * @throws Error when the last checkpoint is not the one this key has signed: nothing is built on it
 */
export async function sealNextRows(ctx: Ctx, reach: 'settled' | 'visible' = 'settled'): Promise<number> {
  if (!(await store.takeSealerLock(ctx.tx))) return 0;
  const head = await store.findHead(ctx.tx);
  if (head !== undefined) refuseAltered(ctx, head);
  const { rows, from } = await takeNext(ctx, head?.at ?? store.beginning, reach);
  if (rows.length > 0) await seal(ctx, { rows, from, on: head?.frontier ?? emptyTree });
  return rows.length;
}

/** A full batch means that there may be more. */
export const mayHaveMore = (sealedCount: number): boolean => sealedCount === BATCH_ROWS;

function refuseAltered(ctx: Ctx, head: store.Head): void {
  const signed = isSignedBy(head.signedNote, ctx.keyRing) ? readCheckpoint(head.signedNote) : null;
  if (signed?.treeSize !== head.treeSize || !rootOf(head.frontier).equals(signed.rootHash))
    throw new Error(`The checkpoint over ${head.treeSize} rows is not what this key has signed: run verify`);
}

/**
 * Ahead of this cluster's transactions means that the database was restored or copied from another one. What that
 * one had left is sealed first, in its order; then counting begins anew, above its last row.
 */
async function takeNext(ctx: Ctx, at: store.SealPosition, reach: store.Reach) {
  const limit = BATCH_ROWS;
  if (!(await store.isFromElsewhere(ctx.tx, at)))
    return { rows: await store.findUnsealed(ctx.tx, at, { reach, limit }), from: at };
  const left = await store.findUnsealed(ctx.tx, at, { reach: 'elsewhere', limit });
  if (left.length > 0) return { rows: left, from: at };
  const abovePosition = Math.max(at.abovePosition, await store.lastPositionFromElsewhere(ctx.tx));
  const from = { ...store.beginning, abovePosition };
  return { rows: await store.findUnsealed(ctx.tx, from, { reach, limit }), from };
}

async function seal(
  ctx: Ctx,
  { rows, from, on }: { rows: readonly LeafRow[]; from: store.SealPosition; on: typeof emptyTree },
): Promise<void> {
  const nodes: store.TreeNode[] = [];
  const tree = growTree(on, (place, hash) => {
    if (place.level % KEPT_LEVELS === 0) nodes.push({ place, hash });
  });
  const leaves = rows.map((row, place) => {
    const leaf = { leafIndex: on.size + place, position: positionOf(row), hash: hashOfRow(row) };
    tree.append(leaf.hash);
    return { ...leaf, mac: ctx.keyRing.fingerprint(sealedText(leaf)) };
  });
  const frontier = tree.frontier();
  const rootHash = rootOf(frontier);
  const last = rows.at(-1) ?? [];
  const unsigned = { treeSize: frontier.size, rootHash, at: ctx.now };
  await store.saveSealing(ctx.tx, {
    leaves,
    nodes,
    checkpoint: {
      id: newId(),
      treeSize: frontier.size,
      rootHash,
      frontier,
      signedNote: signCheckpoint(unsigned, ctx.keyRing),
      createdAt: ctx.now,
      at: {
        transactionId: columnOf(last, 'transaction_id') ?? '0',
        position: positionOf(last),
        abovePosition: from.abovePosition,
      },
    },
  });
}

const positionOf = (row: LeafRow): number => Number(columnOf(row, 'position'));
