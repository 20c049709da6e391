import { inflateSync } from 'node:zlib';
import { fromBuffer } from 'yauzl';

/** All that can be read in a file: its own bytes, and what lies packed in it where it is a workbook or a PDF of ours. */
export async function readableIn(file: Buffer): Promise<string> {
  const plain = file.toString('latin1');
  if (plain.startsWith('PK')) return `${plain}\n${await unzipped(file)}`;
  return plain.startsWith('%PDF-') ? `${plain}\n${textOfPdf(file)}` : plain;
}

/** Every entry of an archive, one after the other. */
const unzipped = (file: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const texts: string[] = [];
    fromBuffer(file, { lazyEntries: true }, (error, archive) => {
      if (error !== null) return reject(error);
      archive.on('end', () => resolve(texts.join('\n')));
      archive.on('error', reject);
      archive.on('entry', (entry) =>
        archive.openReadStream(entry, (failure, stream) => {
          if (failure !== null) return reject(failure);
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => parts.push(part));
          stream.on('end', () => {
            texts.push(Buffer.concat(parts).toString('utf8'));
            archive.readEntry();
          });
        }),
      );
      archive.readEntry();
    });
  });

/** The text of a PDF as pdfkit writes one: glyph numbers, which each font's own table turns back into letters. */
export function textOfPdf(file: Buffer): string {
  const plain = file.toString('latin1');
  const streams = new Map<string, string>();
  for (const found of plain.matchAll(/(\d+) 0 obj\s*<<((?:(?!endobj)[\s\S])*?)>>\s*stream\r?\n/g)) {
    const [head, id = '', facts = ''] = found;
    const length = Number(/\/Length (\d+)/.exec(facts)?.[1] ?? 0);
    const content = file.subarray(found.index + head.length, found.index + head.length + length);
    if (facts.includes('/FlateDecode')) streams.set(id, inflateSync(content).toString('latin1'));
    else streams.set(id, content.toString('latin1'));
  }
  const letters = new Map<string, Map<string, string>>();
  for (const [, name = '', font = ''] of plain.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const table =
      new RegExp(`\\n${font} 0 obj\\s*<<(?:(?!endobj)[\\s\\S])*?/ToUnicode (\\d+) 0 R`).exec(plain)?.[1] ??
      '';
    letters.set(name, lettersOf(streams.get(table) ?? ''));
  }
  return [...streams.values()].map((stream) => written(stream, letters)).join('\n');
}

/** By the number of a glyph, four hex digits, what it stands for. */
function lettersOf(table: string): Map<string, string> {
  const letters = new Map<string, string>();
  for (const [, first = '', list = ''] of table.matchAll(/<([\da-f]{4})> <[\da-f]{4}> \[([^\]]*)\]/g))
    for (const [at, [, code = '']] of [...list.matchAll(/<([\da-f ]*)>/g)].entries())
      letters.set(
        (Number.parseInt(first, 16) + at).toString(16).padStart(4, '0'),
        Buffer.from(code.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'),
      );
  return letters;
}

function written(stream: string, letters: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  const lines: string[] = [];
  let font = letters.values().next().value;
  for (const [, name, run] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = letters.get(name);
    else {
      const glyphs = [...(run ?? '').matchAll(/<([\da-f]*)>/g)].map((one) => one[1]).join('');
      lines.push((glyphs.match(/.{4}/g) ?? []).map((glyph) => font?.get(glyph) ?? '').join(''));
    }
  }
  return lines.join('\n');
}
