import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.ts';
import { readSheet } from '../../../src/platform/sheet/read-sheet.ts';
import { bareWorkbook, scratchFolder } from '../../support/scratch-files.ts';

const LIMITS = { maxBytes: 5_000_000, maxRows: 1_000, maxColumns: 50 };

describe('reading a spreadsheet', () => {
  let files: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => {
    files = await scratchFolder();
  });
  afterEach(() => files.remove());

  const textsOf = async (file: string): Promise<(string | null)[][]> =>
    (await readSheet(file, LIMITS)).rows.map((row) => row.cells.map((cell) => cell?.text ?? null));
  const refusalOf = async (file: string, limits = LIMITS): Promise<string> => {
    const outcome = await readSheet(file, limits).catch((error: unknown) => error);
    if (outcome instanceof AppError) return outcome.code;
    throw new Error(`Not refused: ${JSON.stringify(outcome)}`);
  };

  describe('a workbook', () => {
    it('gives text, exact numbers, days and truth values at the rows people see', async () => {
      const file = await files.workbook((sheet) => {
        sheet.getRow(1).values = ['Item', 'Quantity', 'Need by', 'Urgent'];
        sheet.getRow(3).values = [' 六角螺栓 & <M8> ', 1.1, new Date('2026-11-24T00:00:00Z'), true];
        sheet.getRow(4).values = ['000123', 0.1 + 0.2, 'text', 12345678.123456];
      });
      const sheet = await readSheet(file, LIMITS);
      expect(sheet.name).to.equal('Lines');
      expect(sheet.rows.map((row) => row.row)).to.deep.equal([1, 2, 3, 4]);
      expect(sheet.rows[2]?.cells).to.deep.equal([
        { kind: 'text', text: '六角螺栓 & <M8>' },
        { kind: 'number', text: '1.1' },
        { kind: 'day', text: '2026-11-24' },
        { kind: 'boolean', text: 'TRUE' },
      ]);
      expect(sheet.rows[3]?.cells.map((cell) => cell?.text)).to.deep.equal([
        '000123',
        '0.3',
        'text',
        '12345678.123456',
      ]);
    });

    it('takes the digits that the sheet shows and not the binary fraction that the file keeps', async () => {
      const cell = (value: string): string => `<row r="1"><c r="A1"><v>${value}</v></c></row>`;
      for (const [kept, shown] of [
        ['1.1000000000000001', '1.1'],
        ['1E-3', '0.001'],
        ['1.5E+10', '15000000000'],
        ['-12.50', '-12.5'],
      ] as const) {
        const file = await files.zip('digits.xlsx', bareWorkbook(cell(kept)));
        expect(await textsOf(file)).to.deep.equal([[shown]]);
      }
    });

    it('reads a formula as its text and never its last result, also when it was never calculated', async () => {
      const file = await files.workbook((sheet) => {
        sheet.getCell('A1').value = 'Price';
        sheet.getCell('A2').value = { formula: 'B2*1.1', result: 42 };
        sheet.getCell('C2').value = { formula: 'HYPERLINK("http://x")' };
        sheet.getCell('A3').value = { error: '#DIV/0!' };
      });
      const { rows } = await readSheet(file, LIMITS);
      expect(rows[1]?.cells).to.deep.equal([
        { kind: 'formula', text: '=B2*1.1' },
        null,
        { kind: 'formula', text: '=HYPERLINK("http://x")' },
      ]);
      expect(rows[2]?.cells).to.deep.equal([{ kind: 'fault', text: '#DIV/0!' }]);
    });

    it('drops rows and columns that are empty at the end', async () => {
      const file = await files.workbook((sheet) => {
        sheet.getCell('A1').value = 'a';
        sheet.getCell('Z900').value = '  ';
        sheet.getCell('C5').font = { bold: true };
      });
      expect(await textsOf(file)).to.deep.equal([['a']]);
    });

    it('refuses more columns or rows than asked for, without building the table', async () => {
      const wide = Array.from({ length: 10_000 }, (_, index) => index);
      expect(await refusalOf(await files.workbook((sheet) => sheet.addRow(wide)))).to.equal(
        'sheet.too-many-columns',
      );
      const long = await files.workbook((sheet) => {
        sheet.getCell('A1001').value = 'last';
      });
      expect(await refusalOf(long)).to.equal('sheet.too-many-rows');
      const far = bareWorkbook(
        '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
      );
      expect(await refusalOf(await files.zip('far.xlsx', far))).to.equal('sheet.too-many-columns');
      const beyond = bareWorkbook('<row r="4000000000"></row>');
      expect(await refusalOf(await files.zip('beyond.xlsx', beyond))).to.equal('sheet.damaged');
    });

    it('refuses macros, links to other files and what needs a password', async () => {
      const parts = bareWorkbook('<row r="1"><c r="A1"><v>1</v></c></row>');
      expect(await refusalOf(await files.zip('m.xlsx', { ...parts, 'xl/vbaProject.bin': 'x' }))).to.equal(
        'sheet.macros',
      );
      const links = { ...parts, 'xl/externalLinks/externalLink1.xml': '<a/>' };
      expect(await refusalOf(await files.zip('l.xlsx', links))).to.equal('sheet.external-links');
      const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
      expect(await refusalOf(await files.write('old.xls', old))).to.equal('sheet.old-format');
    });

    it('refuses entities and document types, which no spreadsheet program writes', async () => {
      const parts = bareWorkbook('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>');
      const sheet = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${parts['xl/worksheets/sheet1.xml']}`;
      const file = await files.zip('x.xlsx', { ...parts, 'xl/worksheets/sheet1.xml': sheet });
      expect(await refusalOf(file)).to.equal('sheet.damaged');
    });

    it('refuses an archive that inflates beyond measure', async () => {
      const parts = bareWorkbook('<row r="1"><c r="A1"><v>1</v></c></row>');
      const bomb = await files.zip('b.xlsx', { ...parts, 'xl/media/a.bin': Buffer.alloc(60_000_000) });
      expect(await refusalOf(bomb)).to.equal('sheet.bomb');
    });

    it('refuses a truncated workbook and an archive of something else', async () => {
      const whole = await readFile(await files.workbook((sheet) => sheet.addRow(['a', 'b'])));
      expect(await refusalOf(await files.write('half.xlsx', whole.subarray(0, whole.length / 2)))).to.equal(
        'sheet.damaged',
      );
      const damaged = Buffer.from(whole);
      damaged.fill(0x41, 200, 900);
      expect(await refusalOf(await files.write('damaged.xlsx', damaged))).to.equal('sheet.damaged');
      expect(await refusalOf(await files.zip('notes.xlsx', { 'a.txt': 'a' }))).to.equal(
        'sheet.not-a-spreadsheet',
      );
    });
  });

  describe('a CSV file', () => {
    it('reads quotes, line breaks inside them and Chinese, with each separator in use', async () => {
      for (const mark of [',', ';', '\t']) {
        const file = await files.write(
          'a.csv',
          `Item${mark}Price\r\n"螺栓 ""M8""\nzinc"${mark}1.5\r\n\r\nb${mark}\r\n`,
        );
        expect(await textsOf(file)).to.deep.equal([['Item', 'Price'], ['螺栓 "M8"\nzinc', '1.5'], [], ['b']]);
      }
    });

    it('takes a comma inside quotes for text when it looks for the separator', async () => {
      expect(await textsOf(await files.write('a.csv', '"a,b,c,d";x\n1;2'))).to.deep.equal([
        ['a,b,c,d', 'x'],
        ['1', '2'],
      ]);
    });

    it('reads UTF-8 with its mark, UTF-16 and the GB18030 of a Chinese Excel', async () => {
      const gb18030 = Buffer.from('ceefc1cf2cbcdbb8f10ac2ddcba82c31320a', 'hex');
      expect(await textsOf(await files.write('gb.csv', gb18030))).to.deep.equal([
        ['物料', '价格'],
        ['螺栓', '12'],
      ]);
      expect(await textsOf(await files.write('bom.csv', '\uFEFF物料,1'))).to.deep.equal([['物料', '1']]);
      const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('物料\t1\n', 'utf16le')]);
      expect(await textsOf(await files.write('u.csv', utf16))).to.deep.equal([['物料', '1']]);
    });

    it('refuses Western bytes that would turn into wrong Chinese', async () => {
      const latin1 = Buffer.from('Name,Ort\nMüller GmbH,Köln\n', 'latin1');
      expect(await refusalOf(await files.write('l.csv', latin1))).to.equal('sheet.unknown-encoding');
    });

    it('keeps what looks like a formula as the text it is', async () => {
      const { rows } = await readSheet(await files.write('f.csv', 'a,b\n=1+1,@SUM(A1)'), LIMITS);
      expect(rows[1]?.cells).to.deep.equal([
        { kind: 'text', text: '=1+1' },
        { kind: 'text', text: '@SUM(A1)' },
      ]);
    });

    it('counts rows from the line below a separator line, as Excel does', async () => {
      const { rows } = await readSheet(await files.write('s.csv', 'sep=;\na;b\n1;2'), LIMITS);
      expect(rows.map((row) => row.row)).to.deep.equal([2, 3]);
    });

    it('refuses too many rows or columns, and quotes that never end', async () => {
      expect(await refusalOf(await files.write('r.csv', 'a\n'.repeat(1_001)))).to.equal(
        'sheet.too-many-rows',
      );
      expect(await refusalOf(await files.write('c.csv', 'a,'.repeat(10_000)))).to.equal(
        'sheet.too-many-columns',
      );
      expect(await refusalOf(await files.write('q.csv', 'a,b\n"never ends,c\n'))).to.equal('sheet.bad-csv');
    });
  });

  describe('something else', () => {
    it('refuses it by its content, whatever its name', async () => {
      const program = Buffer.concat([
        Buffer.from('MZ\u0090'),
        Buffer.alloc(500),
        Buffer.from('This program'),
      ]);
      expect(await refusalOf(await files.write('prices.xlsx', program))).to.equal('sheet.not-a-spreadsheet');
      expect(await refusalOf(await files.write('prices.csv', program))).to.equal('sheet.not-a-spreadsheet');
      expect(await refusalOf(await files.write('prices.csv', '%PDF-1.7\nhello'))).to.equal(
        'sheet.not-a-spreadsheet',
      );
    });

    it('says that an empty file is empty', async () => {
      expect(await refusalOf(await files.write('e.xlsx', ''))).to.equal('sheet.empty');
      expect(await refusalOf(await files.write('e.csv', '\n , \n'))).to.equal('sheet.empty');
      expect(await refusalOf(await files.workbook(() => undefined))).to.equal('sheet.empty');
    });

    it('refuses a file over the limit before it is read', async () => {
      expect(
        await refusalOf(await files.write('big.csv', 'a'.repeat(2_000)), { ...LIMITS, maxBytes: 1_999 }),
      ).to.equal('sheet.too-large');
    });
  });
});
