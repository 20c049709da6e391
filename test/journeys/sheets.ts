import { readFileSync } from 'node:fs';
import ExcelJS from '@protobi/exceljs';
import type { Translate } from '../../src/platform/i18n/catalogue.ts';
import { realLines } from '../support/real-lines.ts';

/** A buyer's own workbook with the real lines; `wrong` stands in for the quantity of the second one. */
export async function linesSheet(t: Translate, { wrong }: { wrong?: string }): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(t('sourcing.sheet.name'));
  sheet.addRow(
    ['itemCode', 'description', 'quantity', 'unit', 'estimatedPrice'].map((key) =>
      t(`sourcing.sheet.${key}`),
    ),
  );
  for (const [index, line] of realLines.entries())
    sheet.addRow([
      line.itemCode,
      line.description,
      index === 1 && wrong !== undefined ? wrong : Number(line.quantity),
      line.unit,
      140,
    ]);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** Fills the prices into the workbook that a supplier downloaded, as a person would: under the price heading. */
export async function fillBidSheet(file: string, prices: readonly string[], t: Translate): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(new Uint8Array(readFileSync(file)).buffer);
  const sheet = book.worksheets[0];
  if (sheet === undefined) throw new Error('The workbook has no sheet');
  const heading = findCell(sheet, t('bids.sheet.column.unitPrice', { currency: '' }).trim());
  for (const [index, price] of prices.entries())
    sheet.getCell(heading.row + 1 + index, heading.column).value = Number(price);
  return Buffer.from(await book.xlsx.writeBuffer());
}

function findCell(sheet: ExcelJS.Worksheet, text: string): { row: number; column: number } {
  let place: { row: number; column: number } | undefined;
  sheet.eachRow((row) =>
    row.eachCell((cell) => {
      if (place === undefined && cell.text.startsWith(text))
        place = { row: Number(cell.row), column: Number(cell.col) };
    }),
  );
  if (place === undefined) throw new Error(`No cell says ${text}`);
  return place;
}
