import { expect } from 'chai';
import { withoutConflicts } from '../../src/identity/role-conflicts.ts';
import { scopeOfGroups } from '../../src/identity/scope/scope.ts';
import { finish, makeSamlWorld, postResponse, responseFor } from '../support/saml.ts';
import type { World } from '../support/world.ts';

describe('what groups give at the sign-in', () => {
  let world: World;
  before(async () => {
    const scopeByGroup = { plantPrefix: 'plant-', categoryPrefix: 'category-' };
    world = await makeSamlWorld({ scopeByGroup });
  });
  after(() => world.close());

  it('leaves off a role that may not be in one hand with another, says so, and records which', async () => {
    const browser = world.visitor();
    await finish(browser, await postResponse(world, await responseFor(browser, 'sun.qi')).expect(303), 303);
    expect(await world.db('user_role').pluck('role')).to.deep.equal(['buyer']);
    await browser.get('/').expect(200, /may not be in one hand/);
    const row = await world.db('event').where({ action: 'user.roles-left-off' }).first();
    expect(row.changes).to.deep.equal({ leftOff: withoutConflicts(['buyer', 'finance']).leftOff });
  });

  it('limits the roles to the plants and categories that its groups name', async () => {
    expect(await world.db('user_scope').select('kind', 'code').orderBy('kind')).to.deep.equal([
      { kind: 'category', code: 'MACH' },
      { kind: 'plant', code: 'QD01' },
    ]);
    expect(await world.db('event').where({ action: 'user.scope-changed' })).to.have.length(1);
  });

  it('reads no code that could not be one, and nothing where nothing is mapped', () => {
    const by = { plantPrefix: 'p-', categoryPrefix: '' };
    expect(scopeOfGroups(['p-qd01', 'p-QD01', 'p-', "p-'; --", 'MACH'], by)).to.deep.equal({
      plants: ['QD01'],
      categories: [],
    });
  });
});
