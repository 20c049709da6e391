import { expect } from 'chai';
import { provisionStaff } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { type Directory, IDP, makeDirectory, personNamed } from './support.ts';

describe('managing staff over SCIM', () => {
  let directory: Directory;

  before(async () => {
    directory = await makeDirectory();
  });
  after(() => directory.world.close());

  const account = (id: string) => directory.world.db('user_account').where({ id }).first();
  const accounts = () => directory.world.db('user_account').count('* as n').first();
  const pageOf = async (id: string) => {
    const { world } = directory;
    const visitor = await world.as({
      kind: 'staff',
      userId: id,
      name: '',
      roles: [],
      supplierId: null,
    });
    return visitor;
  };

  describe('opening an account', () => {
    it('answers with the person, and lets it sign in under its user name', async () => {
      const { body, headers } = await directory.post('/Users', personNamed('wang.fang')).expect(201);
      expect(headers['content-type']).to.contain('application/scim+json');
      expect(headers['location'])
        .to.equal(body.meta.location)
        .and.match(/\/scim\/v2\/Users\/[0-9a-f-]{36}$/);
      expect(body).to.deep.include({
        userName: 'wang.fang',
        externalId: 'external-wang.fang',
        displayName: '王芳',
        active: true,
      });
      expect(await account(body.id)).to.include({
        kind: 'staff',
        idp_entity_id: IDP,
        name_id: 'wang.fang',
        name: '王芳',
        email: 'wang.fang@hailan.example',
        is_active: true,
      });
      expect(await directory.acts(body.id)).to.deep.include({
        action: 'user.created',
        actor: 'scim',
        changes: { source: 'scim', isActive: true, roles: [] },
      });
    });

    it('takes the account into its care that the person has from signing in', async () => {
      const { world } = directory;
      const known = await world.runInTx(system('test'), (ctx) =>
        provisionStaff(ctx, {
          idpEntityId: IDP,
          nameId: 'signed.in',
          name: 'Old name',
          email: 'old@hailan.example',
          roles: ['buyer'],
          locale: 'en',
          timeZone: 'Asia/Shanghai',
        }),
      );
      expect(await directory.person('signed.in')).to.equal(known);
      expect(await directory.rolesOf(known)).to.deep.equal(['buyer by group']);
      expect((await account(known)).name).to.equal('王芳');
    });

    it('refuses a second person of the same name, in whatever spelling, and leaves nothing behind', async () => {
      await directory.person('li.na');
      const before = await accounts();
      const answers = [
        await directory.post('/Users', personNamed('LI.NA', { externalId: 'other' })),
        await directory.post('/Users', personNamed('other', { externalId: 'external-li.na' })),
      ];
      for (const { status, body } of answers)
        expect([status, body.scimType, body.status]).to.deep.equal([409, 'uniqueness', '409']);
      expect(await accounts()).to.deep.equal(before);
    });

    it('puts a name together where none is shown, a Chinese one with the family first', async () => {
      const han = await directory.person('han', {
        displayName: undefined,
        name: { givenName: '小明', familyName: '陈' },
      });
      const latin = await directory.person('latin', {
        displayName: undefined,
        name: { givenName: 'Ana', familyName: 'Costa' },
      });
      expect((await account(han)).name).to.equal('陈小明');
      expect((await account(latin)).name).to.equal('Ana Costa');
    });

    for (const [what, more] of [
      ['without a user name', { userName: undefined }],
      ['with a name that is no text', { displayName: { a: 1 } }],
      ['with a NUL in its name', { displayName: 'a\u0000b' }],
      ['with a name of a thousand signs', { displayName: 'x'.repeat(1_000) }],
      ['with an address of a thousand signs', { emails: [{ value: `${'x'.repeat(1_000)}@x.example` }] }],
      ['of another schema', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }],
      ['without an address', { emails: [] }],
    ] as const)
      it(`refuses a person ${what}, and leaves nothing behind`, async () => {
        const before = await accounts();
        const { status, body } = await directory.post('/Users', personNamed('wrong', more));
        expect([status, body.status]).to.deep.equal([400, '400']);
        expect(await accounts()).to.deep.equal(before);
      });
  });

  describe('removing a person', () => {
    for (const [how, remove] of [
      [
        'deactivated',
        (id: string) => directory.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false }),
      ],
      [
        'deactivated as Entra ID writes it',
        (id: string) => directory.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' }),
      ],
      [
        'deactivated as Okta writes it',
        (id: string) => directory.patch(`/Users/${id}`, { op: 'replace', value: { active: false } }),
      ],
      [
        'deactivated as a whole',
        (id: string) =>
          directory.put(`/Users/${id}`, personNamed('leaver deactivated as a whole', { active: false })),
      ],
      ['deleted', (id: string) => directory.delete(`/Users/${id}`)],
    ] as const)
      it(`lets whoever is ${how} out at the next request`, async () => {
        const id = await directory.person(`leaver ${how}`);
        await directory.group(`purchasing`, id);
        const visitor = await pageOf(id);
        await visitor.get('/').expect(200);
        const { status } = await remove(id);
        expect(status).to.be.oneOf([200, 204]);
        const { world } = directory;
        expect(await world.db('web_session').whereRaw(`sess ->> 'userId' = ?`, [id])).to.deep.equal([]);
        const next = await visitor.get('/');
        expect([next.status, next.headers['location']]).to.deep.equal([303, '/sign-in']);
        expect((await account(id)).is_active).to.equal(false);
        const last = (await directory.acts(id)).filter((act) => act.action === 'user.deactivated');
        expect(last.map(({ actor, changes }) => ({ actor, changes }))).to.deep.equal([
          { actor: 'scim', changes: { source: 'scim', roles: ['buyer'] } },
        ]);
        const [group] = (await directory.get('/Groups?filter=displayName eq "purchasing"')).body.Resources;
        await directory.delete(`/Groups/${group.id}`).expect(204);
      });

    it('does not know a deleted person any more, and takes the same account back when it returns', async () => {
      const id = await directory.person('returns');
      await directory.delete(`/Users/${id}`).expect(204);
      await directory.get(`/Users/${id}`).expect(404);
      await directory.delete(`/Users/${id}`).expect(404);
      expect(await directory.person('returns')).to.equal(id);
      expect((await account(id)).is_active).to.equal(true);
    });
  });
});
