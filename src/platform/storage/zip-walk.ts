import type { Readable } from 'node:stream';
import yauzl from 'yauzl';

/** How much an archive may hold. Sizes are those after inflating, counted and not believed. */
export type ZipLimits = {
  readonly entries: number;
  readonly totalBytes: number;
  /** Inflated size of one entry divided by its packed size; small entries are not asked. */
  readonly ratio: number;
};

export type ZipFault = 'not-a-zip' | 'too-many-entries' | 'too-large' | 'bomb' | 'encrypted' | 'damaged';

/** Why an archive was not read to its end. */
export class ZipRefused extends Error {
  readonly fault: ZipFault;
  constructor(fault: ZipFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** One file of an archive: its content is asked for only when it is wanted, and then at most once. */
export type ZipEntry = { readonly name: string; readonly read: () => Promise<Buffer> };

const RATIO_FREE_BYTES = 1_048_576;

/**
 * Goes through every file of an archive in constant memory, inflating each one to count it, so that an
 * archive that lies about its sizes is found out here and not by whoever opens it.
 * @param visit sees each file; the ones it does not read are counted and dropped.
 * @throws ZipRefused
 */
export async function walkZip(
  file: string,
  limits: ZipLimits,
  visit: (entry: ZipEntry) => Promise<void> | void,
): Promise<void> {
  const zip = await open(file);
  let visitorsOwn: unknown;
  try {
    if (zip.entryCount > limits.entries)
      throw new ZipRefused('too-many-entries', `More than ${limits.entries} files in the archive`);
    let left = limits.totalBytes;
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted()) throw new ZipRefused('encrypted', `${entry.fileName} is encrypted`);
      refuseWhatIsAnnounced(entry, limits, left);
      if (entry.fileName.endsWith('/')) continue;
      const content = inOneGo(
        () => zip.openReadStreamPromise(entry),
        Math.min(left, ceilingOf(entry, limits)),
      );
      try {
        await visit({ name: entry.fileName, read: content.read });
      } catch (error) {
        visitorsOwn = error;
        throw error;
      }
      left -= await content.size();
    }
  } catch (error) {
    throw error === visitorsOwn || error instanceof ZipRefused ? error : asDamaged(error);
  } finally {
    zip.close();
  }
}

const asDamaged = (error: unknown): ZipRefused => new ZipRefused('damaged', String(error));

const open = async (file: string): Promise<yauzl.ZipFile> => {
  try {
    // Without autoClose the archive closes once and here, also when a visit fails in the middle.
    return await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: false });
  } catch (error) {
    throw new ZipRefused('not-a-zip', String(error));
  }
};

function refuseWhatIsAnnounced(entry: yauzl.Entry, limits: ZipLimits, left: number): void {
  if (entry.uncompressedSize > left) throw new ZipRefused('too-large', `${entry.fileName} is too large`);
  if (entry.uncompressedSize > ceilingOf(entry, limits))
    throw new ZipRefused('bomb', `${entry.fileName} inflates beyond ${limits.ratio} times its size`);
}

const ceilingOf = (entry: yauzl.Entry, limits: ZipLimits): number =>
  Math.max(RATIO_FREE_BYTES, entry.compressedSize * limits.ratio);

/** Inflates an entry once: into memory when it is read, into nothing when only its size is asked. */
function inOneGo(
  openEntry: () => Promise<Readable>,
  most: number,
): { read: () => Promise<Buffer>; size: () => Promise<number> } {
  let bytes: number | undefined;
  const inflate = async (take: (chunk: Buffer) => void): Promise<void> => {
    bytes = 0;
    try {
      for await (const chunk of (await openEntry()) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > most) throw new ZipRefused('bomb', 'A file inflates beyond what is allowed');
        take(chunk);
      }
    } catch (error) {
      throw error instanceof ZipRefused ? error : asDamaged(error);
    }
  };
  return {
    async read() {
      const chunks: Buffer[] = [];
      await inflate((chunk) => chunks.push(chunk));
      return Buffer.concat(chunks);
    },
    async size() {
      if (bytes === undefined) await inflate(() => undefined);
      return bytes ?? 0;
    },
  };
}
