import { hash } from 'node:crypto';

/** The leaves from `from` up to, and not with, `to`. */
export type LeafRange = { readonly from: number; readonly to: number };
/** A node that has all its leaves: those from `index * 2 ** level`, `2 ** level` of them. */
export type NodePlace = { readonly level: number; readonly index: number };
/** A tree as far as it matters for growing it: the complete subtrees of its leaves, the largest first. */
export type Frontier = { readonly size: number; readonly hashes: readonly Buffer[] };

const LEAF = Buffer.from([0]);
const INNER = Buffer.from([1]);

/** @source RFC 9162, section 2.1.1: leaves and inner nodes are told apart by their first byte */
export const leafHash = (bytes: Uint8Array): Buffer => hash('sha256', Buffer.concat([LEAF, bytes]), 'buffer');
const innerHash = (left: Buffer, right: Buffer): Buffer =>
  hash('sha256', Buffer.concat([INNER, left, right]), 'buffer');

export const emptyTree: Frontier = { size: 0, hashes: [] };

/** The root of the tree. */
export function rootOf(frontier: Frontier): Buffer {
  const [last, ...larger] = [...frontier.hashes].reverse();
  if (last === undefined) return hash('sha256', '', 'buffer');
  return larger.reduce((right, left) => innerHash(left, right), last);
}

/** A tree that grows by one leaf at a time; `onNode` hears of each inner node when it is complete. */
export function growTree(
  from: Frontier,
  onNode: (place: NodePlace, hash: Buffer) => void = () => undefined,
): { append(leaf: Buffer): void; frontier(): Frontier } {
  const hashes = [...from.hashes];
  let size = from.size;
  return {
    append(leaf) {
      let node = leaf;
      let index = size;
      for (let level = 1; index % 2 === 1; level += 1) {
        node = innerHash(hashes.pop() as Buffer, node);
        index = (index - 1) / 2;
        onNode({ level, index }, node);
      }
      hashes.push(node);
      size += 1;
    },
    frontier: () => ({ size, hashes: [...hashes] }),
  };
}

/**
 * What has to be hashed together with a leaf, the nearest first, to come to the root of a tree of `size` leaves.
 * @source RFC 9162, section 2.1.3.1
 */
export function inclusionRanges(leaf: number, size: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (leaf < middle) {
      path.unshift({ from: middle, to });
      to = middle;
    } else {
      path.unshift({ from, to: middle });
      from = middle;
    }
  }
  return path;
}

/**
 * What shows that the tree of `size` leaves began as the tree of the first `earlier` of them.
 * @source RFC 9162, section 2.1.4.1
 */
export function consistencyRanges(earlier: number, size: number): LeafRange[] {
  const proof: LeafRange[] = [];
  let [from, to] = [0, size];
  while (earlier !== to) {
    const middle = from + splitOf(to - from);
    if (earlier <= middle) {
      proof.unshift({ from: middle, to });
      to = middle;
    } else {
      proof.unshift({ from, to: middle });
      from = middle;
    }
  }
  return from === 0 ? proof : [{ from, to }, ...proof];
}

/** The complete subtrees a range is made of, the largest first. The range begins where its largest one may. */
export function subtreesOf({ from, to }: LeafRange): NodePlace[] {
  const places: NodePlace[] = [];
  for (let at = from; at < to; ) {
    const level = Math.floor(Math.log2(to - at));
    places.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return places;
}

/** The hash over a range, from the hashes of its complete subtrees. */
export const hashOfRange = (range: LeafRange, nodeAt: (place: NodePlace) => Buffer): Buffer =>
  rootOf({ size: range.to - range.from, hashes: subtreesOf(range).map(nodeAt) });

/** Does this path lead from the leaf to the root? @source RFC 9162, section 2.1.3.2 */
export function isIncluded(of: {
  leafHash: Buffer;
  leafIndex: number;
  size: number;
  path: readonly Buffer[];
  root: Buffer;
}): boolean {
  if (of.leafIndex >= of.size) return false;
  const sides = sidesOf({ place: of.leafIndex, last: of.size - 1, count: of.path.length });
  if (sides === null) return false;
  return of.path.reduce((node, beside, at) => joined(node, beside, sides[at]), of.leafHash).equals(of.root);
}

/** Does this proof show that the later tree holds the earlier one unchanged? @source RFC 9162, section 2.1.4.2 */
export function isConsistent(of: {
  earlier: { size: number; root: Buffer };
  later: { size: number; root: Buffer };
  proof: readonly Buffer[];
}): boolean {
  const { earlier, later } = of;
  if (earlier.size === 0 || earlier.size > later.size) return false;
  if (earlier.size === later.size) return of.proof.length === 0 && earlier.root.equals(later.root);
  // A whole tree of a power of two is a node of the later one: its root needs no repeating.
  const isPowerOfTwo = Number.isInteger(Math.log2(earlier.size));
  const [first, ...path] = isPowerOfTwo ? [earlier.root, ...of.proof] : of.proof;
  if (first === undefined) return false;
  let [place, last] = [earlier.size - 1, later.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  const sides = sidesOf({ place, last, count: path.length });
  if (sides === null) return false;
  const before = path.reduce(
    (node, beside, at) => (sides[at] === 'left' ? innerHash(beside, node) : node),
    first,
  );
  const after = path.reduce((node, beside, at) => joined(node, beside, sides[at]), first);
  return before.equals(earlier.root) && after.equals(later.root);
}

type Side = 'left' | 'right';

const joined = (node: Buffer, beside: Buffer, side: Side | undefined): Buffer =>
  side === 'left' ? innerHash(beside, node) : innerHash(node, beside);

/** On which side each node of a path stands, from the bottom up; null for a path of the wrong length. */
function sidesOf(of: { place: number; last: number; count: number }): Side[] | null {
  let { place, last } = of;
  const sides: Side[] = [];
  while (sides.length < of.count) {
    if (last === 0) return null;
    const isLeft = place % 2 === 1 || place === last;
    sides.push(isLeft ? 'left' : 'right');
    // The last node of a level that has no partner goes up as it is.
    while (isLeft && place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? sides : null;
}

const half = (value: number): number => Math.floor(value / 2);

/** The largest power of two that is smaller. */
const splitOf = (count: number): number => 2 ** Math.floor(Math.log2(count - 0.5));
