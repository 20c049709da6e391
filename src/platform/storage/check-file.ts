import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileTypeFromFile } from 'file-type';
import { walkZip, type ZipFault, ZipRefused } from './zip-walk.ts';

export type FileFault =
  | 'kind-not-accepted'
  | 'content-differs'
  | 'empty'
  | 'macros'
  | 'bomb'
  | 'encrypted'
  | 'damaged';

/** Why a file of somebody else is not taken in. `detail` names a part of it, when a part is at fault. */
export class FileRefused extends Error {
  readonly fault: FileFault;
  readonly detail: string;
  constructor(fault: FileFault, detail = '') {
    super(`${fault} ${detail}`);
    this.fault = fault;
    this.detail = detail;
  }
}

type Check = (file: string) => Promise<void>;
type Kind = { readonly mediaType: string; readonly check: Check };

const ARCHIVE_LIMITS = { entries: 2_000, totalBytes: 512 * 1_048_576, ratio: 200 };
const ZIP_FAULTS: Readonly<Record<ZipFault, FileFault>> = {
  'not-a-zip': 'content-differs',
  'too-many-entries': 'bomb',
  'too-large': 'bomb',
  bomb: 'bomb',
  encrypted: 'encrypted',
  damaged: 'damaged',
};
const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** A file whose first bytes tell its kind. */
const detectedAs =
  (mediaType: string): Check =>
  async (file) => {
    if ((await fileTypeFromFile(file))?.mime !== mediaType) throw new FileRefused('content-differs');
  };

/** A file that starts with these characters. */
const startingWith =
  (pattern: RegExp): Check =>
  async (file) => {
    if (!pattern.test((await firstBytes(file)).toString('latin1'))) throw new FileRefused('content-differs');
  };

/** Text in any encoding: nothing that another format starts with, and no control characters. */
const plainText: Check = async (file) => {
  const head = await firstBytes(file);
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16) return;
  const known = await fileTypeFromFile(file);
  if (known !== undefined || /^(MZ|%PDF|#!|<\?php)/i.test(head.toString('latin1')))
    throw new FileRefused('content-differs');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>)
    if (chunk.includes(0)) throw new FileRefused('content-differs');
};

/** An Office document with the part that makes it one, and without macros. */
const officeWith =
  (part: string): Check =>
  async (file) => {
    let hasPart = false;
    await walk(file, async ({ name, read }) => {
      if (/vbaProject|macrosheets/i.test(name)) throw new FileRefused('macros');
      if (name === '[Content_Types].xml' && /macroEnabled/i.test((await read()).toString('utf8')))
        throw new FileRefused('macros');
      hasPart ||= name === part;
    });
    if (!hasPart) throw new FileRefused('content-differs');
  };

/** An archive that holds only files of accepted kinds, and no archive in it. */
const archive: Check = (file) =>
  walk(file, ({ name }) => {
    if (name.split(/[/\\]/).includes('..') || /^([/\\]|[A-Za-z]:)/.test(name))
      throw new FileRefused('damaged');
    const extension = extensionOf(name);
    if (extension === 'zip' || !acceptedExtensions.includes(extension))
      throw new FileRefused('kind-not-accepted', path.basename(name).slice(0, 100));
  });

const kinds: Readonly<Record<string, Kind>> = {
  pdf: { mediaType: 'application/pdf', check: detectedAs('application/pdf') },
  png: { mediaType: 'image/png', check: detectedAs('image/png') },
  jpg: { mediaType: 'image/jpeg', check: detectedAs('image/jpeg') },
  jpeg: { mediaType: 'image/jpeg', check: detectedAs('image/jpeg') },
  docx: { mediaType: `${OFFICE}.wordprocessingml.document`, check: officeWith('word/document.xml') },
  xlsx: { mediaType: `${OFFICE}.spreadsheetml.sheet`, check: officeWith('xl/workbook.xml') },
  pptx: { mediaType: `${OFFICE}.presentationml.presentation`, check: officeWith('ppt/presentation.xml') },
  csv: { mediaType: 'text/csv', check: plainText },
  txt: { mediaType: 'text/plain', check: plainText },
  dwg: { mediaType: 'image/vnd.dwg', check: startingWith(/^AC10\d\d/) },
  step: { mediaType: 'model/step', check: startingWith(/^\s*ISO-10303-21;/) },
  stp: { mediaType: 'model/step', check: startingWith(/^\s*ISO-10303-21;/) },
  zip: { mediaType: 'application/zip', check: archive },
  xml: { mediaType: 'application/xml', check: startingWith(/^(?:\xef\xbb\xbf)?\s*</) },
};
/** Taken in only where somebody reads them: as an attachment they are text that browsers run. */
const STRUCTURED: readonly string[] = ['xml'];

/** The extensions of the files that are taken in, for a file input and for messages. */
export const acceptedExtensions: readonly string[] = Object.keys(kinds).filter(
  (extension) => !STRUCTURED.includes(extension),
);

/**
 * Decides by name and content whether a file of somebody else is taken in, and gives its media type.
 * @throws FileRefused
 */
export async function checkFile(
  file: string,
  fileName: string,
  accepted: readonly string[] = acceptedExtensions,
): Promise<string> {
  const extension = extensionOf(fileName);
  const kind = accepted.includes(extension) ? kinds[extension] : undefined;
  if (kind === undefined) throw new FileRefused('kind-not-accepted');
  if ((await firstBytes(file)).length === 0) throw new FileRefused('empty');
  await kind.check(file);
  return kind.mediaType;
}

const extensionOf = (name: string): string => path.extname(name).slice(1).toLowerCase();

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function walk(file: string, visit: Parameters<typeof walkZip>[2]): Promise<void> {
  try {
    await walkZip(file, ARCHIVE_LIMITS, visit);
  } catch (error) {
    throw error instanceof ZipRefused ? new FileRefused(ZIP_FAULTS[error.fault]) : error;
  }
}
