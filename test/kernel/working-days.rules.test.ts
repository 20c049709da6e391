import { expect } from 'chai';
import fc from 'fast-check';
import { addDays } from '../../src/kernel/time.ts';
import {
  addWorkingDays,
  isConfirmedUntil,
  isWorkingDay,
  ordinaryWeek,
  provisionalAfter,
  workingDaysBefore,
  workingDaysUntil,
} from '../../src/kernel/working-days.ts';

// China in the week of the National Day 2026: off from 1 to 7 October, worked on Saturday 10 October.
const china = {
  ...ordinaryWeek,
  days: {
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [`2026-10-0${day}`, false])),
    '2026-10-10': true,
  },
};

describe('what is known of a calendar', () => {
  it('reaches to the last day whose holidays were announced, that one included', () => {
    const announced = { ...ordinaryWeek, confirmedUntil: '2026-12-31' };
    expect(isConfirmedUntil('2026-12-31', announced)).to.equal(true);
    expect(isConfirmedUntil('2027-01-01', announced)).to.equal(false);
    expect(isConfirmedUntil('2030-01-01', ordinaryWeek)).to.equal(true);
    expect(provisionalAfter('2026-12-31', announced)).to.equal(null);
    expect(provisionalAfter('2027-01-01', announced)).to.equal('2026-12-31');
    expect(provisionalAfter('2030-01-01', ordinaryWeek)).to.equal(null);
  });
});

describe('counting working days', () => {
  for (const { it: says, from, days, to, calendar } of [
    { it: 'goes over a weekend', from: '2026-03-06', days: 1, to: '2026-03-09', calendar: ordinaryWeek },
    {
      it: 'counts from the Friday on a Saturday',
      from: '2026-03-07',
      days: 1,
      to: '2026-03-09',
      calendar: ordinaryWeek,
    },
    { it: 'stays for no days', from: '2026-03-07', days: 0, to: '2026-03-07', calendar: ordinaryWeek },
    { it: 'goes over holidays', from: '2026-09-30', days: 1, to: '2026-10-08', calendar: china },
    {
      it: 'counts a Saturday that makes up for one',
      from: '2026-10-09',
      days: 1,
      to: '2026-10-10',
      calendar: china,
    },
  ])
    it(says, () => expect(addWorkingDays(from, days, calendar)).to.equal(to));

  it('goes back to the same time of day, over holidays', () => {
    const at = new Date('2026-10-08T09:00:00Z');
    const before = workingDaysBefore(at, 1, { timeZone: 'Asia/Shanghai', calendar: china });
    expect(before.toISOString()).to.equal('2026-09-30T09:00:00.000Z');
  });

  it('ends also where no day is worked', () => {
    const never = { workingWeekdays: [], days: {} };
    expect(addWorkingDays('2026-01-01', 1, never) > '2035').to.equal(true);
  });

  it('lands on a working day, as many of them later as were asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 60 }), (offset, days) => {
        const from = addDays('2026-06-01', offset);
        const to = addWorkingDays(from, days, china);
        expect(isWorkingDay(to, china)).to.equal(true);
        expect(workingDaysUntil(from, to, china)).to.equal(days);
      }),
    );
  });
});
