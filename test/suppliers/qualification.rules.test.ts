import { expect } from 'chai';
import {
  assertProposal,
  decideOn,
  expire,
  isRenewable,
  type Proposal,
  propose,
  type Qualification,
  reminderDue,
  standingIn,
} from '../../src/suppliers/qualification/qualification.ts';

const at = new Date('2026-03-02T10:00:00Z');
const today = '2026-03-02';
const one = (over: Partial<Qualification> = {}): Qualification => ({
  id: 'q',
  supplierId: 's',
  categoryCode: 'MACH',
  plantCode: null,
  state: 'qualified',
  outcome: 'qualified',
  conditions: '',
  validUntil: '2026-06-30',
  wanted: null,
  wantedConditions: '',
  wantedValidUntil: null,
  reason: 'Audited',
  requestedBy: 'buyer',
  requestedAt: at,
  decidedBy: 'approver',
  decidedAt: at,
  decisionComment: '',
  remindedDays: null,
  version: 1,
  ...over,
});
const asking = (over: Partial<Proposal> = {}): Proposal => ({
  wanted: 'qualified',
  conditions: '',
  validUntil: '2027-03-01',
  reason: 'Audited again',
  ...over,
});
const by = { requestedBy: 'other', at };
const decision = (agrees: boolean, comment = '') => ({ agrees, comment, decidedBy: 'approver', at, today });
const refused = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('asking for a qualification', () => {
  for (const [over, code] of [
    [{}, undefined],
    [{ validUntil: null }, undefined],
    [{ validUntil: '2026-03-03' }, undefined],
    [{ validUntil: '2026-03-02' }, 'qualification.ends-in-the-past'],
    [{ wanted: 'disqualified', validUntil: '2026-03-02' }, undefined],
    [{ reason: ' ' }, 'qualification.needs-a-reason'],
    [{ wanted: 'conditionally_qualified' }, 'qualification.needs-conditions'],
  ] as [Partial<Proposal>, string | undefined][])
    it(`of ${JSON.stringify(over)} is ${code ?? 'taken'}`, () =>
      expect(refused(() => assertProposal(asking(over), today))).to.equal(code));

  it('leaves what holds until it is decided, and is asked once', () => {
    const asked = propose(one(), { ...asking(), ...by });
    expect([asked.state, asked.outcome, asked.validUntil]).to.deep.equal([
      'in_renewal',
      'qualified',
      '2026-06-30',
    ]);
    expect(refused(() => propose(asked, { ...asking(), ...by }))).to.equal('qualification.waits-already');
    const none = one({ state: 'expired', outcome: null });
    expect(propose(none, { ...asking(), ...by }).state).to.equal('pending_approval');
    expect(refused(() => propose(none, { ...asking({ wanted: 'disqualified' }), ...by }))).to.equal(
      'qualification.nothing-to-take',
    );
  });
});

describe('deciding on a qualification', () => {
  const renewed = propose(one(), { ...asking(), ...by });
  it('takes what was asked for, its end with it', () => {
    const after = decideOn(renewed, decision(true));
    expect([after.state, after.outcome, after.validUntil, after.wanted]).to.deep.equal([
      'qualified',
      'qualified',
      '2027-03-01',
      null,
    ]);
    const ended = decideOn(propose(one(), { ...asking({ wanted: 'disqualified' }), ...by }), decision(true));
    expect([ended.state, ended.outcome]).to.deep.equal(['disqualified', null]);
  });
  it('against it leaves what held, and says why', () => {
    const after = decideOn(renewed, decision(false, 'No report'));
    expect([after.state, after.outcome, after.validUntil]).to.deep.equal([
      'qualified',
      'qualified',
      '2026-06-30',
    ]);
    expect(refused(() => decideOn(renewed, decision(false)))).to.equal('qualification.needs-a-comment');
    const fresh = one({ state: 'pending_approval', outcome: null, wanted: 'qualified' });
    expect(decideOn(fresh, decision(false, 'No')).state).to.equal('rejected');
  });
  it('is refused where nothing waits, or for an end that has come meanwhile', () => {
    expect(refused(() => decideOn(one(), decision(true)))).to.include('qualification.cannot');
    const late = propose(one(), { ...asking({ validUntil: '2026-03-03' }), ...by });
    expect(refused(() => decideOn(late, { ...decision(true), today: '2026-03-03' }))).to.equal(
      'qualification.ends-in-the-past',
    );
  });
});

describe('how a supplier stands', () => {
  const place = { categoryCode: 'MACH', plantCode: 'QD01', today };
  for (const [all, standing] of [
    [[], 'not_qualified'],
    [[one()], 'qualified'],
    [[one({ validUntil: today })], 'qualified'],
    [[one({ validUntil: '2026-03-01' })], 'not_qualified'],
    [[one({ categoryCode: 'CAST' })], 'not_qualified'],
    [[one({ plantCode: 'NB02' })], 'not_qualified'],
    [[one(), one({ plantCode: 'QD01', outcome: null, state: 'disqualified' })], 'not_qualified'],
    [[one(), one({ plantCode: 'QD01', outcome: null, state: 'pending_approval' })], 'qualified'],
    [[one(), one({ plantCode: 'QD01', validUntil: '2026-03-01' })], 'qualified'],
    [
      [
        one({ outcome: null, state: 'rejected' }),
        one({ plantCode: 'QD01', outcome: 'conditionally_qualified' }),
      ],
      'conditionally_qualified',
    ],
  ] as [Qualification[], string][])
    it(`is ${standing} by ${all.map((q) => `${q.categoryCode}/${q.plantCode}/${q.outcome}/${q.validUntil}`).join(', ')}`, () =>
      expect(standingIn(all, place)).to.equal(standing));
});

describe('the end of a qualification', () => {
  it('is reminded of once at each distance', () => {
    const days = [60, 14];
    const due = (validUntil: string | null, remindedDays: number | null = null) =>
      reminderDue({ validUntil, remindedDays }, { today, days });
    expect(due(null)).to.equal(null);
    expect(due('2026-05-02')).to.equal(null);
    expect(due('2026-05-01')).to.equal(60);
    expect(due('2026-05-01', 60)).to.equal(null);
    expect(due('2026-03-16', 60)).to.equal(14);
    expect(due('2026-03-16', 14)).to.equal(null);
    expect(due('2026-03-01')).to.equal(null);
  });
  it('leaves a renewal waiting, and takes an end that was asked for with it', () => {
    expect(expire(one()).state).to.equal('expired');
    expect(expire(propose(one(), { ...asking(), ...by })).state).to.equal('pending_approval');
    const ending = expire(propose(one(), { ...asking({ wanted: 'disqualified' }), ...by }));
    expect([ending.state, ending.outcome, ending.wanted]).to.deep.equal(['expired', null, null]);
  });
});

describe('a renewal that a supplier asks for', () => {
  const asked = new Date(0);
  for (const [state, may] of [
    ['qualified', true],
    ['conditionally_qualified', true],
    ['expired', true],
    // That we ask for another decision ourselves is told to nobody outside.
    ['in_renewal', true],
    ['pending_approval', false],
    ['rejected', false],
    ['disqualified', false],
  ] as const)
    it(`is ${may ? 'taken' : 'not taken'} where it is ${state}, and never twice`, () => {
      expect(isRenewable({ state, renewalAskedAt: null })).to.equal(may);
      expect(isRenewable({ state, renewalAskedAt: asked })).to.equal(false);
    });
});
