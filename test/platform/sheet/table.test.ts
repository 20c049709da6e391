import { expect } from 'chai';
import { day, decimal, oneOf, text, unit } from '../../../src/platform/sheet/cell-readers.ts';
import type { Cell, Sheet } from '../../../src/platform/sheet/sheet.ts';
import { columnIndex, columnLetters } from '../../../src/platform/sheet/sheet.ts';
import { optional, readTable, required } from '../../../src/platform/sheet/table.ts';

const asCell = (value: string | number | Cell | null): Cell | null => {
  if (value === null || typeof value === 'object') return value;
  return typeof value === 'number' ? { kind: 'number', text: String(value) } : { kind: 'text', text: value };
};
const sheetOf = (...rows: (string | number | Cell | null)[][]): Sheet => ({
  name: 'Lines',
  isPointCertain: true,
  rows: rows.map((cells, index) => ({ row: index + 1, cells: cells.map(asCell) })),
});

const columns = {
  itemCode: required(['Item code', '物料编码'], text(10)),
  quantity: required(['Quantity', '数量'], decimal({ maxDecimals: 6, maxDigits: 14, min: '0' })),
  unit: required(['Unit', '单位'], unit({ each: 'C62', 件: 'C62' })),
  needBy: optional(['Need by', '需求日期'], day()),
};
const price = decimal({ maxDecimals: 6, maxDigits: 14 });
const POINT = sheetOf();

describe('reading a table from a sheet', () => {
  it('finds the headings below a title, in any order, case and language', () => {
    const table = readTable(
      sheetOf(
        ['Request for quotation', null],
        [],
        ['数量 / Quantity', ' UNIT * ', 'item  CODE', 'Remarks'],
        [12, 'each', 'A-1', 'x'],
        [],
        ['3.5', 'kgm', 'A-2'],
      ),
      columns,
    );
    expect(table.errors).to.deep.equal([]);
    expect(table.rows).to.deep.equal([
      { row: 4, values: { quantity: '12', unit: 'C62', itemCode: 'A-1', needBy: null } },
      { row: 6, values: { quantity: '3.5', unit: 'KGM', itemCode: 'A-2', needBy: null } },
    ]);
    expect(table.ignored).to.deep.equal(['Remarks']);
  });

  it('reports every wrong cell at once, with its address, and keeps that row out', () => {
    const table = readTable(
      sheetOf(
        ['物料编码', '数量', '单位', '需求日期'],
        ['A-1', '1,234', '件', '2026-11-24'],
        ['A-2', 5, 'furlong', '03/04/2026'],
        [null, 5, 'C62'],
        ['A-4', 5, 'C62', { kind: 'formula', text: '=TODAY()' }],
        ['A-5', 5, 'C62'],
      ),
      columns,
    );
    expect(table.rows.map((row) => row.row)).to.deep.equal([6]);
    expect(
      table.errors.map((error) => `${error.sheet}!${error.column}${error.row} ${error.code}`),
    ).to.deep.equal([
      'Lines!B2 sheet.ambiguous-number',
      'Lines!C3 sheet.unknown-unit',
      'Lines!D3 sheet.not-a-day',
      'Lines!A4 sheet.empty-cell',
      'Lines!D5 sheet.formula',
    ]);
    expect(table.errors[0]?.params).to.include({
      value: '1,234',
      example: '1234.50',
      heading: '数量',
      row: 2,
    });
  });

  it('says which column is missing, which stands there twice, or that no headings were found', () => {
    const codes = (...rows: string[][]): string[] =>
      readTable(sheetOf(...rows), columns).errors.map((error) =>
        `${error.code} ${error.params['heading'] ?? ''}`.trim(),
      );
    expect(codes(['Item code', 'Unit'])).to.deep.equal(['sheet.missing-column Quantity / 数量']);
    expect(codes(['Item code', 'Quantity', 'Unit', 'Quantity'])).to.deep.equal([
      'sheet.column-twice Quantity',
    ]);
    expect(codes(['a', 'b'], ['1', '2'])).to.deep.equal(['sheet.no-headings']);
    expect(codes(['Item code', 'Quantity', 'Unit'])).to.deep.equal(['sheet.no-rows']);
  });

  it('takes a required column from a name of its own key, so that a hidden column can carry ids', () => {
    const table = readTable(sheetOf(['itemId'], ['7']), { itemId: required([], text(40)) });
    expect(table.rows[0]?.values.itemId).to.equal('7');
  });
});

