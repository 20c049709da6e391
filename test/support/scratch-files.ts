import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import ExcelJS from '@protobi/exceljs';
import { ZipFile } from 'yazl';

/** A folder for the files of one test. */
export async function scratchFolder(): Promise<{
  write(name: string, content: Uint8Array | string): Promise<string>;
  workbook(fill: (sheet: ExcelJS.Worksheet) => void): Promise<string>;
  zip(name: string, entries: Readonly<Record<string, string | Buffer>>): Promise<string>;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'files-'));
  const write = async (name: string, content: Uint8Array | string): Promise<string> => {
    await writeFile(path.join(folder, name), content);
    return path.join(folder, name);
  };
  return {
    write,
    async workbook(fill) {
      const book = new ExcelJS.Workbook();
      fill(book.addWorksheet('Lines'));
      return write('book.xlsx', new Uint8Array(await book.xlsx.writeBuffer()));
    },
    async zip(name, entries) {
      const zip = new ZipFile();
      for (const [entry, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), entry);
      zip.end();
      await pipeline(zip.outputStream, createWriteStream(path.join(folder, name)));
      return path.join(folder, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The parts of a workbook with one sheet, for the ones that no spreadsheet program would write. */
export const bareWorkbook = (rows: string): Record<string, string> => ({
  '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
  'xl/workbook.xml': `<workbook xmlns:r="${RELATION}"><sheets><sheet name="Lines" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
});
