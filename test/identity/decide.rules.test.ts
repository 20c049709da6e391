import { expect } from 'chai';
import { decide, type PermissionTable } from '../../src/identity/decide.ts';
import { type Actor, anonymous, type Role, system } from '../../src/kernel/actor.ts';

const table: PermissionTable = {
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
    ['a visitor with roles is still a visitor', { ...anonymous, roles: ['buyer'] }, 'event.publish', false],
  ];
  for (const [why, actor, permission, allowed] of cases)
    it(why, () => expect(decide(table, actor, permission)).to.equal(allowed));
});
