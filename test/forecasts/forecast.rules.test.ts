import { expect } from 'chai';
import fc from 'fast-check';
import {
  alignTo,
  assertCanBeKept,
  assertCanPublish,
  type Content,
  differenceOf,
  type ForecastLine,
  firmCutsOf,
  zoneAt,
} from '../../src/forecasts/forecast.ts';
import { AppError } from '../../src/kernel/errors.ts';

const terms = { fromWeek: '2026-03-02', weeks: 6, firmWeeks: 2, tradeOffWeeks: 1, note: '' };
const line = (itemCode: string, quantities: readonly string[]): ForecastLine => ({
  id: itemCode,
  lineNo: 1,
  itemCode,
  description: itemCode,
  unit: 'C62',
  supplierItemCode: null,
  quantities,
});
const content = (over: Partial<typeof terms>, ...lines: ForecastLine[]): Content<ForecastLine> => ({
  terms: { ...terms, ...over },
  lines,
});
const refusalOf = (act: () => void): AppError => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was not refused');
};
const six = (quantity: string) => Array.from({ length: 6 }, () => quantity);

describe('a forecast', () => {
  it('binds by zones: firm, then trade-off, then nobody', () => {
    expect([0, 1, 2, 3, 5].map((place) => zoneAt(place, terms))).to.deep.equal([
      'firm',
      'firm',
      'trade_off',
      'outlook',
      'outlook',
    ]);
    expect(zoneAt(0, { firmWeeks: 0, tradeOffWeeks: 0 })).to.equal('outlook');
  });

  it('is kept from this week on, within a year, with each item once', () => {
    const codes = (over: Partial<typeof terms>, ...lines: ForecastLine[]) =>
      refusalOf(() => assertCanBeKept({ ...terms, ...over }, lines, '2026-03-02')).fields.map(
        ({ path, code }) => `${path} ${code}`,
      );
    assertCanBeKept(terms, [line('A', six('1')), line('B', six('0'))], '2026-03-02');
    assertCanBeKept({ ...terms, fromWeek: '2027-03-01', firmWeeks: 5 }, [], '2026-03-02');
    expect(codes({ fromWeek: '2026-02-23' })).to.deep.equal(['fromWeek forecast.week-in-the-past']);
    expect(codes({ fromWeek: '2027-03-08' })).to.deep.equal(['fromWeek forecast.week-too-far']);
    expect(codes({ firmWeeks: 6 })).to.deep.equal(['tradeOffWeeks forecast.zones-beyond-horizon']);
    expect(codes({}, line('A', six('1')), line('B', six('1')), line('A', six('2')))).to.deep.equal([
      'lines.2.itemCode forecast.item-twice',
    ]);
  });

  it('keeps quantities at their weeks when the weeks move', () => {
    const later = { fromWeek: '2026-03-16', weeks: 5 };
    expect(alignTo(['1', '2', '3', '4', '5', '6'], terms, later)).to.deep.equal(['3', '4', '5', '6', '0']);
    expect(alignTo(['3', '4'], later, { fromWeek: '2026-03-09', weeks: 4 })).to.deep.equal([
      '0',
      '3',
      '4',
      '0',
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 4, maxLength: 52 }), (quantities) => {
        const all = quantities.map(String);
        const same = { fromWeek: terms.fromWeek, weeks: all.length };
        expect(alignTo(all, same, same)).to.deep.equal(all);
      }),
    );
  });

  it('says what changed by week, which items are new, and which are gone', () => {
    const before = content({}, line('A', ['10', '20', '30', '40', '50', '60']), line('B', six('5')));
    const now = content(
      { fromWeek: '2026-03-09' },
      line('A', ['20', '25.5', '40', '0', '60', '70']),
      line('C', six('1')),
    );
    const { byItem, dropped } = differenceOf(before, now);
    expect(byItem.get('A')).to.deep.equal({
      isNew: false,
      changes: [null, '-4.5', null, '-50', null, null],
    });
    expect(byItem.get('C')?.isNew).to.equal(true);
    expect(dropped).to.deep.equal([{ itemCode: 'B', quantity: '25' }]);
    const unchanged = differenceOf(before, before);
    expect([...unchanged.byItem.values()].flatMap(({ changes }) => changes)).to.deep.equal(
      Array.from({ length: 12 }, () => null),
    );
    expect(unchanged.dropped).to.deep.equal([]);
  });

  it('lowers firm weeks with a note only; weeks that are over and zones behind do not count', () => {
    const before = content({}, line('A', ['10', '20', '30', '40', '50', '60']));
    const lowered = (quantities: readonly string[], over: Partial<typeof terms> = {}) =>
      firmCutsOf(before, content(over, line('A', quantities)));
    expect(lowered(['10', '20', '0', '0', '0', '0'])).to.deep.equal([]);
    expect(lowered(['11', '20', '30', '40', '50', '60'])).to.deep.equal([]);
    expect(lowered(['10', '19.5', '30', '40', '50', '60'])).to.deep.equal([
      { itemCode: 'A', week: '2026-03-09', before: '20', now: '19.5' },
    ]);
    // A week later the first firm week is over, and the second stands first.
    expect(lowered(['20', '0', '0', '0', '0', '0'], { fromWeek: '2026-03-09' })).to.deep.equal([]);
    expect(lowered(['19', '0', '0', '0', '0', '0'], { fromWeek: '2026-03-09' })).to.have.length(1);
    // Leaving the item out lowers all of it.
    expect(firmCutsOf(before, content({}, line('B', six('1'))))).to.have.length(2);
    const publish = (note: string) => () =>
      assertCanPublish(content({ note }, line('A', six('1'))), { before, currentWeek: '2026-03-02' });
    expect(refusalOf(publish('')).code).to.equal('forecast.firm-lowered-without-note');
    publish('The line is rebuilt')();
  });

  it('is published when it says something, and begins no earlier than this week', () => {
    const at =
      (currentWeek: string, ...lines: ForecastLine[]) =>
      () =>
        assertCanPublish(content({}, ...lines), { before: null, currentWeek });
    at('2026-03-02', line('A', ['0', '0', '0', '0', '0', '0.5']))();
    expect(refusalOf(at('2026-03-02')).code).to.equal('forecast.is-empty');
    expect(refusalOf(at('2026-03-02', line('A', six('0')))).code).to.equal('forecast.is-empty');
    expect(refusalOf(at('2026-03-09', line('A', six('1')))).code).to.equal('forecast.begins-in-the-past');
  });
});
