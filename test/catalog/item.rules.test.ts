import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertConversions,
  itemChanges,
  type KeptItem,
  readConversions,
  writeConversions,
} from '../../src/catalog/item.ts';
import { previewItems, readItemTable } from '../../src/catalog/items.sheet.ts';
import { offeredUnits } from '../../src/kernel/quantity.ts';
import type { Sheet } from '../../src/platform/sheet/sheet.ts';

const ITEM: KeptItem = {
  id: '0199aaaa-0000-7000-8000-000000000001',
  code: 'BR-1',
  description: 'Bracket',
  descriptionZh: null,
  categoryCode: 'MACH',
  unit: 'C62',
  conversions: [{ unit: 'BX', quantity: '12' }],
  packQuantity: '12',
  packaging: 'carton',
  tax: 'S:13',
  incoterm: 'DAP',
  state: 'active',
  version: 3,
};
const sheetOf = (...lines: (string | null)[][]): Sheet => ({
  name: 'Items',
  isPointCertain: true,
  rows: lines.map((cells, index) => ({
    row: index + 1,
    cells: cells.map((text) => (text === null ? null : { kind: 'text', text })),
  })),
});
const preview = (...lines: (string | null)[][]) => {
  const sheet = sheetOf(...lines);
  return previewItems(sheet, readItemTable(sheet), {
    known: [ITEM],
    categories: ['MACH', 'ELEC'],
    taxes: [{ category: 'S', rate: '13' }],
  });
};

describe('the units an item converts to', () => {
  it('read back as they were written, whatever they are', () => {
    const conversion = fc.record({
      unit: fc.constantFrom(...offeredUnits),
      quantity: fc.integer({ min: 1, max: 10 ** 9 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(conversion, { maxLength: 6 }), (conversions) => {
        expect(readConversions(writeConversions(conversions))).to.deep.equal(conversions);
      }),
    );
  });

  it('are read in people’s own words and refused where one cannot be', () => {
    expect(readConversions(' 箱 ＝ 12；roll: 30.50 ')).to.deep.equal([
      { unit: 'BX', quantity: '12' },
      { unit: 'NRL', quantity: '30.5' },
    ]);
    for (const typed of ['BX', 'BX = 0', 'BX = -1', 'furlong = 2', 'BX = 1,5', '= 12'])
      expect(readConversions(typed), typed).to.equal(null);
  });

  it('are neither of its own unit nor of one unit twice', () => {
    const conversions = [{ unit: 'BX', quantity: '12' }];
    expect(() => assertConversions({ unit: 'BX', conversions }))
      .to.throw()
      .with.property('code', 'item.converts-its-own-unit');
    expect(() => assertConversions({ unit: 'C62', conversions: [...conversions, ...conversions] }))
      .to.throw()
      .with.property('code', 'item.unit-converted-twice');
    assertConversions({ unit: 'C62', conversions });
  });
});

describe('reading items from a spreadsheet', () => {
  it('leaves what a missing column would say, and empties what an empty cell says', () => {
    expect(preview(['Item', 'Packaging'], ['BR-1', 'pallet']).rows[0]?.changes).to.deep.equal([
      { field: 'packaging', before: 'carton', after: 'pallet' },
    ]);
    expect(preview(['Item', 'Packaging', 'Tax'], ['BR-1', null, 'S 13%']).rows[0]?.after).to.deep.include({
      packaging: null,
      tax: 'S:13',
      packQuantity: '12',
    });
    expect(preview(['Item', 'Incoterm'], ['BR-1', 'dap'])).to.deep.include({ rows: [], same: 1, errors: [] });
  });

  it('names each wrong cell by its address, and takes nothing over then', () => {
    const { errors } = preview(
      ['Item', 'Description', 'Category', 'Unit', 'Other units', 'Tax', 'Incoterm', 'State'],
      ['N-1', 'New', 'NONE', 'C62', 'C62 = 2', 'S:6', 'DAP', 'Active'],
      ['N-2', null, 'ELEC', 'parsec', null, null, 'XXX', 'broken'],
      ['BR-1', 'Bracket', 'MACH', 'C62', null, null, null, null],
      ['BR-1', 'Bracket', 'MACH', 'C62', null, null, null, null],
    );
    expect(errors.map(({ row, column, code }) => `${column}${row} ${code}`)).to.have.members([
      'D3 sheet.unknown-unit',
      'G3 sheet.not-a-choice',
      'H3 sheet.not-a-choice',
      'C2 sheet.unknown-value',
      'F2 sheet.unknown-value',
      'E2 item.converts-its-own-unit',
      'A5 sheet.row-twice',
    ]);
    expect(preview(['Item', 'Description'], ['N-1', 'New']).errors.map(({ code }) => code)).to.deep.equal([
      'sheet.empty-cell',
      'sheet.empty-cell',
    ]);
  });

  it('says of each field what it was and is', () => {
    expect(itemChanges(ITEM, ITEM)).to.deep.equal([]);
    expect(itemChanges(ITEM, { ...ITEM, conversions: [], tax: null })).to.deep.equal([
      { field: 'conversions', before: 'BX = 12', after: '' },
      { field: 'tax', before: 'S:13', after: '' },
    ]);
  });
});
