import { expect } from 'chai';
import { passTime, startClock } from '../../src/invoices/credits/debit-note-clock.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';

const time = { workingDays: 2, calendar: ordinaryWeek, timeZone: 'Asia/Shanghai' };
const at = (text: string) => new Date(text);

describe('waiting for the answer to a debit note', () => {
  // A Friday: two working days later is Tuesday, six in the evening by our clock.
  const clock = startClock(at('2026-03-06T02:00:00Z'), time);

  it('gives the supplier its working days', () => {
    expect(clock).to.deep.equal({ answerDueAt: at('2026-03-10T10:00:00Z'), reminders: 0 });
  });

  it('does nothing before its time, and reminds exactly at it', () => {
    expect(passTime(clock, at('2026-03-10T09:59:59Z'), time)).to.equal(null);
    expect(passTime(clock, at('2026-03-10T10:00:00Z'), time)).to.deep.equal({
      act: 'reminded',
      clock: { answerDueAt: at('2026-03-12T10:00:00Z'), reminders: 1 },
    });
  });

  it('tells our side once after the reminder, and nobody any more after that: it accepts nothing', () => {
    const reminded = { answerDueAt: at('2026-03-12T10:00:00Z'), reminders: 1 };
    const passed = passTime(reminded, at('2026-03-13T00:00:00Z'), time);
    expect(passed).to.deep.equal({ act: 'escalated', clock: { answerDueAt: null, reminders: 2 } });
    expect(passTime({ answerDueAt: null, reminders: 2 }, at('2027-01-01T00:00:00Z'), time)).to.equal(null);
  });
});
