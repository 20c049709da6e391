import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertCanSubmit,
  beginCommit,
  type CommitLine,
  commitAll,
  shortfallOf,
  shortfallsOf,
} from '../../src/forecasts/commit.ts';
import type { ForecastLine } from '../../src/forecasts/forecast.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals } from '../../src/kernel/money.ts';

const terms = { fromWeek: '2026-03-02', weeks: 4, firmWeeks: 1, tradeOffWeeks: 1, note: '' };
const line = (id: string, quantities: readonly string[], itemCode = id): ForecastLine => ({
  id,
  lineNo: 1,
  itemCode,
  description: id,
  unit: 'C62',
  supplierItemCode: null,
  quantities,
});
const said = (lineId: string, quantities: readonly (string | null)[], reason = ''): CommitLine => ({
  lineId,
  quantities,
  reason,
  capacityNote: '',
});
const faultsOf = (lines: readonly ForecastLine[], committed: readonly CommitLine[]): string[] => {
  try {
    assertCanSubmit(lines, committed);
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.fields.map(({ path, code }) => `${path} ${code}`);
    throw error;
  }
};

describe('a commit', () => {
  const lines = [line('a', ['10', '10', '10', '10']), line('b', ['0', '5', '0', '5'])];

  it('can be to everything, to less, or at another week, with a reason where it differs', () => {
    expect(faultsOf(lines, commitAll(lines))).to.deep.equal([]);
    const whole = said('b', ['0', '5.0', '0', '5']);
    expect(faultsOf(lines, [said('a', ['10', '10', '10', '10']), whole])).to.deep.equal([]);
    expect(faultsOf(lines, [said('a', ['10', '0', '20', '10'], 'Holidays'), whole])).to.deep.equal([]);
    expect(faultsOf(lines, [said('a', ['10', '10', '10', '9.5']), whole])).to.deep.equal([
      'lines.0.reason forecast_commit.reason-missing',
    ]);
  });

  it('answers every week of every line, because silence is no yes', () => {
    expect(faultsOf(lines, [said('a', ['10', null, '10', null], 'x')])).to.deep.equal([
      'lines.0.w1 forecast_commit.week-unanswered',
      'lines.0.w3 forecast_commit.week-unanswered',
      'lines.1.reason forecast_commit.line-unanswered',
    ]);
  });

  it('is no more in all than is forecast, at the boundary', () => {
    const of = (quantities: string[]) =>
      faultsOf([line('a', ['10', '10', '10', '10'])], [said('a', quantities, 'x')]);
    expect(of(['40', '0', '0', '0'])).to.deep.equal([]);
    expect(of(['40', '0', '0', '0.000001'])).to.deep.equal([
      'lines.0.reason forecast_commit.more-than-forecast',
    ]);
  });

  it('begins as forecast, and as said before where the forecast of a week is the same', () => {
    const before = { terms, lines: [line('old', ['10', '10', '10', '10'], 'A')] };
    const now = {
      terms: { ...terms, fromWeek: '2026-03-09' },
      lines: [line('new', ['10', '12', '10', '7'], 'A'), line('other', ['1', '1', '1', '1'], 'B')],
    };
    expect(beginCommit(now, null)).to.deep.equal(commitAll(now.lines));
    const lower = { ...said('old', ['10', '8', '8', '10'], 'One shift'), capacityNote: '40 a week' };
    expect(beginCommit(now, { content: before, lines: [lower] })).to.deep.equal([
      { lineId: 'new', quantities: ['8', '12', '10', '7'], reason: 'One shift', capacityNote: '40 a week' },
      { lineId: 'other', quantities: ['1', '1', '1', '1'], reason: '', capacityNote: '' },
    ]);
    const same = beginCommit(now, { content: before, lines: [said('old', ['10', '10', null, '10'], 'x')] });
    expect(same[0]).to.include({ reason: '' });
  });

  it('falls short by what is missing at the end of each week, wherever it is caught up', () => {
    expect(shortfallsOf(['10', '10', '10'], ['10', '4', '16'])).to.deep.equal(['0', '6', '0']);
    expect(shortfallOf(['10', '10', '10'], ['10', '4', '16'])).to.deep.equal({
      place: 1,
      most: '6',
      atEnd: '0',
    });
    expect(shortfallOf(['10', '10'], ['20', '0'])).to.equal(null);
    expect(shortfallOf(['10', '10'], ['0', '5'])).to.deep.equal({ place: 0, most: '15', atEnd: '15' });
    const quantities = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 52 });
    fc.assert(
      fc.property(quantities, (forecast) => {
        const all = forecast.map(String);
        expect(shortfallOf(all, all)).to.equal(null);
        const none = shortfallOf(
          all,
          all.map(() => '0'),
        );
        expect(none?.atEnd ?? '0').to.equal(addDecimals(all));
      }),
    );
  });
});