describe('reading a number from text', () => {
  const read = (written: string, sheet: Sheet = POINT): string => {
    const reading = price({ kind: 'text', text: written }, sheet);
    return 'value' in reading ? reading.value : reading.code;
  };

  it('takes what can be read in one way only', () => {
    for (const [written, value] of [
      ['12', '12'],
      ['1234.50', '1234.5'],
      ['1,234.50', '1234.5'],
      ['1,234,567', '1234567'],
      ['1 234 567.25', '1234567.25'],
      ["1'234.5", '1234.5'],
      ['-0.05', '-0.05'],
      ['+7', '7'],
      ['１２．５', '12.5'],
      ['12.345', '12.345'],
    ] as const)
      expect(read(written), written).to.equal(value);
  });

  it('refuses what is two numbers to two readers, and never guesses', () => {
    for (const written of ['1,234', '1.234,50', '12,50', '1.234.567', '1,2,3', '12,34.5'])
      expect(read(written), written).to.equal('sheet.ambiguous-number');
  });

  it('takes 1.234 for a number only where the point is the decimal mark for certain', () => {
    const semicolons = { ...POINT, isPointCertain: false };
    expect(read('1.234', semicolons)).to.equal('sheet.ambiguous-number');
    expect(read('0.234', semicolons)).to.equal('0.234');
    expect(read('1.5', semicolons)).to.equal('1.5');
  });

  it('refuses what is no number', () => {
    for (const written of [
      '',
      'n/a',
      '$5',
      '5 USD',
      '1e5',
      '12 34',
      '--1',
      '1.',
      '.5',
      '9'.repeat(61),
      'NaN',
    ])
      expect(read(written), written).to.equal('sheet.not-a-number');
  });

  it('holds to the decimals and digits that can be stored, at the boundary', () => {
    expect(read('1.123456')).to.equal('1.123456');
    expect(read('1.1234567')).to.equal('sheet.too-many-decimals');
    expect(read('9'.repeat(14))).to.equal('9'.repeat(14));
    expect(read('9'.repeat(15))).to.equal('sheet.number-too-large');
    const least = decimal({ maxDecimals: 2, maxDigits: 5, min: '0' });
    expect(least({ kind: 'number', text: '0' }, POINT)).to.deep.equal({ value: '0' });
    expect(least({ kind: 'number', text: '-0.01' }, POINT)).to.include({ code: 'sheet.number-too-small' });
  });
});

describe('reading a day, a choice and text', () => {
  it('takes a day that is written with the year first, and no day that does not exist', () => {
    const read = (written: string): unknown => day()({ kind: 'text', text: written }, POINT);
    for (const written of ['2026-02-28', '2026/2/28', '2026年2月28日', '2026.02.28'])
      expect(read(written), written).to.deep.equal({ value: '2026-02-28' });
    for (const written of ['2026-02-30', '28/02/2026', '2026-02-28T10:00', '20260228'])
      expect(read(written), written).to.include({ code: 'sheet.not-a-day' });
  });

  it('takes one of the choices in any way people write it', () => {
    const read = oneOf({ yes: ['Yes', '是'], no: ['No', '否'] });
    expect(read({ kind: 'text', text: '是' }, POINT)).to.deep.equal({ value: 'yes' });
    expect(read({ kind: 'text', text: 'NO' }, POINT)).to.deep.equal({ value: 'no' });
    expect(read({ kind: 'text', text: 'maybe' }, POINT)).to.deep.include({ code: 'sheet.not-a-choice' });
  });

  it('takes text up to its length, and refuses the character a database cannot store', () => {
    expect(text(3)({ kind: 'text', text: 'abc' }, POINT)).to.deep.equal({ value: 'abc' });
    expect(text(3)({ kind: 'text', text: 'abcd' }, POINT)).to.deep.include({ code: 'sheet.text-too-long' });
    expect(text(9)({ kind: 'text', text: 'a\u0000b' }, POINT)).to.deep.include({ code: 'sheet.not-text' });
  });

  it('names columns as spreadsheets do', () => {
    expect([0, 25, 26, 701, 702, 16_383].map(columnLetters)).to.deep.equal([
      'A',
      'Z',
      'AA',
      'ZZ',
      'AAA',
      'XFD',
    ]);
    expect(['A', 'Z', 'AA', 'XFD'].map(columnIndex)).to.deep.equal([0, 25, 26, 16_383]);
  });
});
