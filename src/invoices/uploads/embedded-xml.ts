import { inflateSync } from 'node:zlib';

/** The largest attachment of a PDF that is looked into. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_MARKS = 50;
/** A dictionary of a file is short: so far around its mark it is looked for. */
const DICTIONARY = 2_000;

/** A PDF that only a password opens, or whose owner forbids something: nobody here could keep it readable for ten years. */
export const isEncryptedPdf = (pdf: Buffer): boolean =>
  /\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/.test(pdf.toString('latin1'));

/**
 * The XML files in a PDF: of a hybrid invoice (Factur-X, ZUGFeRD) its machine-readable half. What cannot be unpacked is
 * not there: the PDF is shown as any other.
 * @source ISO 32000-1, 7.11.4: a file in a PDF is a stream of its own, never part of another
 */
export function xmlFilesIn(pdf: Buffer): readonly Buffer[] {
  const text = pdf.toString('latin1');
  const found: Buffer[] = [];
  let end = 0;
  for (const mark of [...text.matchAll(/\/EmbeddedFile\b(?!s)|\/text#2[fF]xml/g)].slice(0, MOST_MARKS)) {
    if (mark.index < end) continue;
    const stream = streamAround(text, mark.index);
    if (stream === null) continue;
    end = stream.end;
    const content = unpacked(pdf.subarray(stream.from, stream.end), stream.dictionary);
    if (content?.subarray(0, 200).toString('latin1').includes('<')) found.push(content);
  }
  return found;
}

/** The stream whose dictionary stands at this place; null where there is none near. */
function streamAround(text: string, at: number): { dictionary: string; from: number; end: number } | null {
  const near = text.slice(at, at + DICTIONARY);
  const opens = />>\s{0,9}stream\r?\n/.exec(near);
  if (opens === null || near.slice(0, opens.index).includes('endobj')) return null;
  const before = text.slice(Math.max(0, at - DICTIONARY), at);
  const dictionary = before.slice(before.lastIndexOf('obj') + 3) + near.slice(0, opens.index);
  const from = at + opens.index + opens[0].length;
  const end = text.indexOf('endstream', from);
  return end < 0 ? null : { dictionary, from, end };
}

function unpacked(stream: Buffer, dictionary: string): Buffer | null {
  if (!dictionary.includes('/FlateDecode')) return dictionary.includes('/Filter') ? null : trimmed(stream);
  try {
    return inflateSync(stream, { maxOutputLength: MOST_BYTES });
  } catch {
    return null;
  }
}

/** Without the line end that stands before `endstream`. */
const trimmed = (stream: Buffer): Buffer => Buffer.from(stream.toString('latin1').trimEnd(), 'latin1');
