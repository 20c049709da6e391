import { expect } from 'chai';
import { differingFields } from '../../src/kernel/form-fields.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';
import { newTerms } from '../../src/sourcing/event-form.ts';
import { estimatedValueOf } from '../../src/sourcing/event-item.ts';
import { eventTemplates } from '../../src/sourcing/event-template.ts';
import { invitationLifecycle } from '../../src/sourcing/invitation.ts';
import {
  eventSteps,
  isOpenAt,
  missingForPublication,
  needsApproval,
  nextDueAt,
  sourcingEventLifecycle,
} from '../../src/sourcing/sourcing-event.ts';

const closesAt = new Date('2026-03-09T09:00:00Z');
const threshold = { amount: '50000', currency: 'USD' };
const line = (quantity: string, estimatedPrice: string | null) => ({ quantity, estimatedPrice });

describe('whether an event is open', () => {
  const open = { state: 'open', closesAt } as const;
  it('is so until, and not at, the closing instant', () => {
    expect(isOpenAt(open, new Date('2026-03-09T08:59:59.999Z'))).to.equal(true);
    expect(isOpenAt(open, closesAt)).to.equal(false);
  });
  it('is not so before it is published or after it is closed, whatever the time', () => {
    for (const state of ['draft', 'approved', 'closed', 'cancelled'] as const)
      expect(isOpenAt({ state, closesAt }, new Date('2026-03-01T00:00:00Z')), state).to.equal(false);
  });
  it('gives the clock something to do only while it is open', () => {
    expect(nextDueAt(open)).to.equal(closesAt);
    expect(nextDueAt({ state: 'approved', closesAt })).to.equal(null);
  });
});

describe('whether an event needs an approver', () => {
  const cases: readonly [string, boolean, string, ReturnType<typeof line>[]][] = [
    ['just below the threshold', false, 'USD', [line('1', '49999.99')]],
    ['at the threshold', true, 'USD', [line('1', '50000')]],
    ['above it in several lines', true, 'USD', [line('100', '250'), line('100', '250.01')]],
    ['without any estimate', true, 'USD', [line('1', null)]],
    ['with one line that has none', true, 'USD', [line('1', '10'), line('1', null)]],
    ['in another currency', true, 'CNY', [line('1', '10')]],
    ['for something free of charge', false, 'USD', [line('1', '0')]],
  ];
  for (const [name, expected, currency, items] of cases)
    it(`${expected ? 'is so' : 'is not so'} ${name}`, () => {
      expect(needsApproval({ currency }, items, threshold)).to.equal(expected);
    });
});

describe('the estimated value', () => {
  it('is the sum of rounded line amounts', () => {
    expect(estimatedValueOf([line('3', '0.335'), line('3', '0.335')], 'USD')).to.equal('2.02');
  });
  it('is unknown without lines, and where a line has no estimate', () => {
    expect(estimatedValueOf([], 'USD')).to.equal(null);
    expect(estimatedValueOf([line('1', '1'), line('1', null)], 'USD')).to.equal(null);
  });
});

describe('what an event lacks before it is published', () => {
  const counts = { lineCount: 1, invitationCount: 1, now: new Date('2026-03-02T00:00:00Z') };
  it('is nothing with a line, a supplier and a closing time to come', () => {
    expect(missingForPublication({ closesAt, eventType: 'rfq' }, counts)).to.deep.equal([]);
  });
  it('is named, all of it at once', () => {
    expect(
      missingForPublication(
        { closesAt: null, eventType: 'rfq' },
        { ...counts, lineCount: 0, invitationCount: 0 },
      ),
    ).to.deep.equal(['lines', 'invitations', 'closing-time']);
  });
  it('is no line where no prices are asked for', () => {
    expect(missingForPublication({ closesAt, eventType: 'rfi' }, { ...counts, lineCount: 0 })).to.deep.equal(
      [],
    );
  });
  it('is a later closing time at the closing instant', () => {
    expect(missingForPublication({ closesAt, eventType: 'rfq' }, { ...counts, now: closesAt })).to.deep.equal(
      ['future-closing'],
    );
  });
});

describe('the lifecycles of sourcing', () => {
  it('show each state that goes on as one step', () => {
    const ends = ['cancelled', 'unsuccessful'];
    for (const state of sourcingEventLifecycle.states.filter((one) => !ends.includes(one)))
      expect(
        eventSteps.filter((step) => step.states.includes(state)),
        state,
      ).to.have.length(1);
  });
  it('end for good', () => {
    for (const state of ['completed', 'cancelled', 'unsuccessful'] as const)
      expect(sourcingEventLifecycle.isTerminal(state)).to.equal(true);
    for (const state of ['declined', 'uninvited'] as const)
      expect(invitationLifecycle.isTerminal(state)).to.equal(true);
  });
});

describe('the form of an event', () => {
  const terms = newTerms({
    plant: { code: 'QD01', nameEn: 'Qingdao plant', timeZone: 'Asia/Shanghai' },
    template: eventTemplates.rfq,
    calendar: ordinaryWeek,
    currency: 'USD',
    paymentTermsDays: 30,
    now: new Date('2026-03-02T20:00:00Z'),
  });
  it('begins with a closing in five working days of the plant’s own', () => {
    expect(terms.closesAt).to.equal('2026-03-10T17:00');
  });
  it('finds what two people typed differently', () => {
    expect(differingFields(terms, { ...terms, title: 'New', currency: 'USD ' })).to.deep.equal([
      { field: 'title', stored: '', typed: 'New' },
    ]);
  });
});
