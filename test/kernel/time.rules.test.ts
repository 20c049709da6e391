import { expect } from 'chai';
import { addDays, dayIn, instantAt, isDay, isTimeZone, wallClock } from '../../src/kernel/time.ts';

describe('reading a deadline in its time zone', () => {
  it('gives the instant that the wall clock of the zone shows', () => {
    expect(instantAt('2026-11-24T17:00', 'Asia/Shanghai').toISOString()).to.equal('2026-11-24T09:00:00.000Z');
    expect(instantAt('2026-07-01T17:00', 'Europe/Berlin').toISOString()).to.equal('2026-07-01T15:00:00.000Z');
  });

  it('refuses a time that the zone skips or has twice, rather than moving the deadline silently', () => {
    expect(() => instantAt('2026-03-29T02:30', 'Europe/Berlin')).to.throw(RangeError);
    expect(() => instantAt('2026-10-25T02:30', 'Europe/Berlin')).to.throw(RangeError);
    expect(() => instantAt('2026-11-24T17:00', 'Mars/Olympus')).to.throw(RangeError);
  });

  it('goes back to the same wall clock', () => {
    expect(
      wallClock(
        instantAt('2026-11-24T17:00', 'America/Indiana/Indianapolis'),
        'America/Indiana/Indianapolis',
      ),
    ).to.equal('2026-11-24T17:00');
  });

  it('knows which day it is where', () => {
    const at = new Date('2026-11-24T20:00:00Z');
    expect(dayIn(at, 'Asia/Shanghai')).to.equal('2026-11-25');
    expect(dayIn(at, 'America/New_York')).to.equal('2026-11-24');
  });

  it('counts days over the end of a month, and knows a day from what looks like one', () => {
    expect(addDays('2028-02-28', 2)).to.equal('2028-03-01');
    expect(['2026-02-28', '2026-02-29', '2026-2-1', 'tomorrow'].map(isDay)).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
    expect(['Asia/Shanghai', 'UTC', 'Nowhere/Atall'].map(isTimeZone)).to.deep.equal([true, true, false]);
  });
});
