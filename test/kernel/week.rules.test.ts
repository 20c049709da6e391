import { expect } from 'chai';
import fc from 'fast-check';
import { addDays } from '../../src/kernel/time.ts';
import { weekName, weekNamed, weekOf, weeksBetween, weeksFrom } from '../../src/kernel/week.ts';

describe('weeks', () => {
  it('begin on Monday and are named as ISO 8601 does, also around New Year', () => {
    for (const [day, monday, name] of [
      ['2026-11-30', '2026-11-30', '2026-W49'],
      ['2026-12-06', '2026-11-30', '2026-W49'],
      ['2027-01-03', '2026-12-28', '2026-W53'],
      ['2027-01-04', '2027-01-04', '2027-W01'],
      ['2024-12-31', '2024-12-30', '2025-W01'],
    ] as const) {
      expect(weekOf(day)).to.equal(monday);
      expect(weekName(monday)).to.equal(name);
    }
  });

  it('are found by their names, with or without the hyphen, and by no name of none', () => {
    expect(weekNamed('2026W49')).to.equal('2026-11-30');
    expect(weekNamed('2026-W53')).to.equal('2026-12-28');
    for (const none of ['2025-W53', '2026-W00', '2026-W54', '2026-49', 'W49', '', '2026-W4'])
      expect(weekNamed(none), none).to.equal(null);
  });

  it('keep their name and their distance, whichever day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 60 }), (days, count) => {
        const week = weekOf(addDays('1990-01-01', days));
        expect(weekNamed(weekName(week))).to.equal(week);
        const last = weeksFrom(week, count + 1).at(-1) ?? '';
        expect(weeksBetween(week, last)).to.equal(count);
        expect(weeksBetween(last, week)).to.equal(count === 0 ? 0 : -count);
      }),
    );
  });
});
