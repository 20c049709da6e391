import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Storage, StoredFile } from './storage.ts';

const KEY = /^[0-9a-f]{48}$/;

/**
 * Keeps files in a folder under random names, two levels deep so that no folder grows large. A file is
 * written beside its place, flushed to the disk and then renamed: what has a name is whole, also after
 * the power failed. Folders appear when they are needed.
 */
export function diskStorage(folder: string): Storage {
  const unfinished = path.join(folder, 'unfinished');
  return {
    async put(content) {
      const key = randomBytes(24).toString('hex');
      const place = placeOf(folder, key);
      const draft = path.join(unfinished, key);
      await mkdir(unfinished, { recursive: true });
      await mkdir(path.dirname(place), { recursive: true });
      try {
        const measured = await write(content, draft);
        await rename(draft, place);
        await flushFolders(folder, path.dirname(place));
        return { key, ...measured };
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async open(key) {
      const file = await open(placeOf(folder, key), 'r');
      return file.createReadStream();
    },
    async remove(key) {
      await rm(placeOf(folder, key), { force: true });
    },
  };
}

/** A key is made here and nowhere else; anything of another form must never become a path. */
function placeOf(folder: string, key: string): string {
  if (!KEY.test(key)) throw new Error('Not a storage key');
  return path.join(folder, key.slice(0, 2), key.slice(2, 4), key);
}

async function write(content: Readable | Uint8Array, to: string): Promise<Omit<StoredFile, 'key'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const source = content instanceof Uint8Array ? Readable.from([Buffer.from(content)]) : content;
  await pipeline(source, measure, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }));
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** A rename is durable once the folders that name the file are: each level may have been made just now. */
async function flushFolders(root: string, leaf: string): Promise<void> {
  // Windows cannot flush a folder and keeps its own journal of names.
  if (process.platform === 'win32') return;
  for (const folder of [leaf, path.dirname(leaf), root]) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Reads a file of the disk as a stream, e.g. an upload on its way into storage. */
export const readStreamOf = (file: string): Readable => createReadStream(file);
