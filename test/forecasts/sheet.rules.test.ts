import { expect } from 'chai';
import { readCommit, readDraft } from '../../src/forecasts/forecast.sheet.ts';
import type { ForecastLine } from '../../src/forecasts/forecast.ts';
import { shownWeeks } from '../../src/forecasts/shown-week.ts';
import type { Sheet } from '../../src/platform/sheet/sheet.ts';

const terms = { fromWeek: '2026-03-02', weeks: 4, firmWeeks: 1, tradeOffWeeks: 1, note: '' };
const weeks = shownWeeks(terms, '2026-03-02');
const sheet = (...rows: readonly (readonly string[])[]): Sheet => ({
  name: 'S',
  isPointCertain: true,
  rows: rows.map((cells, index) => ({
    row: index + 1,
    cells: cells.map((text) => (text === '' ? null : { kind: 'text', text })),
  })),
});
const codes = (errors: readonly { code: string; row: number; column: string }[]) =>
  errors.map(({ code, row, column }) => `${column}${row} ${code}`);
const line = (id: string, itemCode: string): ForecastLine => ({
  id,
  lineNo: 1,
  itemCode,
  description: itemCode,
  unit: 'C62',
  supplierItemCode: null,
  quantities: ['10', '10', '10', '10'],
});

describe('a forecast in a spreadsheet', () => {
  it('is read by week, in either language, with empty cells as nothing', () => {
    const read = readDraft(
      sheet(['物料', 'Unit', '2026-W10', '2026-W13'], ['BRK-A', 'pcs', '12.5', ''], ['HSG-7', '', '', '40']),
      weeks,
    );
    expect(codes(read.errors)).to.deep.equal([]);
    expect(
      read.lines.map(({ itemCode, unit, byWeek }) => [itemCode, unit, [...byWeek.values()]]),
    ).to.deep.equal([
      ['BRK-A', 'C62', ['12.5', '0', '0', '0']],
      ['HSG-7', '', ['0', '0', '0', '40']],
    ]);
  });

  it('tells each wrong cell, and columns of other weeks', () => {
    const heads = ['Item', 'Unit', '2026-W10', '2026-W11', '2026-W30'];
    const read = readDraft(
      sheet(
        heads,
        ['A', 'furlongish', '1'],
        ['B', '', '-1', 'many'],
        ['C', '', '1234567890123'],
        ['D', '', '1'],
        ['D', '', '2'],
      ),
      weeks,
    );
    expect(codes(read.errors)).to.deep.equal([
      'B2 sheet.unknown-unit',
      'C3 sheet.number-too-small',
      'D3 sheet.not-a-number',
      'C4 sheet.number-too-large',
      '1 forecast-sheet.other-week',
      'A6 forecast-sheet.item-twice',
    ]);
  });

  it('answers by the rows that say so, of this version and these items', () => {
    const heads = [
      'Item',
      'Row',
      '2026-W10',
      '2026-W11',
      '2026-W12',
      '2026-W13',
      'Why not as forecast',
      'Version',
    ];
    const of = { version: 3, lines: [line('a', 'A'), line('b', 'B')], weeks };
    const good = readCommit(
      sheet(
        heads,
        ['A', 'Forecast', '10', '10', '10', '10', '', '3'],
        ['A', '承诺', '10', '0', '', '20', 'Holidays', '3'],
      ),
      of,
    );
    expect(codes(good.errors)).to.deep.equal([]);
    expect(good.lines).to.deep.equal([
      { lineId: 'a', quantities: ['10', '0', null, '20'], reason: 'Holidays', capacityNote: '' },
    ]);
    const bad = readCommit(
      sheet(
        heads,
        ['A', 'Committed', '10', '0', '0', '0', '', '2'],
        ['X', 'Committed', '10', '0', '0', '0', '', '3'],
        ['B', 'Maybe', '1'],
      ),
      of,
    );
    expect(codes(bad.errors)).to.deep.equal([
      'B4 sheet.not-a-choice',
      'A2 forecast-sheet.other-version',
      'A3 forecast-sheet.no-such-item',
    ]);
  });
});
