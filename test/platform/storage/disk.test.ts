import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { diskStorage } from '../../../src/platform/storage/disk.ts';

describe('storing a file on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'storage-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const filesIn = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  };

  it('gives back what was put, with its size and SHA-256', async () => {
    const storage = diskStorage(folder);
    const content = randomBytes(300_000);
    const stored = await storage.put(
      Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]),
    );
    expect(stored.sizeBytes).to.equal(300_000);
    expect(stored.sha256).to.equal(createHash('sha256').update(content).digest('hex'));
    expect(await buffer(await storage.open(stored.key))).to.deep.equal(content);
  });

  it('stores bytes in memory and an empty file as well', async () => {
    const storage = diskStorage(folder);
    const text = await storage.put(Buffer.from('采购'));
    expect((await buffer(await storage.open(text.key))).toString()).to.equal('采购');
    expect((await storage.put(new Uint8Array())).sizeBytes).to.equal(0);
  });

  it('gives the same content a name of its own each time, two folders deep', async () => {
    const storage = diskStorage(folder);
    const [first, second] = [await storage.put(Buffer.from('a')), await storage.put(Buffer.from('a'))];
    expect(first.key).not.to.equal(second.key);
    const place = path.join(folder, first.key.slice(0, 2), first.key.slice(2, 4), first.key);
    expect((await stat(place)).isFile()).to.equal(true);
  });

  it('leaves nothing when the sender breaks off in the middle, so that half a file never has a name', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(70_000);
        throw new Error('connection lost');
      })(),
    );
    const refusal = await diskStorage(folder)
      .put(broken)
      .catch((error: Error) => error);
    expect(refusal).to.be.an('error').with.property('message', 'connection lost');
    expect(await filesIn()).to.deep.equal([]);
  });

  it('writes under a name that cannot be opened until the file is whole', async () => {
    const storage = diskStorage(folder);
    let seen: string[] = [];
    const stored = await storage.put(
      Readable.from(
        (async function* () {
          yield Buffer.alloc(200_000);
          seen = (await readdir(folder, { recursive: true })).filter((name) => /^..\/..\/./.test(name));
          yield Buffer.from('end');
        })(),
      ),
    );
    expect(seen).to.deep.equal([]);
    expect(await filesIn()).to.deep.equal([stored.key]);
  });

  it('removes a file, and removing it again changes nothing', async () => {
    const storage = diskStorage(folder);
    const { key } = await storage.put(Buffer.from('a'));
    await storage.remove(key);
    await storage.remove(key);
    expect(await filesIn()).to.deep.equal([]);
    expect(await storage.open(key).catch((error: Error) => error)).to.be.an('error');
  });

  it('never makes a path of a key it did not give', async () => {
    const storage = diskStorage(folder);
    for (const key of ['../../etc/passwd', '', '/etc/passwd', 'A'.repeat(48)])
      expect(await storage.open(key).catch((error: Error) => error.message)).to.equal('Not a storage key');
  });
});
