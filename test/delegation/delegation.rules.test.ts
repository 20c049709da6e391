import { expect } from 'chai';
import {
  actorFor,
  assertMayDelegate,
  type DelegationMark,
  type Party,
  principalsAt,
  type Standing,
  type Wanted,
} from '../../src/identity/delegation/delegation.ts';
import type { Actor, Role } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';

/** The code that an act is refused with; null where it is not. */
function codeOf(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const party = (id: string, ...roles: Role[]): Party => ({ id, kind: 'staff', isActive: true, roles });
const wanted: Wanted = { roles: ['approver'], fromOn: '2026-03-02', untilOn: '2026-03-06' };
const base = {
  wanted,
  principal: party('ana', 'approver', 'buyer'),
  delegate: party('bo', 'buyer'),
  given: [] as Standing[],
  received: [] as Standing[],
  today: '2026-03-02',
};
const refusal = (over: Partial<typeof base>): string | null =>
  codeOf(() => assertMayDelegate({ ...base, ...over }));

describe('delegating', () => {
  it('leaves a role of one’s own to an active colleague, from today on', () => {
    expect(refusal({})).to.equal(null);
  });

  it('is not for oneself, a supplier’s person or somebody deactivated', () => {
    expect(refusal({ delegate: party('ana', 'buyer') })).to.equal('delegation.to-oneself');
    expect(refusal({ delegate: { ...party('bo'), kind: 'supplier' } })).to.equal('delegation.delegate-unfit');
    expect(refusal({ delegate: { ...party('bo'), isActive: false } })).to.equal('delegation.delegate-unfit');
  });

  it('leaves no role that one has not: what was delegated is not passed on', () => {
    expect(refusal({ principal: party('ana', 'buyer') })).to.equal('delegation.not-own-role');
  });

  it('holds from today at the earliest, to its last day, and for 180 days at most', () => {
    expect(refusal({ wanted: { ...wanted, fromOn: '2026-03-01' } })).to.equal(
      'delegation.starts-in-the-past',
    );
    expect(refusal({ wanted: { ...wanted, untilOn: '2026-03-01' } })).to.equal(
      'delegation.ends-before-it-starts',
    );
    expect(refusal({ wanted: { ...wanted, untilOn: '2026-03-02' } })).to.equal(null);
    expect(refusal({ wanted: { ...wanted, untilOn: '2026-08-28' } })).to.equal(null);
    expect(refusal({ wanted: { ...wanted, untilOn: '2026-08-29' } })).to.equal('delegation.too-long');
  });

  it('gives a role to one person at a time', () => {
    const given = (fromOn: string, untilOn: string, role: Role = 'approver') => [
      { roles: [role], fromOn, untilOn },
    ];
    expect(refusal({ given: given('2026-03-06', '2026-03-09') })).to.equal('delegation.given-already');
    expect(refusal({ given: given('2026-03-07', '2026-03-09') })).to.equal(null);
    expect(refusal({ given: given('2026-03-02', '2026-03-09', 'buyer') })).to.equal(null);
  });

  it('brings no two roles into one hand that may not be there, also not by two delegations', () => {
    expect(refusal({ delegate: party('bo', 'finance') })).to.equal('role_conflict.buys-and-pays');
    expect(refusal({ delegate: party('bo', 'auditor') })).to.equal('role_conflict.audits-and-acts');
    const received: Standing[] = [{ roles: ['receiver'], fromOn: '2026-03-06', untilOn: '2026-03-06' }];
    expect(refusal({ delegate: party('bo', 'requester'), received })).to.equal(
      'role_conflict.buys-and-receives',
    );
    expect(
      refusal({
        delegate: party('bo', 'requester'),
        received: [{ ...(received[0] as Standing), fromOn: '2026-03-07', untilOn: '2026-03-07' }],
      }),
    ).to.equal(null);
  });
});

describe('whom one may act for', () => {
  const mark = (over: Partial<DelegationMark> = {}): DelegationMark => ({
    userId: 'ana',
    name: 'Ana',
    startsAt: '2026-03-02T00:00:00+08:00',
    endsAt: '2026-03-07T00:00:00+08:00',
    roles: ['approver'],
    scopeMarks: ['plant:QD01'],
    ...over,
  });
  const at = (iso: string, own: Role[] = ['requester'], over = {}) =>
    principalsAt([mark(over)], own, new Date(iso)).length;

  it('is decided by the instants: from the first day’s beginning until, and not at, the end of the last', () => {
    expect(at('2026-03-01T15:59:59.999Z')).to.equal(0);
    expect(at('2026-03-01T16:00:00.000Z')).to.equal(1);
    expect(at('2026-03-06T15:59:59.999Z')).to.equal(1);
    expect(at('2026-03-06T16:00:00.000Z')).to.equal(0);
  });

  it('ends with the principal’s role, and for a role that came to conflict since', () => {
    expect(at('2026-03-03T00:00:00Z', ['requester'], { roles: [] })).to.equal(0);
    expect(at('2026-03-03T00:00:00Z', ['finance'])).to.equal(0);
  });

  it('is for nobody’s opening, checking or administering, whatever a row may say', () => {
    for (const role of ['bid_opener', 'auditor', 'administrator'] as const)
      expect(at('2026-03-03T00:00:00Z', [], { roles: [role] }), role).to.equal(0);
  });

  const bo: Actor = { kind: 'staff', userId: 'bo', name: 'Bo', roles: ['buyer'], supplierId: null };
  const allows = (role: Role) => (actor: Actor) => actor.roles.includes(role);
  const standingIn: Actor = {
    ...bo,
    actsFor: principalsAt([mark()], ['buyer'], new Date('2026-03-03T00:00:00Z')),
  };

  it('acts in its own name where its own roles suffice', () => {
    expect(actorFor(standingIn, 'award.propose', allows('buyer'))).to.equal(standingIn);
  });

  it('acts for the principal where they do not: with its role, in its scope, under both names', () => {
    const actor = actorFor(standingIn, 'award.approve', allows('approver'));
    expect(actor).to.deep.include({ userId: 'bo', roles: ['buyer', 'approver'] });
    expect(actor?.onBehalfOf).to.deep.equal({ userId: 'ana', name: 'Ana' });
    expect(actor?.scope).to.deep.equal({ plants: ['QD01'], categories: null });
    expect(actorFor(bo, 'award.approve', allows('approver'))).to.equal(null);
  });

  it('opens no bids for anybody', () => {
    expect(actorFor(standingIn, 'bid.open', allows('approver'))).to.equal(null);
  });
});
