import { readSheet as readFirstSheet } from 'read-excel-file/node';
import { walkZip, type ZipFault, ZipRefused } from '../storage/zip-walk.ts';
import type { Cell, Sheet, SheetLimits } from './sheet.ts';
import { SheetRefused } from './sheet-refused.ts';
import { firstSheetOf, READING, scan, sheetOf } from './xlsx-cells.ts';

// A sheet of 5,000 filled rows inflates to some 5 MB, about ten times its packed size.
const ZIP_LIMITS = { entries: 1_000, totalBytes: 96 * 1_048_576, ratio: 300 };
const REFUSALS: Readonly<Record<ZipFault, string>> = {
  'not-a-zip': 'sheet.damaged',
  damaged: 'sheet.damaged',
  encrypted: 'sheet.old-format',
  'too-many-entries': 'sheet.bomb',
  'too-large': 'sheet.bomb',
  bomb: 'sheet.bomb',
};

/** Reads the first sheet of a workbook after its archive and the addresses in it have been checked. */
export async function readXlsx(file: string, limits: SheetLimits): Promise<Sheet> {
  const parts = await readParts(file);
  const first = firstSheetOf(parts);
  const marked = scan(first.xml, limits);
  return sheetOf(first.name, await readFirstSheet<Cell>(file, 1, READING), marked);
}

/** The XML of a workbook's sheets and of what names them; everything else is only counted. */
async function readParts(file: string): Promise<ReadonlyMap<string, string>> {
  const parts = new Map<string, string>();
  try {
    await walkZip(file, ZIP_LIMITS, async ({ name, read }) => {
      refusePart(name);
      if (!/\.(xml|rels)$/i.test(name) || name === 'xl/sharedStrings.xml') return;
      const xml = (await read()).toString('utf8');
      refuseContent(name, xml);
      if (/^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|worksheets\/[^/]+\.xml)$/.test(name))
        parts.set(name, xml);
    });
  } catch (error) {
    throw error instanceof ZipRefused ? new SheetRefused(REFUSALS[error.fault]) : error;
  }
  if (!parts.has('xl/workbook.xml')) throw new SheetRefused('sheet.not-a-spreadsheet');
  return parts;
}

function refusePart(name: string): void {
  if (/vbaProject|macrosheets/i.test(name)) throw new SheetRefused('sheet.macros');
  if (/^xl\/externalLinks\//i.test(name)) throw new SheetRefused('sheet.external-links');
  if (name === 'xl/workbook.bin') throw new SheetRefused('sheet.old-format');
}

function refuseContent(name: string, xml: string): void {
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw new SheetRefused('sheet.damaged');
  if (name === '[Content_Types].xml' && /macroEnabled/i.test(xml)) throw new SheetRefused('sheet.macros');
}
