import { expect } from 'chai';
import fc from 'fast-check';
import {
  consistencyRanges,
  emptyTree,
  growTree,
  hashOfRange,
  inclusionRanges,
  isConsistent,
  isIncluded,
  type LeafRange,
  leafHash,
  type NodePlace,
  rootOf,
} from '../../src/audit/merkle.ts';

// The leaves, roots and proofs that implementations of RFC 6962 and RFC 9162 share as their reference.
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const inclusions: readonly { leaf: number; size: number; path: string[] }[] = [
  { leaf: 0, size: 1, path: [] },
  {
    leaf: 0,
    size: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    leaf: 5,
    size: 8,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { leaf: 2, size: 3, path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    leaf: 1,
    size: 5,
    path: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];
const consistencies: readonly { earlier: number; size: number; proof: string[] }[] = [
  { earlier: 1, size: 1, proof: [] },
  {
    earlier: 1,
    size: 8,
    proof: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    earlier: 6,
    size: 8,
    proof: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  {
    earlier: 2,
    size: 5,
    proof: [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];

/** A tree over these inputs, with the hash over any range of its leaves. */
function treeOf(leaves: readonly Uint8Array[]) {
  const nodes = new Map<string, Buffer>();
  const keyOf = ({ level, index }: NodePlace): string => `${level}/${index}`;
  const tree = growTree(emptyTree, (place, hash) => nodes.set(keyOf(place), hash));
  leaves.forEach((leaf, index) => {
    nodes.set(keyOf({ level: 0, index }), leafHash(leaf));
    tree.append(leafHash(leaf));
  });
  const at = (place: NodePlace): Buffer => nodes.get(keyOf(place)) as Buffer;
  return { root: rootOf(tree.frontier()), over: (range: LeafRange) => hashOfRange(range, at) };
}

describe('the tree over the record', () => {
  it('has the roots of the reference implementation', () => {
    const made = roots.map((_, size) => treeOf(inputs.slice(0, size)).root.toString('hex'));
    expect(made).to.deep.equal(roots);
  });

  for (const { leaf, size, path } of inclusions)
    it(`proves leaf ${leaf} of ${size} as the reference implementation does`, () => {
      const tree = treeOf(inputs.slice(0, size));
      const proof = inclusionRanges(leaf, size).map(tree.over);
      expect(proof.map((hash) => hash.toString('hex'))).to.deep.equal(path);
      const claim = {
        leafHash: leafHash(inputs[leaf] as Buffer),
        leafIndex: leaf,
        size,
        path: proof,
        root: tree.root,
      };
      expect(isIncluded(claim)).to.equal(true);
    });

  for (const { earlier, size, proof } of consistencies)
    it(`proves that ${size} leaves began as ${earlier}, as the reference implementation does`, () => {
      const tree = treeOf(inputs.slice(0, size));
      const made = consistencyRanges(earlier, size).map(tree.over);
      expect(made.map((hash) => hash.toString('hex'))).to.deep.equal(proof);
    });

  it('proves every leaf of any tree, and nothing with another leaf, place, root or path', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (size, seed) => {
        const tree = treeOf(leavesOf(size));
        const leaf = seed % size;
        const path = inclusionRanges(leaf, size).map(tree.over);
        const claim = {
          leafHash: leafHash(Buffer.from(`leaf ${leaf}`)),
          leafIndex: leaf,
          size,
          path,
          root: tree.root,
        };
        return (
          isIncluded(claim) &&
          !isIncluded({ ...claim, leafHash: leafHash(Buffer.from('another')) }) &&
          !isIncluded({ ...claim, root: leafHash(Buffer.from('another')) }) &&
          !isIncluded({ ...claim, path: [...path, tree.root] }) &&
          (size === 1 || !isIncluded({ ...claim, leafIndex: (leaf + 1) % size })) &&
          !isIncluded({ ...claim, leafIndex: size })
        );
      }),
      { numRuns: 200 },
    );
  });

  it('proves that any tree began as any earlier one, and not as one with another leaf', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (size, seed) => {
        const leaves = leavesOf(size);
        const later = treeOf(leaves);
        const count = 1 + (seed % size);
        const proof = consistencyRanges(count, size).map(later.over);
        const rootAt = (first: readonly Buffer[]) => ({ size: count, root: treeOf(first).root });
        const honest = { earlier: rootAt(leaves.slice(0, count)), later: { size, root: later.root }, proof };
        const altered = rootAt([Buffer.from('another'), ...leaves.slice(1, count)]);
        return isConsistent(honest) && !isConsistent({ ...honest, earlier: altered });
      }),
      { numRuns: 200 },
    );
  });

  it('grows on from its complete subtrees as if it had never been put aside', () => {
    const leaves = leavesOf(77);
    const first = growTree(emptyTree);
    for (const leaf of leaves.slice(0, 45)) first.append(leafHash(leaf));
    const second = growTree(first.frontier());
    for (const leaf of leaves.slice(45)) second.append(leafHash(leaf));
    expect(rootOf(second.frontier()).equals(treeOf(leaves).root)).to.equal(true);
  });
});

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, place) => Buffer.from(`leaf ${place}`));
