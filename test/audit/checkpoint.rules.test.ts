import { expect } from 'chai';
import {
  isSignedBy,
  originOf,
  readCheckpoint,
  signCheckpoint,
  verifierKey,
} from '../../src/audit/checkpoint.ts';
import { columnOf, leafBytes, leafColumns, withColumns } from '../../src/audit/leaf.ts';
import { canonicalJson } from '../../src/platform/crypto/canonical-json.ts';
import { makeKeyRing } from '../../src/platform/crypto/key-ring.ts';

const keys = makeKeyRing(Buffer.alloc(32, 7));
const checkpoint = { treeSize: 12, rootHash: Buffer.alloc(32, 3), at: new Date('2026-03-02T10:00:00Z') };
const note = signCheckpoint(checkpoint, keys);

describe('a checkpoint', () => {
  it('is a signed note: origin, size, root, time, an empty line, the signature', () => {
    const lines = note.split('\n');
    expect(lines.slice(0, 5)).to.deep.equal([
      originOf(keys),
      '12',
      Buffer.alloc(32, 3).toString('base64'),
      'at 2026-03-02T10:00:00.000Z',
      '',
    ]);
    expect(lines[5]).to.match(/^— portico-record\/[0-9a-f]{16} [A-Za-z0-9+/]+={0,2}$/);
  });

  it('reads back as what was signed, also after a mail program changed its line ends', () => {
    for (const text of [note, note.replaceAll('\n', '\r\n'), `\n${note}\n\n`]) {
      expect(readCheckpoint(text)).to.deep.equal({ ...checkpoint, origin: originOf(keys) });
      expect(isSignedBy(text, keys)).to.equal(true);
    }
  });

  it('is not taken when any line of it was changed, or another key signed it', () => {
    expect(isSignedBy(note.replace('\n12\n', '\n13\n'), keys)).to.equal(false);
    expect(isSignedBy(note.replace('2026-03-02', '2026-03-03'), keys)).to.equal(false);
    expect(isSignedBy(note.replace('AwMD', 'AwME'), keys)).to.equal(false);
    expect(isSignedBy(note, makeKeyRing(Buffer.alloc(32, 8)))).to.equal(false);
    expect(isSignedBy('anything', keys)).to.equal(false);
  });

  it('is no checkpoint without size, root or time', () => {
    for (const broken of ['', 'a\nb\nc\nd', note.replace('\n12\n', '\n012\n'), note.replace('AwMD', '')])
      expect(readCheckpoint(broken)).to.equal(null);
  });

  it('comes with the key that other verifiers of signed notes take', () => {
    expect(verifierKey(keys)).to.match(/^portico-record\/[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  });
});

describe('the bytes of a leaf', () => {
  const row = leafColumns.map((name) => (name === 'reason' ? null : `${name} "é" \n 中`));

  it('are the canonical JSON of the row, every column a text or null', () => {
    const asObject = Object.fromEntries(leafColumns.map((name) => [name, columnOf(row, name)]));
    expect(leafBytes(row).toString()).to.equal(canonicalJson(asObject));
  });

  it('leave out for whom an act was done where it was done in its own name: rows sealed before hash as they did', () => {
    const own = withColumns(row, { on_behalf_of_id: null, on_behalf_of_name: null });
    expect(leafBytes(own).toString()).not.to.include('on_behalf_of');
    expect(leafBytes(own).toString()).to.include('"id":').and.to.include('"reason":null');
    expect(leafBytes(withColumns(own, { on_behalf_of_id: '' })).equals(leafBytes(own))).to.equal(false);
  });

  it('differ when any column differs, and between nothing and an empty text', () => {
    const texts = leafColumns.map((name) => leafBytes(withColumns(row, { [name]: 'other' })).toString());
    expect(new Set([...texts, leafBytes(row).toString()]).size).to.equal(leafColumns.length + 1);
    expect(leafBytes(withColumns(row, { reason: '' })).equals(leafBytes(row))).to.equal(false);
  });
});
