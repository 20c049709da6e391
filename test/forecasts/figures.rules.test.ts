import { expect } from 'chai';
import fc from 'fast-check';
import {
  accuracyOf,
  byWeek,
  cumulated,
  distance,
  lastSaid,
  type PastWeek,
  quantityIn,
  sayingsOf,
} from '../../src/forecasts/figures.ts';
import { addDecimals } from '../../src/kernel/money.ts';
import { weeksFrom } from '../../src/kernel/week.ts';

const weeks = weeksFrom('2026-03-02', 3);
const past = (over: Partial<PastWeek>): PastWeek => ({
  itemCode: 'A',
  week: '2026-03-02',
  forecast: '100',
  committed: '100',
  ordered: '100',
  received: '100',
  ...over,
});

describe('the figures of a forecast', () => {
  it('count what falls in a week from its Monday to its Sunday, and nothing without a day', () => {
    const dated = [
      { day: '2026-03-01', quantity: '1' },
      { day: '2026-03-02', quantity: '2' },
      { day: '2026-03-08', quantity: '3.5' },
      { day: '2026-03-09', quantity: '4' },
      { day: '2026-03-22', quantity: '5' },
      { day: '2026-03-23', quantity: '6' },
      { day: null, quantity: '7' },
    ];
    expect(byWeek(dated, weeks)).to.deep.equal(['5.5', '4', '5']);
    expect(byWeek(dated, [])).to.deep.equal([]);
  });

  it('go on from what there was', () => {
    expect(cumulated(['1', null, '2.5'], '10')).to.deep.equal(['11', '11', '13.5']);
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 52 }),
        fc.nat(1000),
        (numbers, before) => {
          const last = cumulated(numbers.map(String), String(before)).at(-1);
          expect(last).to.equal(addDecimals([String(before), ...numbers.map(String)]));
        },
      ),
    );
  });

  it('say how far forecasts were off by sums, whichever way, and never below nothing', () => {
    expect(accuracyOf([past({})])).to.include({ forecastPercent: '100', commitPercent: '100' });
    // 20 too much and 20 too little do not make a good forecast.
    const off = accuracyOf([past({ forecast: '120' }), past({ forecast: '80' })]);
    expect(off).to.include({ deviation: '40', ordered: '200', forecastPercent: '80' });
    expect(accuracyOf([past({ forecast: '500' })]).forecastPercent).to.equal('0');
    expect(accuracyOf([past({ forecast: '500', ordered: '0' })]).forecastPercent).to.equal(null);
    // A week that nobody forecast says nothing of forecasts.
    expect(accuracyOf([past({ forecast: null, ordered: '900' })])).to.include({
      ordered: '0',
      forecastPercent: null,
    });
    expect(distance('3', '5')).to.equal('2');
  });

  it('say how much of what was committed came, and count nothing that came beyond', () => {
    const kept = accuracyOf([past({ received: '150' }), past({ received: '40' })]);
    expect(kept).to.include({ kept: '140', committed: '200', commitPercent: '70' });
    expect(accuracyOf([past({ committed: null })]).commitPercent).to.equal(null);
    expect(accuracyOf([past({ committed: '0', received: '5' })]).commitPercent).to.equal(null);
    expect(accuracyOf([])).to.include({ forecastPercent: null, commitPercent: null });
  });

  it('look for what was last said of a week until an instant, and not later, and in what reaches so far', () => {
    const saying = (at: string, fromWeek: string, itemCode: string, quantities: readonly string[]) =>
      ({ kind: 'forecast', at: new Date(at), fromWeek, itemCode, quantities }) as const;
    const sayings = sayingsOf([
      saying('2026-03-02T10:00:00Z', '2026-03-02', 'A', ['1', '2', '3']),
      saying('2026-03-02T10:00:00Z', '2026-03-02', 'B', ['7', '8', '9']),
      saying('2026-03-10T10:00:00Z', '2026-03-16', 'A', ['30', '40']),
    ]);
    const said = (week: string, until: string, itemCode = 'A') => {
      const last = lastSaid(sayings, { kind: 'forecast', week, until: new Date(until) });
      return last === null ? null : quantityIn(last, { itemCode });
    };
    expect(said('2026-03-16', '2026-03-10T09:59:59Z')).to.equal('3');
    expect(said('2026-03-16', '2026-03-10T10:00:00Z')).to.equal('30');
    expect(said('2026-03-09', '2026-03-20T00:00:00Z')).to.equal('2');
    expect(said('2026-03-16', '2026-03-20T00:00:00Z', 'B')).to.equal(null);
    expect(said('2026-03-02', '2026-03-02T09:00:00Z')).to.equal(null);
    expect(lastSaid(sayings, { kind: 'commit', week: '2026-03-02', until: new Date() })).to.equal(null);
  });
});
