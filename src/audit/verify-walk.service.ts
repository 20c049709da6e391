import type { Tx } from '../platform/db/context.ts';
import { isSignedBy, readCheckpoint, type Signer } from './checkpoint.ts';
import { type Finding, judge, type Suspect } from './finding.ts';
import { hashOfRow, sealedText } from './leaf.ts';
import { emptyTree, growTree, rootOf } from './merkle.ts';
import {
  findTreeNodes,
  type NotedCheckpoint,
  type SealedRow,
  streamCheckpoints,
  streamSealedRows,
} from './verify.queries.ts';

/** More of one kind say nothing new. */
const SUSPECTS_AT_MOST = 300;
const KEPT_LEVELS = 8;

export type VerifyKeys = Signer & { fingerprint(secret: string): string };
export type Walked = {
  readonly size: number;
  readonly root: Buffer;
  readonly checkpointCount: number;
  readonly findings: readonly Finding[];
  /** The roots at the sizes that were asked for. */
  readonly roots: ReadonlyMap<number, Buffer>;
  /** When each size was reached, as the signed checkpoints say, the smallest first. */
  readonly reached: readonly { size: number; at: Date }[];
};

/** From the first leaf to the last, once: rows, seals, the tree, and every checkpoint when its size is reached. */
export async function walkRecord(
  tx: Tx,
  keys: VerifyKeys,
  of: { sizes: ReadonlySet<number>; onProgress: (rowCount: number) => void },
): Promise<Walked> {
  const walk = startWalk(keys, of.sizes);
  const checkpoints = streamCheckpoints(tx);
  let next = await checkpoints.next();
  for await (const batch of streamSealedRows(tx)) {
    for (const sealed of batch) {
      for (; next.done !== true && next.value.treeSize <= walk.size(); next = await checkpoints.next())
        walk.meetCheckpoint(next.value);
      walk.meetSeal(sealed);
    }
    of.onProgress(walk.size());
  }
  for (; next.done !== true; next = await checkpoints.next()) walk.meetCheckpoint(next.value);
  return walk.end(await findTreeNodes(tx));
}

/** What the walk has seen so far. */
function startWalk(keys: VerifyKeys, sizes: ReadonlySet<number>) {
  const nodes = new Map<string, string>();
  const tree = growTree(emptyTree, ({ level, index }, hash) => {
    if (level % KEPT_LEVELS === 0) nodes.set(`${level}/${index}`, hash.toString('hex'));
  });
  const suspects: Suspect[] = [];
  const findings: Finding[] = [];
  const roots = new Map<number, Buffer>();
  const reached: { size: number; at: Date }[] = [];
  let size = 0;
  let fittingSize = 0;
  let lastPosition = 0;
  let checkpointCount = 0;
  // After a gap no root can fit, and to say so would say nothing new.
  let isWhole = true;

  const rootNow = (): Buffer => rootOf(tree.frontier());
  const find = (kind: Finding['kind'], leafIndex: number | null, what: string): void =>
    void findings.push({ kind, position: null, leafIndex, what });

  const compareRoot = (root: string): void => {
    if (!isWhole || suspects.length > 0) return;
    if (rootNow().toString('hex') === root) fittingSize = size;
    else {
      find(
        'edited',
        fittingSize,
        `the rows from leaf ${fittingSize} to ${size - 1} are not those that were signed`,
      );
      isWhole = false;
    }
  };
  return {
    size: () => size,
    meetSeal(sealed: SealedRow): void {
      if (sealed.leafIndex !== size) {
        find(
          'deleted',
          size,
          `${sealed.leafIndex - size} rows and their seals are gone before ${sealed.position}`,
        );
        isWhole = false;
        size = sealed.leafIndex;
      }
      const suspect = suspectOf(sealed, keys);
      if (suspect !== null && suspects.length < SUSPECTS_AT_MOST) suspects.push(suspect);
      tree.append(Buffer.from(sealed.hash, 'hex'));
      size += 1;
      lastPosition = sealed.position;
      if (sizes.has(size)) roots.set(size, rootNow());
    },
    meetCheckpoint(noted: NotedCheckpoint): void {
      checkpointCount += 1;
      const wrong = wrongWith(noted, keys);
      if (wrong !== null) {
        find('checkpoint', null, `over ${noted.treeSize} rows: ${wrong}`);
        return;
      }
      const at = readCheckpoint(noted.note)?.at;
      if (at !== undefined) reached.push({ size: noted.treeSize, at });
      if (noted.treeSize > size)
        find(
          'deleted',
          size,
          `the record ends after ${size} rows, at ${lastPosition}; one of ${noted.treeSize} was signed`,
        );
      else if (noted.treeSize === size) compareRoot(noted.root);
    },
    end(storedNodes: ReadonlyMap<string, string>): Walked {
      const judged = judge(suspects, (text) => keys.fingerprint(text));
      if (isWhole && suspects.length === 0) findings.push(...wrongNodes(nodes, storedNodes));
      return { size, root: rootNow(), checkpointCount, findings: [...judged, ...findings], roots, reached };
    },
  };
}

/** The seal and its row when they do not fit each other, or the seal is not of our key. */
function suspectOf(sealed: SealedRow, keys: VerifyKeys): Suspect | null {
  const { leafIndex, position, hash, mac, row } = sealed;
  const text = sealedText({ leafIndex, position, hash: Buffer.from(hash, 'hex') });
  const isSealersOwn = keys.fingerprint(text) === mac;
  if (isSealersOwn && row !== null && hashOfRow(row).toString('hex') === hash) return null;
  return { ...sealed, isSealersOwn };
}

function wrongWith(noted: NotedCheckpoint, keys: Signer): string | null {
  if (!isSignedBy(noted.note, keys)) return 'this key has not signed it';
  const signed = readCheckpoint(noted.note);
  if (signed?.treeSize !== noted.treeSize || signed.rootHash.toString('hex') !== noted.root)
    return 'it says another size or root than was signed';
  return null;
}

/** Inner nodes are for proofs only: a wrong one makes proofs fail and hides nothing. */
function wrongNodes(made: ReadonlyMap<string, string>, stored: ReadonlyMap<string, string>): Finding[] {
  const places = [...new Set([...made.keys(), ...stored.keys()])];
  const wrong = places.find((place) => made.get(place) !== stored.get(place));
  if (wrong === undefined) return [];
  return [
    { kind: 'checkpoint', position: null, leafIndex: null, what: `inner node ${wrong} is not the tree's` },
  ];
}
