import { expect } from 'chai';
import request from 'supertest';
import { signInBySaml, testSignIn } from '../support/saml.ts';
import type { World } from '../support/world.ts';
import { type Directory, makeDirectory } from './support.ts';

describe('signing in when a directory manages the staff', () => {
  let directory: Directory;
  let world: World;

  before(async () => {
    const signIn = testSignIn();
    const { idp, rolesByGroup } = signIn.saml;
    directory = await makeDirectory({ idpEntityId: idp.issuer, rolesByGroup }, { signIn });
    world = directory.world;
  });
  after(() => world.close());

  const signIn = async (nameId: string) => {
    const agent = request.agent(world.app);
    await signInBySaml(world, agent, nameId).catch(() => undefined);
    return agent;
  };

  it('knows the person that the directory made, and gives it the roles of the directory', async () => {
    const id = await directory.person('li.wei');
    await directory.group('approver', id);
    const agent = await signIn('li.wei');
    await agent.get('/').expect(200);
    expect(await directory.rolesOf(id)).to.deep.equal(['approver by scim']);
    const acts = (await directory.acts(id)).map((act) => act.action);
    expect(acts).to.include('user.signed-in');
  });

  it('puts whoever is removed out at the next request, and lets it in no more', async () => {
    const id = await directory.person('ana');
    await directory.group('finance', id);
    const agent = await signIn('ana');
    await agent.get('/').expect(200);
    await directory.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' }).expect(200);
    await agent.get('/').expect(303);
    await (await signIn('ana')).get('/').expect(303);
    await directory.delete(`/Users/${id}`).expect(204);
    await (await signIn('ana')).get('/').expect(303);
  });

  it('goes by the groups of the sign-in as long as the directory gives the person no role', async () => {
    const id = await directory.person('sun.qi');
    await directory.group('canteen', id);
    await (await signIn('sun.qi')).get('/').expect(200);
    expect(await directory.rolesOf(id)).to.deep.equal(['buyer by group']);
  });
});
