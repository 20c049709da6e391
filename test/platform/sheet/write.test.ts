import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import type { ExportColumn, ExportRow } from '../../../src/platform/sheet/export.ts';
import { readSheet } from '../../../src/platform/sheet/read-sheet.ts';
import { streamCsv } from '../../../src/platform/sheet/stream-csv.ts';
import { streamXlsx } from '../../../src/platform/sheet/stream-xlsx.ts';
import { type Template, writeTemplate } from '../../../src/platform/sheet/write-sheet.ts';
import { scratchFolder } from '../../support/scratch-files.ts';

const LIMITS = { maxBytes: 50_000_000, maxRows: 5_000, maxColumns: 50 };
const FORMULAS = [
  '=1+1',
  '+1',
  '-1+cmd',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '＝1+1',
  '=HYPERLINK("http://evil","x")',
];

const COLUMNS: readonly ExportColumn[] = [
  { heading: '供应商 Supplier', kind: 'text', width: 30 },
  { heading: 'Quantity', kind: 'number', width: 12 },
  { heading: 'Amount', kind: 'amount', width: 14 },
  { heading: 'Ordered', kind: 'day', width: 12 },
];
const ROWS: readonly ExportRow[] = [
  ['深圳 "Huaqiang", & <Co>\nline two', '12.5', '-1234.50', '2026-11-24'],
  ['', null, '12345678901234567.89', 'not a day'],
  ['a\u0000b\u0007c', '=1+1', '0', '1899-01-01'],
];
async function* each(rows: readonly ExportRow[]): AsyncGenerator<ExportRow> {
  for (const row of rows) yield row;
}
async function* failing(): AsyncGenerator<ExportRow> {
  yield ROWS[0] as ExportRow;
  throw new Error('connection lost');
}
const failureOf = async (stream: Readable): Promise<string> =>
  buffer(stream).then(
    () => 'none',
    (error: Error) => error.message,
  );

