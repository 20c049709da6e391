// Reads the first sheet of a workbook in this browser; nothing of it is sent.
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { readSheet } from 'read-excel-file/universal';
import { SheetRefused } from '../../../src/platform/sheet/sheet-refused.ts';
import { firstSheetOf, READING, scan, sheetOf } from '../../../src/platform/sheet/xlsx-cells.ts';

const MEGABYTE = 1_048_576;
const LIMITS = { maxBytes: 5 * MEGABYTE, maxRows: 5000, maxColumns: 60 };
const UNPACKED_AT_MOST = 96 * MEGABYTE;

/** The parts of the archive that hold XML, as long as they are not too much for this page. */
function partsOf(bytes) {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (!/\.(xml|rels)$/i.test(name)) return false;
        total += originalSize;
        if (total > UNPACKED_AT_MOST) throw new SheetRefused('sheet.bomb');
        return true;
      },
    });
  } catch (error) {
    throw error instanceof SheetRefused ? error : new SheetRefused('sheet.not-a-spreadsheet');
  }
}

/** @throws SheetRefused for what is no workbook, or too large a one */
export async function readWorkbook(file) {
  if (file.size === 0) throw new SheetRefused('sheet.empty');
  if (file.size > LIMITS.maxBytes) throw new SheetRefused('sheet.too-large', { megabytes: 5 });
  const parts = partsOf(new Uint8Array(await file.arrayBuffer()));
  if (parts['xl/workbook.xml'] === undefined) throw new SheetRefused('sheet.not-a-spreadsheet');
  const texts = new Map(Object.entries(parts).map(([name, content]) => [name, strFromU8(content)]));
  const { name, xml } = firstSheetOf(texts);
  const marked = scan(xml, LIMITS);
  // Packed anew without compression, it is read without workers, which the pages' policy does not let run.
  const { buffer } = zipSync(parts, { level: 0 });
  try {
    return sheetOf(name, await readSheet(buffer, 1, READING), marked);
  } catch {
    throw new SheetRefused('sheet.damaged');
  }
}
