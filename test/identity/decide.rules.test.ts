import { expect } from 'chai';
import { decide } from '../../src/identity/decide.ts';
import { type AccessRules, readAccess } from '../../src/kernel/access.ts';
import { type Actor, anonymous, type Role, system } from '../../src/kernel/actor.ts';

const table: AccessRules = {
  'event.publish': ['buyer', 'approver'],
  'home.see': 'signed-in',
  'preferences.change': 'anyone',
};
const somebody = (kind: 'staff' | 'supplier', ...roles: Role[]): Actor => ({
  kind,
  userId: '01980000-0000-7000-8000-000000000001',
  name: 'Somebody',
  roles,
  supplierId: kind === 'supplier' ? '01980000-0000-7000-8000-000000000002' : null,
});

describe('deciding by role', () => {
  const cases: readonly (readonly [string, Actor, string, boolean])[] = [
    ['a buyer may do what its role is listed for', somebody('staff', 'buyer'), 'event.publish', true],
    ['one of several roles is enough', somebody('staff', 'finance', 'approver'), 'event.publish', true],
    ['another role is not', somebody('staff', 'finance'), 'event.publish', false],
    ['no role at all is not', somebody('staff'), 'event.publish', false],
    ['signed-in means any staff', somebody('staff'), 'home.see', true],
    ['signed-in means any supplier user', somebody('supplier'), 'home.see', true],
    ['a visitor is not signed in', anonymous, 'home.see', false],
    ['a job is not a page visitor', system('sourcing/every-minute'), 'home.see', false],
    ['anyone means visitors too', anonymous, 'preferences.change', true],
    ['what no row names, nobody may do', somebody('staff', 'administrator'), 'event.erase', false],
    ['a name every object has is no permission', somebody('staff', 'administrator'), 'constructor', false],
    ['a role of the other side is none', somebody('supplier', 'buyer'), 'event.publish', false],
    ['a visitor with roles is still a visitor', { ...anonymous, roles: ['buyer'] }, 'event.publish', false],
  ];
  for (const [why, actor, permission, allowed] of cases)
    it(why, () =>
      expect(decide(readAccess(table, []), actor, permission, null, null).isAllowed).to.equal(allowed),
    );
});

describe('deciding on a document', () => {
  const lifecycle = {
    name: 'award',
    states: ['pending', 'active', 'ended'],
    moves: { pending: { approve: 'active' }, active: { end: 'ended' }, ended: {} },
  };
  const access = readAccess(
    {
      'award.approve': {
        who: ['approver'],
        acts: {
          'award.approve': { unless: { proposer: 'award.own' } },
          'award.note': { during: ['active'] },
        },
      },
      'award.end': { who: ['buyer'], acts: { 'award.end': { time: 'after-closing' } } },
      'award.answer': { who: ['supplier_sales'], acts: { 'award.answer': { during: ['active'] } } },
    },
    [lifecycle],
  );
  const now = new Date('2026-03-02T10:00:00Z');
  const approver = somebody('staff', 'approver');
  const pending = { state: 'pending', ties: { proposer: 'somebody-else' } };
  const because = (...[actor, act, resource]: [Actor, string, Parameters<typeof decide>[3]]) => {
    const decision = decide(access, actor, act, resource, now);
    return decision.isAllowed ? 'allowed' : decision.because;
  };

  it('allows it to the role, in the state that the lifecycle has the move in, for another person', () =>
    expect(because(approver, 'award.approve', pending)).to.equal('allowed'));
  it('refuses another role, whatever the document', () =>
    expect(because(somebody('staff', 'buyer'), 'award.approve', pending)).to.equal('role'));
  it('refuses an act that stands in no row', () =>
    expect(because(approver, 'award.burn', pending)).to.equal('role'));
  it('refuses another state', () =>
    expect(because(approver, 'award.approve', { ...pending, state: 'active' })).to.equal('state'));
  it('asks for the states of an act that is no move', () => {
    expect(because(approver, 'award.note', { state: 'active' })).to.equal('allowed');
    expect(because(approver, 'award.note', pending)).to.equal('state');
  });
  it('refuses whoever is tied to it, and says by which rule', () => {
    const own = { ...pending, ties: { proposer: approver.userId } };
    expect(decide(access, approver, 'award.approve', own, now)).to.deep.equal({
      isAllowed: false,
      because: 'separation',
      tie: 'proposer',
      code: 'award.own',
    });
  });
  it('refuses whoever acts for the one who is tied to it', () => {
    const deputy = { ...approver, onBehalfOf: { userId: 'absent', name: 'Absent' } };
    expect(because(deputy, 'award.approve', { ...pending, ties: { proposer: 'absent' } })).to.equal(
      'separation',
    );
  });
  it('lets nobody be tied by being nobody', () => {
    const nobody = { ...approver, userId: null };
    expect(because(nobody, 'award.approve', { ...pending, ties: { proposer: null } })).to.equal('allowed');
  });
  it('does not decide on a document that does not say who is tied to it', () =>
    expect(() => because(approver, 'award.approve', { state: 'pending' })).to.throw(/who is its proposer/));
  it('goes by the closing time: not before it, and from it on', () => {
    const at = (closesAt: string | null) =>
      because(somebody('staff', 'buyer'), 'award.end', {
        state: 'active',
        closesAt: closesAt === null ? null : new Date(closesAt),
      });
    expect(at('2026-03-02T10:00:00.001Z')).to.equal('time');
    expect(at('2026-03-02T10:00:00.000Z')).to.equal('allowed');
    expect(at(null)).to.equal('time');
  });
  it("refuses a supplier's person another supplier's document", () => {
    const seller = somebody('supplier', 'supplier_sales');
    const answer = (supplierId: string | null) =>
      because(seller, 'award.answer', { state: 'active', supplierId });
    expect(answer(seller.supplierId)).to.equal('allowed');
    expect(answer('01980000-0000-7000-8000-000000000009')).to.equal('relation');
    expect(answer(null)).to.equal('relation');
  });

  it('does not start on a table that says what cannot be', () => {
    const start = (acts: Parameters<typeof readAccess>[0]) => () => readAccess(acts, [lifecycle]);
    const row = (name: string, rule: object) => ({
      'award.x': { who: 'anyone' as const, acts: { [name]: rule } },
    });
    expect(start(row('bid.submit', {}))).to.throw(/no lifecycle/);
    expect(start(row('award.burn', {}))).to.throw(/possible in no state/);
    expect(start(row('award.burn', { during: ['lost'] }))).to.throw(/lost/);
    expect(start(row('award.approve', { during: ['pending'] }))).to.throw(/lifecycle's to say/);
    expect(start({ ...row('award.approve', {}), 'award.y': row('award.approve', {})['award.x'] })).to.throw(
      /two rows/,
    );
  });
});
