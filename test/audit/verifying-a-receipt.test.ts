import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { signCheckpoint, verifierKey } from '../../src/audit/checkpoint.ts';
import { latestCheckpoint, record } from '../../src/audit/index.ts';
import { sealNextRows } from '../../src/audit/seal.service.ts';
import { type Receipt, receiptBytes, receiptFile } from '../../src/bids/receipt.ts';
import { system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { makeKeyRing } from '../../src/platform/crypto/key-ring.ts';
import { judgeReceipt, noteIn, verifyReceipt } from '../../src/verify-receipt.ts';
import { makeWorld } from '../support/world.ts';

const ours = makeKeyRing(Buffer.alloc(32, 7));
const another = makeKeyRing(Buffer.alloc(32, 8));
const checkpointOf = (keys: typeof ours) => ({
  size: 3,
  root: Buffer.alloc(32, 1).toString('base64'),
  note: signCheckpoint(
    { treeSize: 3, rootHash: Buffer.alloc(32, 1), at: new Date('2026-03-02T10:00:00Z') },
    keys,
  ),
});
const receipt: Receipt = {
  format: 'portico-receipt/2',
  bidReference: 'BID-2026-0001',
  eventReference: 'RFQ-2026-0001',
  supplier: 'Adler Antriebe GmbH',
  version: 1,
  sealed: 'on_arrival',
  envelopes: [
    {
      envelope: 'commercial',
      contentSha256: 'a'.repeat(64),
      sealedSha256: 'b'.repeat(64),
      recipient: 'age1',
      files: [],
    },
  ],
  receivedAt: '2026-03-02T10:00:01.000Z',
  recordCheckpoint: checkpointOf(ours),
};
const fileOf = (of: Receipt, keys = ours) =>
  receiptFile(of, { signature: keys.sign(receiptBytes(of)), publicKeyPem: keys.publicKeyPem });
const judge = (file: object, key: string | null = ours.publicKeyPem) =>
  judgeReceipt(JSON.stringify(file), key).wrong;

describe('verifying a receipt', () => {
  it('finds a receipt and its checkpoint whole with the public key alone, as PEM or as one line', () => {
    for (const key of [ours.publicKeyPem, `${verifierKey(ours)}\n`, null]) {
      const verdict = judgeReceipt(JSON.stringify(fileOf(receipt)), key);
      expect(verdict.wrong).to.deep.equal([]);
      expect(verdict.checkpoint).to.include({ size: 3 });
    }
  });

  it('finds a receipt of before there were checkpoints whole as well', () => {
    const { recordCheckpoint: _, ...older } = receipt;
    expect(judge(fileOf(older))).to.deep.equal([]);
  });

  const file = fileOf(receipt);
  const bent: Readonly<Record<string, object>> = {
    'its signed text was changed': {
      ...fileOf({ ...receipt, eventReference: 'RFQ-2026-0002' }),
      signature: file.signature,
    },
    'what stands beside the signed text was changed': { ...file, receipt: { ...receipt, version: 2 } },
    'its signature is another one': { ...file, signature: ours.sign(Buffer.from('other')) },
    'another key signed it': fileOf(receipt, another),
    'another key signed its checkpoint': fileOf({ ...receipt, recordCheckpoint: checkpointOf(another) }),
    'its checkpoint says another size than was signed': fileOf({
      ...receipt,
      recordCheckpoint: { ...checkpointOf(ours), size: 4 },
    }),
    'its checkpoint was changed': fileOf({
      ...receipt,
      recordCheckpoint: { ...checkpointOf(ours), note: checkpointOf(ours).note.replace('\n3\n', '\n4\n') },
    }),
  };
  for (const [how, wrong] of Object.entries(bent))
    it(`refuses a receipt when ${how}`, () => expect(judge(wrong)).to.have.lengthOf(1));

  it('says plainly of a file that it is no receipt', () => {
    for (const text of ['hello', '{}', 'null', '[]'])
      expect(() => judgeReceipt(text, null)).to.throw('no receipt');
  });

  it('ends well or badly as a command, and gives the checkpoint to the check of the whole record', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'portico-receipt-'));
    const write = (name: string, text: string): string => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const said: string[] = [];
    const { write: stdout } = process.stdout;
    process.stdout.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
    try {
      const key = write('key.pem', ours.publicKeyPem);
      expect(verifyReceipt([write('good.json', JSON.stringify(file)), '--key', key])).to.equal(true);
      const forged = fileOf({ ...receipt, supplier: 'X\u001b[2J' }, another);
      expect(verifyReceipt([write('bad.json', JSON.stringify(forged)), '--key', key])).to.equal(false);
      expect(() => verifyReceipt([])).to.throw('Usage');
    } finally {
      process.stdout.write = stdout;
      rmSync(folder, { recursive: true });
    }
    expect(said.join('')).to.include('The receipt is what was signed').and.not.to.include('\u001b');
    expect(noteIn(JSON.stringify(file))).to.equal(receipt.recordCheckpoint?.note);
    expect(noteIn('a note')).to.equal('a note');
  });
});

describe('taking the newest checkpoint for a receipt', () => {
  it('gives none before anything is sealed, then the newest, read once for some seconds', async () => {
    const world = await makeWorld();
    try {
      const robot = system('test');
      const act = { action: 'user.signed-in', subject: { type: 'user', id: newId() } };
      const latest = () => world.runInTx(robot, latestCheckpoint);
      const recordAndSeal = async (): Promise<void> => {
        await world.runInTx(robot, (ctx) => record(ctx, act));
        await world.runInTx(robot, (ctx) => sealNextRows(ctx, 'visible'));
      };
      expect(await latest()).to.equal(null);
      await recordAndSeal();
      const first = await latest();
      const [row] = await world.db('event_checkpoint').select('signed_note', 'tree_size');
      expect(first).to.deep.include({ size: row.tree_size, note: row.signed_note });
      await recordAndSeal();
      expect(await latest()).to.equal(first);
    } finally {
      await world.close();
    }
  });
});
