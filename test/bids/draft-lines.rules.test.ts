import { expect } from 'chai';
import fc from 'fast-check';
import { type BidDraft, emptyDraft, readDraft } from '../../src/bids/bid-draft.ts';
import { LINES_A_PAGE, type LinesAsked, linesShown } from '../../src/bids/draft-lines.ts';

const items = Array.from({ length: 250 }, (_, at) => ({
  id: `line-${at + 1}`,
  lineNo: at + 1,
  quantity: '1',
  itemCode: at % 2 === 0 ? `BR-${at + 1}` : null,
  description: at === 41 ? 'Ｆlange 不锈钢' : `Bracket ${at + 1}`,
}));
const RULES = { currencies: ['USD'], needsPrice: true, takesPartialBids: true, validUntilAtLeast: null };
const asked = (over: Partial<LinesAsked> = {}): LinesAsked => ({ q: '', only: 'all', page: 1, ...over });
const draftWith = (prices: Record<string, string>): BidDraft => ({
  ...emptyDraft,
  lines: Object.fromEntries(
    Object.entries(prices).map(([id, unitPrice]) => [id, { unitPrice, leadTimeDays: '', note: '' }]),
  ),
});
const show = (
  over: Partial<LinesAsked> = {},
  prices: Record<string, string> = {},
  typed: string[] | null = null,
) =>
  linesShown(items, readDraft(draftWith(prices), items, RULES), {
    asked: asked(over),
    typed: typed === null ? null : new Set(typed),
  });

describe('which lines of a bid are shown', () => {
  it('shows every line on exactly one page', () => {
    const pages = [1, 2, 3].flatMap((page) => show({ page }).places);
    expect(pages).to.deep.equal(items.map((_, at) => at));
    expect(show().pageCount).to.equal(Math.ceil(items.length / LINES_A_PAGE));
  });

  it('takes a page beyond the last for the last', () => expect(show({ page: 99 }).page).to.equal(3));

  it('finds by line number, by item code and by text of any width and case', () => {
    expect(show({ q: '42' }).places).to.include(41);
    expect(show({ q: 'br-201' }).places).to.deep.equal([200]);
    expect(show({ q: 'flange 不锈' }).places).to.deep.equal([41]);
    expect(show({ q: 'nothing of ours' }).places).to.deep.equal([]);
  });

  it('shows only what has no price, or what cannot be read', () => {
    const prices = { 'line-1': '1', 'line-2': '1,5', 'line-3': '0' };
    expect(show({ only: 'missing' }, prices)).to.include({
      foundCount: 248,
      missingCount: 248,
      wrongCount: 1,
    });
    expect(show({ only: 'wrong' }, prices).places).to.deep.equal([1]);
  });

  it('goes to the page a line is on', () => expect(show({ line: 'line-150' }).page).to.equal(2));

  it('shows all that a refused form brought, wherever it stands and whatever is asked for', () => {
    const typed = items.slice(90, 230).map((item) => item.id);
    expect(show({ only: 'missing', page: 3 }, { 'line-100': '1' }, typed).places).to.have.length(140);
  });
});

describe('pasting from a spreadsheet', () => {
  // Assets for browsers: without types, and quiet where there is no document.
  type Grid = {
    cellsIn(text: string): string[][];
    asTyped(field: string, value: string): string;
    planPaste(
      rows: string[][],
      at: { ids: string[]; first: number; columns: string[]; from: number },
    ): { fields: [string, string][]; count: number; left: number };
  };
  let grid: Grid;
  before(async () => {
    grid = (await import(new URL('../../views/assets/js/bid-grid.js', import.meta.url).href)) as Grid;
  });

  it('reads back any cells that a spreadsheet writes', () => {
    const cell = fc
      .string({ unit: fc.constantFrom('a', '1', '.', ',', '\t', '\n', '"', ' ', '行') })
      .map((text) => text.trim());
    const written = (value: string): string =>
      /["\t\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (rows) => {
          const text = rows.map((cells) => cells.map(written).join('\t')).join('\r\n');
          expect(grid.cellsIn(text)).to.deep.equal(rows);
          expect(grid.cellsIn(`${text}\r\n`), 'with the line end that Excel adds').to.deep.equal(rows);
        },
      ),
    );
  });

  it('takes thousands separators off a price only where it can be read in one way', () => {
    expect(grid.asTyped('unitPrice', '1,234.50')).to.equal('1234.50');
    for (const value of ['1,234', '1.234,50', '12,34.5'])
      expect(grid.asTyped('unitPrice', value)).to.equal(value);
    expect(grid.asTyped('note', '1,234.50')).to.equal('1,234.50');
  });

  it('fills from the cell on, and counts what does not fit', () => {
    const plan = grid.planPaste([['1', '5', 'x', 'y'], ['2'], ['3']], {
      ids: ['a', 'b', 'c'],
      first: 1,
      columns: ['unitPrice', 'leadTimeDays', 'note'],
      from: 1,
    });
    expect(plan).to.deep.equal({
      fields: [
        ['lines[b][leadTimeDays]', '1'],
        ['lines[b][note]', '5'],
        ['lines[c][leadTimeDays]', '2'],
      ],
      count: 2,
      left: 1,
    });
  });
});

describe('what several windows left behind', () => {
  type Kept = { revision: number; at: number; fields: Record<string, string> };
  it('is joined: the later entry counts, and the earliest revision is what all of them had seen', async () => {
    const { joined } = (await import(new URL('../../views/assets/js/bid-kept.js', import.meta.url).href)) as {
      joined(records: Kept[]): Kept | null;
    };
    expect(joined([])).to.equal(null);
    expect(
      joined([
        { revision: 4, at: 20, fields: { a: 'late', b: '2' } },
        { revision: 3, at: 10, fields: { a: 'early', c: '3' } },
      ]),
    ).to.deep.equal({ revision: 3, at: 20, fields: { a: 'late', b: '2', c: '3' } });
  });
});
