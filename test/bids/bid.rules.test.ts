import { expect } from 'chai';
import { type Bid, bidLifecycle, submit, takesBids, withdraw } from '../../src/bids/bid.ts';

const closesAt = new Date('2026-03-02T12:00:00.000Z');
const open = { state: 'open', closesAt };
const draft: Bid = {
  id: '0195e0a0-0000-7000-8000-000000000001',
  reference: 'BID-2026-0001',
  eventId: '0195e0a0-0000-7000-8000-000000000002',
  supplierId: '0195e0a0-0000-7000-8000-000000000003',
  state: 'draft',
  sealingLevel: 'on_arrival',
  currentVersion: 0,
  round: 1,
};
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing thrown';
};

describe('submitting and withdrawing against the clock', () => {
  const cases = [
    ['a day before closing', '2026-03-01T12:00:00.000Z', true],
    ['a millisecond before closing', '2026-03-02T11:59:59.999Z', true],
    ['at the closing instant itself', '2026-03-02T12:00:00.000Z', false],
    ['a millisecond after closing', '2026-03-02T12:00:00.001Z', false],
  ] as const;
  for (const [when, at, isAllowed] of cases)
    it(`${isAllowed ? 'is possible' : 'is refused'} ${when}`, () => {
      const outcome = isAllowed ? 'nothing thrown' : 'bid.deadline-passed';
      expect(takesBids(open, new Date(at))).to.equal(isAllowed);
      expect(codeOf(() => submit(draft, open, new Date(at)))).to.equal(outcome);
      expect(codeOf(() => withdraw({ ...draft, state: 'submitted' }, open, new Date(at)))).to.equal(outcome);
    });

  it('is refused while the event is not open, whatever the clock says', () => {
    const before = new Date('2026-03-01T00:00:00Z');
    expect(codeOf(() => submit(draft, { state: 'paused', closesAt }, before))).to.equal('bid.event-not-open');
    expect(codeOf(() => submit(draft, { state: 'cancelled', closesAt }, before))).to.equal(
      'bid.event-not-open',
    );
    expect(codeOf(() => submit(draft, { state: 'closed', closesAt }, before))).to.equal(
      'bid.deadline-passed',
    );
  });

  it('makes a new version of the same bid when it is submitted again', () => {
    const before = new Date('2026-03-01T00:00:00Z');
    const first = submit(draft, open, before);
    expect(first).to.include({ state: 'submitted', currentVersion: 1 });
    expect(submit(first, open, before)).to.include({ state: 'submitted', currentVersion: 2 });
  });

  it('does not bring a withdrawn bid back, and takes back only what was submitted', () => {
    const before = new Date('2026-03-01T00:00:00Z');
    expect(codeOf(() => submit({ ...draft, state: 'withdrawn' }, open, before))).to.equal(
      'bid.cannot-submit',
    );
    expect(codeOf(() => withdraw(draft, open, before))).to.equal('bid.cannot-withdraw');
  });

  it('opens only what was sealed', () => {
    for (const state of bidLifecycle.states)
      expect(bidLifecycle.may(state, 'open'), state).to.equal(state === 'sealed');
  });
});