describe('exporting rows', () => {
  let files: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => {
    files = await scratchFolder();
  });
  afterEach(() => files.remove());

  describe('as CSV', () => {
    const csv = async (rows: readonly ExportRow[]): Promise<string> =>
      (await buffer(streamCsv(COLUMNS, each(rows)))).toString('utf8');

    it('starts with the mark Excel needs, and comes back as it went out', async () => {
      const text = await csv(ROWS);
      expect(text.startsWith('\uFEFF')).to.equal(true);
      const [headings, first, second] = parse(text, { bom: true });
      expect(headings).to.deep.equal(['供应商 Supplier', 'Quantity', 'Amount', 'Ordered']);
      expect(first).to.deep.equal(['深圳 "Huaqiang", & <Co>\nline two', '12.5', '-1234.50', '2026-11-24']);
      expect(second).to.deep.equal(['', '', '12345678901234567.89', 'not a day']);
    });

    it('takes the sting out of every text that a spreadsheet would calculate, in any column', async () => {
      const rows = FORMULAS.map((formula): ExportRow => [formula, formula, formula, formula]);
      for (const record of parse(await csv(rows), { bom: true }).slice(1))
        for (const field of record) expect(field).to.match(/^'/);
    });

    it('keeps negative numbers numbers', async () => {
      expect((await csv([['-5', '-5', '-5.25', null]])).split('\r\n')[1]).to.equal("'-5,-5,-5.25,");
    });

    it('fails when the rows fail, so that nobody takes a part for the whole', async () => {
      expect(await failureOf(streamCsv(COLUMNS, failing()))).to.equal('connection lost');
    });
  });

  describe('as a workbook', () => {
    const workbook = async (rows: readonly ExportRow[]): Promise<ExcelJS.Worksheet> => {
      const book = new ExcelJS.Workbook();
      const bytes = await buffer(streamXlsx({ name: 'Orders: 2026/11', columns: COLUMNS }, each(rows)));
      await book.xlsx.load(bytes as unknown as ExcelJS.Buffer);
      return book.worksheets[0] as ExcelJS.Worksheet;
    };

    it('writes numbers, days and text as what they are, under headings that stay in view', async () => {
      const sheet = await workbook(ROWS);
      expect(sheet.name).to.equal('Orders  2026 11');
      expect(sheet.getCell('A1').value).to.equal('供应商 Supplier');
      expect(sheet.getCell('A2').value).to.equal('深圳 "Huaqiang", & <Co>\nline two');
      expect([sheet.getCell('B2').value, sheet.getCell('C2').value]).to.deep.equal([12.5, -1234.5]);
      expect(sheet.getCell('C2').numFmt).to.equal('#,##0.00');
      expect(sheet.getCell('D2').value).to.deep.equal(new Date('2026-11-24T00:00:00Z'));
      expect(sheet.views[0]).to.include({ state: 'frozen', ySplit: 1 });
    });

    it('keeps as text what a number or a day of Excel would change', async () => {
      const sheet = await workbook(ROWS);
      expect(sheet.getCell('C3').value).to.equal('12345678901234567.89');
      expect([sheet.getCell('D3').value, sheet.getCell('D4').value]).to.deep.equal([
        'not a day',
        '1899-01-01',
      ]);
      expect(sheet.getCell('A4').value).to.equal('abc');
    });

    it('never holds a formula, whatever was typed', async () => {
      const sheet = await workbook(
        FORMULAS.map((formula): ExportRow => [formula, formula, formula, formula]),
      );
      sheet.eachRow((row) => row.eachCell((cell) => expect(cell.type).to.equal(ExcelJS.ValueType.String)));
      expect(sheet.getCell('A2').value).to.equal('=1+1');
    });

    it('can be read back by our own reader, a thousand rows and one', async () => {
      const rows = Array.from(
        { length: 1_001 },
        (_, index): ExportRow => [`供应商 ${index}`, `${index}.5`, null, null],
      );
      const bytes = await buffer(streamXlsx({ name: 'Orders', columns: COLUMNS }, each(rows)));
      const sheet = await readSheet(await files.write('orders.xlsx', bytes), LIMITS);
      expect(sheet.rows).to.have.length(1_002);
      expect(sheet.rows.at(-1)?.cells.map((cell) => cell?.text)).to.deep.equal(['供应商 1000', '1000.5']);
    });

    it('gives the same bytes for the same rows', async () => {
      const [first, second] = [
        await buffer(streamXlsx({ name: 'a', columns: COLUMNS }, each(ROWS))),
        await buffer(streamXlsx({ name: 'a', columns: COLUMNS }, each(ROWS))),
      ];
      expect(first.equals(second)).to.equal(true);
    });

    it('fails when the rows fail, so that nobody takes a part for the whole', async () => {
      expect(await failureOf(streamXlsx({ name: 'a', columns: COLUMNS }, failing()))).to.equal(
        'connection lost',
      );
    });

    it('stops reading rows when nobody takes the file any more', async () => {
      let given = 0;
      let ended = false;
      async function* endless(): AsyncGenerator<ExportRow> {
        try {
          for (;;) {
            given += 1;
            yield ROWS[0] as ExportRow;
            if (given % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          ended = true;
        }
      }
      const stream = streamXlsx({ name: 'a', columns: COLUMNS }, endless());
      let received = 0;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        received += chunk.length;
        if (received > 20_000) break;
      }
      for (let turn = 0; turn < 100 && !ended; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      expect(ended).to.equal(true);
    });
  });
});

describe('writing a workbook to be filled in', () => {
  const TEMPLATE: Template = {
    sheetName: '报价 Bid',
    title: 'RFQ-2026-0042',
    instructions: ['Fill in the yellow cells.'],
    columns: [
      { heading: 'lineId', width: 10, kind: 'text', isHidden: true },
      { heading: 'Item', width: 40, kind: 'text' },
      { heading: 'Quantity', width: 12, kind: 'number' },
      { heading: 'Unit price', width: 14, kind: 'price', isInput: true },
      { heading: 'Delivery', width: 14, kind: 'day', isInput: true },
      { heading: 'Conforms', width: 12, kind: 'choice', isInput: true, choices: ['Yes', 'No, see remarks'] },
    ],
    rows: [
      ['a-1', '=HYPERLINK("http://evil")', '12.5', null, '2026-11-24', null],
      ['a-2', '螺栓', '12345678901234567.89', null, null, null],
    ],
    blankRows: 1,
    refusal: { title: 'Not possible', text: 'Write a number of 0 or more.' },
    madeAt: new Date('2026-03-02T10:00:00Z'),
  };
  let files: Awaited<ReturnType<typeof scratchFolder>>;
  let sheet: ExcelJS.Worksheet;
  beforeEach(async () => {
    files = await scratchFolder();
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await writeTemplate(TEMPLATE)) as unknown as ExcelJS.Buffer);
    sheet = book.worksheets[0] as ExcelJS.Worksheet;
  });
  afterEach(() => files.remove());

  it('locks everything but the inputs, of blank rows as well', () => {
    const isLocked = (address: string): boolean => sheet.getCell(address).protection?.locked !== false;
    expect(['B5', 'C5', 'B4'].map(isLocked)).to.deep.equal([true, true, true]);
    expect(['D5', 'E5', 'F5', 'D7'].map(isLocked)).to.deep.equal([false, false, false, false]);
  });

  it('checks what is typed and offers the choices, also those with a comma', () => {
    expect(sheet.getCell('D5').dataValidation).to.include({
      type: 'decimal',
      operator: 'greaterThanOrEqual',
    });
    expect(sheet.getCell('E5').dataValidation?.type).to.equal('date');
    expect(sheet.getCell('F5').dataValidation).to.deep.include({
      type: 'list',
      formulae: ['choices!$F$1:$F$2'],
    });
    const choices = sheet.workbook.getWorksheet('choices');
    expect([choices?.getCell('F2').value, choices?.state]).to.deep.equal(['No, see remarks', 'veryHidden']);
  });

  it('keeps the headings in view, hides the key, and writes text as text', () => {
    expect(sheet.views[0]).to.include({ state: 'frozen', ySplit: 4 });
    expect(sheet.getColumn(1).hidden).to.equal(true);
    expect(sheet.getCell('B5').value).to.equal('=HYPERLINK("http://evil")');
    expect(sheet.getCell('B5').type).to.equal(ExcelJS.ValueType.String);
    expect(sheet.getCell('C6').value).to.equal('12345678901234567.89');
  });

  it('comes back through our reader with its keys, when somebody has filled it in', async () => {
    sheet.getCell('D5').value = 1.1;
    const filled = new Uint8Array(await sheet.workbook.xlsx.writeBuffer());
    const read = await readSheet(await files.write('bid.xlsx', filled), LIMITS);
    expect(read.name).to.equal('报价 Bid');
    expect(read.rows[4]?.cells.map((cell) => cell?.text ?? null)).to.deep.equal([
      'a-1',
      '=HYPERLINK("http://evil")',
      '12.5',
      '1.1',
      '2026-11-24',
    ]);
  });
});
