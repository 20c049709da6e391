import { expect } from 'chai';
import { despatchAdviceLifecycle } from '../../src/deliveries/despatch-advice.ts';
import {
  type DockTable,
  dockAppointmentLifecycle,
  slotAt,
  slotsOn,
} from '../../src/deliveries/docks/dock-appointment.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';

const table = (over: Partial<DockTable['hours']> = {}): DockTable => ({
  hours: { opensAt: '08:00', closesAt: '12:00', slotMinutes: 90, capacity: 2, ...over },
  timeZone: 'Asia/Shanghai',
  calendar: { ...ordinaryWeek, days: { '2026-03-04': false, '2026-03-07': true } },
});

describe('the slots of a plant', () => {
  it('are whole ones within its hours, by its own clock', () => {
    expect(slotsOn('2026-03-03', table()).map((slot) => slot.startsAt.toISOString())).to.deep.equal([
      '2026-03-03T00:00:00.000Z',
      '2026-03-03T01:30:00.000Z',
    ]);
    expect(slotsOn('2026-03-03', table({ slotMinutes: 60 }))).to.have.length(4);
    expect(slotsOn('2026-03-03', table({ closesAt: '08:00' }))).to.deep.equal([]);
  });

  it('are none on holidays and Sundays, and those of a weekday on a Saturday that is worked', () => {
    expect(slotsOn('2026-03-04', table())).to.deep.equal([]);
    expect(slotsOn('2026-03-08', table())).to.deep.equal([]);
    expect(slotsOn('2026-03-07', table())).to.have.length(2);
  });

  const now = new Date('2026-03-03T00:30:00Z');
  const refused = (startsAt: string, despatchedOn = '2026-03-01'): string => {
    try {
      slotAt(new Date(startsAt), { table: table(), now, despatchedOn });
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
    return '';
  };
  for (const [what, startsAt, code] of [
    ['one that begins later today', '2026-03-03T01:30:00Z', ''],
    ['a time between two slots', '2026-03-03T01:00:00Z', 'dock_appointment.slot-is-none'],
    ['a holiday', '2026-03-04T00:00:00Z', 'dock_appointment.slot-is-none'],
    ['one that has begun', '2026-03-03T00:00:00Z', 'dock_appointment.slot-has-begun'],
    ['the day three months ahead', '2026-06-02T01:30:00Z', 'dock_appointment.too-far-ahead'],
  ] as const)
    it(`${code === '' ? 'take' : 'refuse'} ${what}`, () => expect(refused(startsAt)).to.equal(code));

  it('begin for a delivery on the day it is despatched, and not before', () => {
    expect(refused('2026-03-05T00:00:00Z', '2026-03-05')).to.equal('');
    expect(refused('2026-03-05T00:00:00Z', '2026-03-06')).to.equal('dock_appointment.before-despatch');
  });

  it('refuse a slot at its very beginning', () => {
    const startsAt = new Date('2026-03-03T01:30:00Z');
    expect(() => slotAt(startsAt, { table: table(), now: startsAt, despatchedOn: '2026-03-01' })).to.throw(
      AppError,
      'begun',
    );
  });
});

describe('the journey of a delivery', () => {
  it('goes from the supplier to the gate, and is cancelled or packed anew no more once that would be untrue', () => {
    const { may } = despatchAdviceLifecycle;
    const can = (action: Parameters<typeof may>[1]) =>
      (['submitted', 'in_transit', 'arrived', 'received'] as const).filter((state) => may(state, action));
    expect(can('pack')).to.deep.equal(['submitted']);
    expect(can('depart')).to.deep.equal(['submitted']);
    expect(can('arrive')).to.deep.equal(['submitted', 'in_transit']);
    expect(can('cancel')).to.deep.equal(['submitted', 'in_transit']);
    expect(can('reject')).to.deep.equal(['submitted', 'in_transit', 'arrived']);
    expect(can('receive')).to.deep.equal(['submitted', 'in_transit', 'arrived']);
  });

  it('lets the supplier propose anew after a move, and the plant confirm only what was proposed', () => {
    const { may, states } = dockAppointmentLifecycle;
    expect(states.filter((state) => may(state, 'confirm'))).to.deep.equal(['proposed']);
    expect(states.filter((state) => may(state, 'propose'))).to.have.length(3);
  });
});
