import { expect } from 'chai';
import { provisionStaff } from '../../src/identity/index.ts';
import { withRolesOfDirectory } from '../../src/identity/scim/roles.service.ts';
import { system } from '../../src/kernel/actor.ts';
import { type Directory, IDP, makeDirectory } from './support.ts';

const RULES = { purchasing: 'buyer', it: 'administrator' } as const;

describe('giving roles by groups of the directory', () => {
  let directory: Directory;
  let serial = 0;

  before(async () => {
    directory = await makeDirectory();
  });
  after(() => directory.world.close());
  afterEach(async () => {
    const { body } = await directory.get('/Groups');
    for (const group of body.Resources) await directory.delete(`/Groups/${group.id}`).expect(204);
  });

  const somebody = (more?: object) => {
    serial += 1;
    return directory.person(`person.${serial}`, more);
  };
  const membersOf = async (id: string): Promise<string[]> =>
    ((await directory.get(`/Groups/${id}`).expect(200)).body.members ?? []).map(
      (member: { value: string }) => member.value,
    );

  for (const [who, add, remove] of [
    [
      'Entra ID',
      (id: string) => ({ op: 'Add', path: 'members', value: [{ $ref: null, value: id }] }),
      (id: string) => ({ op: 'Remove', path: 'members', value: [{ $ref: null, value: id }] }),
    ],
    [
      'Okta',
      (id: string) => ({ op: 'add', path: 'members', value: [{ value: id, display: 'x@example.com' }] }),
      (id: string) => ({ op: 'remove', path: `members[value eq "${id}"]` }),
    ],
    [
      'the standard without a path',
      (id: string) => ({ op: 'add', value: { members: [{ value: id }] } }),
      (id: string) => ({ op: 'remove', path: `members[value eq "${id}"]` }),
    ],
  ] as const)
    it(`gives and takes a role at once, as ${who} writes it`, async () => {
      const [stays, comes] = [await somebody(), await somebody()];
      const group = await directory.group('purchasing', stays);
      await directory.patch(`/Groups/${group}`, add(comes)).expect(200);
      expect(await membersOf(group)).to.have.members([stays, comes]);
      expect(await directory.rolesOf(comes)).to.deep.equal(['buyer by scim']);
      await directory.patch(`/Groups/${group}`, remove(comes)).expect(200);
      expect(await membersOf(group)).to.deep.equal([stays]);
      expect(await directory.rolesOf(comes)).to.deep.equal([]);
      expect(await directory.rolesOf(stays)).to.deep.equal(['buyer by scim']);
      const acts = (await directory.acts(comes)).filter((act) => act.action === 'user.roles-changed');
      expect(acts.map((act) => [act.actor, act.changes['from'], act.changes['to']])).to.deep.equal([
        ['scim', [], ['buyer']],
        ['scim', ['buyer'], []],
      ]);
    });

  it('lets whoever has no role left out at the next request', async () => {
    const id = await somebody();
    const group = await directory.group('purchasing', id);
    const visitor = await directory.world.as({
      kind: 'staff',
      userId: id,
      name: '',
      roles: [],
      supplierId: null,
    });
    await visitor.get('/').expect(200);
    await directory.patch(`/Groups/${group}`, { op: 'remove', path: 'members' }).expect(200);
    await visitor.get('/').expect(303);
  });

  it('knows a group by its external id as well, renames it as Okta does, and forgets it', async () => {
    const id = await somebody();
    const { body } = await directory
      .post('/Groups', { displayName: 'G-4711', externalId: 'receiving', members: [{ value: id }] })
      .expect(201);
    expect(await directory.rolesOf(id)).to.deep.equal(['receiver by scim']);
    await directory
      .patch(`/Groups/${body.id}`, { op: 'replace', value: { id: body.id, displayName: 'heads' } })
      .expect(200);
    const changes = (await directory.acts(body.id)).at(-1)?.changes;
    expect(changes).to.deep.include({ from: 'G-4711', name: 'heads' });
    await directory.delete(`/Groups/${body.id}`).expect(204);
    await directory.get(`/Groups/${body.id}`).expect(404);
    expect(await directory.rolesOf(id)).to.deep.equal([]);
  });

  it('gives of two roles that conflict one, and says so in the record', async () => {
    const id = await somebody();
    await directory.group('purchasing', id);
    await directory.group('receiving', id);
    expect(await directory.rolesOf(id)).to.deep.equal(['buyer by scim']);
  });

  it('counts from then on instead of the groups of the sign-in, which say it later', async () => {
    const { world } = directory;
    const nameId = 'both.ways';
    const identity = {
      idpEntityId: IDP,
      nameId,
      name: 'Both',
      email: 'both@hailan.example',
      roles: ['administrator' as const],
    };
    const signIn = () =>
      world.runInTx(system('test'), async (ctx) => {
        const known = await withRolesOfDirectory(ctx, identity, RULES);
        return provisionStaff(ctx, { ...known, locale: 'en', timeZone: 'Asia/Shanghai' });
      });
    const id = await directory.person(nameId);
    await signIn();
    expect(await directory.rolesOf(id)).to.deep.equal(['administrator by group']);
    const group = await directory.group('purchasing', id);
    expect(await directory.rolesOf(id)).to.deep.equal(['buyer by scim']);
    await directory.patch(`/Groups/${group}`, { op: 'remove', path: 'members' }).expect(200);
    await signIn();
    expect(await directory.rolesOf(id)).to.deep.equal([]);
  });

  it('loses none of the changes that come at once', async () => {
    const people: string[] = [];
    for (let at = 0; at < 6; at += 1) people.push(await somebody());
    const group = await directory.group('purchasing');
    await Promise.all(
      people.map((value) =>
        directory.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] }).expect(200),
      ),
    );
    expect(await membersOf(group)).to.have.members(people);
  });

  it('refuses a member whom it does not know, and leaves nothing behind', async () => {
    const id = await somebody();
    const group = await directory.group('purchasing', id);
    const stranger = await directory.world.staff('buyer');
    for (const value of [stranger.userId, '019fa000-0000-7000-8000-000000000000', 'nobody'])
      await directory
        .patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] })
        .expect(400);
    expect(await membersOf(group)).to.deep.equal([id]);
  });

  it('refuses a second group of one name', async () => {
    await directory.group('purchasing');
    const { body } = await directory.post('/Groups', { displayName: 'Purchasing' }).expect(409);
    expect(body.scimType).to.equal('uniqueness');
  });

  it('leaves members out of an answer that is not to have them', async () => {
    const id = await somebody();
    const group = await directory.group('purchasing', id);
    const one = await directory.get(`/Groups/${group}?excludedAttributes=members`).expect(200);
    expect(one.body).to.not.have.property('members');
    const filter = encodeURIComponent(`id eq "${group}" and members eq "${id}"`);
    const found = await directory.get(`/Groups?excludedAttributes=members&filter=${filter}`).expect(200);
    expect(found.body.totalResults).to.equal(1);
  });

  it('tells the administrators that are left, also when the last role of that kind but theirs goes', async () => {
    const { world } = directory;
    const [stays, goes] = [await somebody(), await somebody({ displayName: '张伟' })];
    const group = await directory.group('it', stays, goes);
    await world.drainJobs();
    const before = world.mails.length;
    await directory
      .patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${goes}"]` })
      .expect(200);
    await world.drainJobs();
    const [mail, ...more] = world.mails.slice(before);
    expect(more).to.deep.equal([]);
    expect(mail?.subject).to.contain('张伟');
    await directory.delete(`/Users/${stays}`).expect(204);
    expect((await world.db('user_account').where({ id: stays }).first()).is_active).to.equal(false);
  });
});
