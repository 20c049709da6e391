import { expect } from 'chai';
import request from 'supertest';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';
import { type Directory, makeDirectory, personNamed, TOKEN } from './support.ts';

describe('speaking SCIM', () => {
  let directory: Directory;
  let id: string;

  before(async () => {
    directory = await makeDirectory();
    id = await directory.person('zhao.min');
    for (let at = 0; at < 5; at += 1) await directory.person(`page.${at}`);
  });
  after(() => directory.world.close());

  const find = (filter: string) => directory.get(`/Users?filter=${encodeURIComponent(filter)}`);
  const account = (of = id) => directory.world.db('user_account').where({ id: of }).first();

  describe('admission', () => {
    for (const path of [
      '/Users',
      '/Users/019fa000-0000-7000-8000-000000000000',
      '/ServiceProviderConfig',
      '/nowhere',
    ])
      it(`gives one answer at ${path} to every wrong token and to none`, async () => {
        const wrong = [
          undefined,
          'Bearer',
          'Bearer ',
          `Bearer ${TOKEN}x`,
          `Bearer ${TOKEN.slice(1)}`,
          `Basic ${TOKEN}`,
          TOKEN,
        ];
        const answers = [];
        for (const authorization of wrong) {
          const test = request(directory.world.app).get(`/scim/v2${path}`);
          if (authorization !== undefined) test.set('Authorization', authorization);
          const { status, body, headers } = await test;
          answers.push(JSON.stringify([status, body, headers['www-authenticate'], headers['content-type']]));
        }
        expect(new Set(answers).size).to.equal(1);
        expect(JSON.parse(answers[0] ?? '')[0]).to.equal(401);
      });

    it('opens to no session, not even an administrator’s', async () => {
      const { world } = directory;
      const administrator = await world.as(await world.staff('administrator'));
      await administrator.get('/scim/v2/Users').expect(401);
    });

    it('gives nobody a session', async () => {
      const { headers } = await directory.get('/Users').expect(200);
      expect(headers).to.not.have.property('set-cookie');
    });

    it('is not there at all without a token', async () => {
      const world: World = await makeWorld();
      await request(world.app).get('/scim/v2/Users').set('Authorization', 'Bearer x').expect(404);
      await world.close();
    });

    it('stops counting wrong tokens for nobody: whoever tries many is put off, the directory is not', async () => {
      const other = await makeDirectory();
      const statuses = new Set<number>();
      for (let at = 0; at < 62; at += 1)
        statuses.add(
          (await request(other.world.app).get('/scim/v2/Users').set('Authorization', 'Bearer no')).status,
        );
      await other.get('/Users').expect(200);
      await other.world.close();
      expect([...statuses]).to.deep.equal([401, 429]);
    });
  });

  describe('asking', () => {
    for (const filter of [
      'userName eq "zhao.min"',
      'USERNAME Eq "ZHAO.MIN"',
      'externalId eq "external-zhao.min"',
      'emails[type eq "work"].value eq "zhao.min@hailan.example"',
      'emails.value eq "zhao.min@hailan.example" and active eq true',
    ])
      it(`finds by ${filter}`, async () => {
        const { body } = await find(filter).expect(200);
        expect(body.Resources.map((user: { id: string }) => user.id)).to.deep.equal([id]);
        expect(body).to.include({ totalResults: 1, startIndex: 1, itemsPerPage: 1 });
      });

    it('finds nobody without complaint', async () => {
      const { body } = await find('userName eq "0e3c5a5e-6a8e-4f5b-b0a8-000000000000"').expect(200);
      expect(body).to.include({ totalResults: 0 }).and.deep.include({ Resources: [] });
    });

    for (const filter of [
      'userName co "a"',
      'userName eq "a" or userName eq "b"',
      'not userName eq "a"',
      'roles eq "buyer"',
      'userName eq',
      '__proto__ eq "x"',
      'constructor.prototype eq "x"',
      'userName eq null',
      'active eq "true"',
      `userName eq "${'x'.repeat(600)}"`,
    ])
      it(`refuses ${filter.slice(0, 40)}`, async () => {
        const { body, status } = await find(filter);
        expect([status, body.status]).to.deep.equal([400, '400']);
      });

    it('gives a list page by page, each person once', async () => {
      const seen: string[] = [];
      for (let from = 1; from <= 6; from += 2) {
        const { body } = await directory.get(`/Users?startIndex=${from}&count=2`).expect(200);
        expect(body).to.include({ totalResults: 6, startIndex: from, itemsPerPage: 2 });
        seen.push(...body.Resources.map((user: { id: string }) => user.id));
      }
      expect(new Set(seen).size).to.equal(6);
      const none = await directory.get('/Users?count=0').expect(200);
      expect(none.body).to.deep.include({ totalResults: 6, Resources: [] });
    });

    it('never shows a supplier’s people, nor staff that the directory did not bring', async () => {
      const { world } = directory;
      const supplier = (await makeSupplier(world)).actor;
      const stranger = await world.staff('buyer');
      const { body } = await directory.get('/Users?count=200').expect(200);
      const shown = body.Resources.map((user: { id: string }) => user.id);
      for (const hidden of [supplier.userId, stranger.userId]) {
        expect(shown).to.not.include(hidden);
        await directory.get(`/Users/${hidden}`).expect(404);
        await directory.delete(`/Users/${hidden}`).expect(404);
        await directory
          .patch(`/Users/${hidden}`, { op: 'replace', path: 'active', value: false })
          .expect(404);
        await directory.put(`/Users/${hidden}`, personNamed('taken.over')).expect(404);
        expect((await account(hidden ?? '')).is_active).to.equal(true);
      }
    });

    it('gives no more than the attributes asked for', async () => {
      const { body } = await directory.get(`/Users/${id}?attributes=userName`).expect(200);
      expect(body).to.include({ userName: 'zhao.min' }).and.not.have.any.keys('emails', 'active');
    });

    it('says what it can do', async () => {
      const config = (await directory.get('/ServiceProviderConfig').expect(200)).body;
      expect([config.patch.supported, config.bulk.supported, config.sort.supported]).to.deep.equal([
        true,
        false,
        false,
      ]);
      const types = (await directory.get('/ResourceTypes').expect(200)).body;
      expect(types.Resources.map((type: { id: string }) => type.id)).to.have.members(['User', 'Group']);
      const schemas = (await directory.get('/Schemas').expect(200)).body;
      const user = schemas.Resources.find((schema: { name: string }) => schema.name === 'User');
      const names = user.attributes.map((attribute: { name: string }) => attribute.name);
      expect(names).to.include.members(['userName', 'active']);
      for (const name of ['password', 'roles', 'entitlements']) expect(names).to.not.include(name);
      for (const path of ['/Bulk', '/.search']) await directory.post(path, {}).expect(404);
      await directory.get('/Me').expect(404);
    });
  });

  describe('changing', () => {
    it('takes every way of Entra ID and Okta to change a name and an address', async () => {
      for (const [operation, expected] of [
        [{ op: 'Replace', path: 'displayName', value: '赵敏' }, { name: '赵敏' }],
        [{ op: 'Add', path: 'emails[type eq "work"].value', value: 'a@x.example' }, { email: 'a@x.example' }],
        [
          { op: 'replace', value: { displayName: 'Min Zhao', 'name.givenName': 'Min' } },
          { name: 'Min Zhao' },
        ],
        [{ op: 'replace', path: 'emails', value: [{ value: 'b@x.example' }] }, { email: 'b@x.example' }],
        [{ op: 'Replace', value: { active: 'True' } }, { is_active: true }],
      ] as const) {
        await directory.patch(`/Users/${id}`, operation).expect(200);
        expect(await account()).to.include(expected);
      }
    });

    it('passes over what it does not keep, without an error that would stop the directory', async () => {
      const before = await account();
      await directory
        .patch(
          `/Users/${id}`,
          { op: 'Add', path: 'title', value: 'Head' },
          {
            op: 'Add',
            path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
            value: 'X',
          },
          { op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: '1' },
          { op: 'Replace', path: 'name.givenName', value: 'Min' },
        )
        .expect(200);
      expect(await account()).to.deep.equal(before);
    });

    it('records which fields changed and not what they hold, and nothing when all is as it was', async () => {
      const other = await directory.person('recorded');
      await directory
        .patch(`/Users/${other}`, { op: 'replace', path: 'displayName', value: '钱七' })
        .expect(200);
      await directory
        .patch(`/Users/${other}`, { op: 'replace', path: 'displayName', value: '钱七' })
        .expect(200);
      const acts = (await directory.acts(other)).slice(1);
      expect(acts).to.deep.equal([
        { action: 'user.changed', actor: 'scim', changes: { source: 'scim', fields: ['name'] } },
      ]);
    });

    it('renames whoever signs in under the user name, and refuses another’s', async () => {
      const other = await directory.person('before.marriage');
      await directory
        .patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: 'after.marriage' })
        .expect(200);
      expect((await account(other)).name_id).to.equal('after.marriage');
      await directory
        .patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: 'zhao.min' })
        .expect(409);
      expect((await account(other)).name_id).to.equal('after.marriage');
    });

    it('signs people in under the external id where it is set so', async () => {
      const other = await makeDirectory({ nameIdFrom: 'externalId' });
      const made = await other.person('by.id');
      const row = await other.world.db('user_account').where({ id: made }).first();
      expect(row.name_id).to.equal('external-by.id');
      await other.post('/Users', personNamed('no.id', { externalId: undefined })).expect(400);
      await other.world.close();
    });

    it('takes nothing on that is not the directory’s to say', async () => {
      const before = await account();
      const more = {
        id: '019fa000-0000-7000-8000-000000000000',
        roles: [{ value: 'administrator' }],
        groups: [{ value: 'it' }],
        entitlements: [{ value: 'administrator' }],
        kind: 'supplier',
        supplierId: '019fa000-0000-7000-8000-000000000000',
        password: 'let me in, please',
        isActive: false,
        givesRoles: true,
        meta: { created: '2000-01-01T00:00:00Z' },
      };
      const made = await directory.person('greedy', more);
      expect(made).to.not.equal(more.id);
      expect(await account(made)).to.include({
        kind: 'staff',
        supplier_id: null,
        password_hash: null,
        is_active: true,
      });
      expect(await directory.rolesOf(made)).to.deep.equal([]);
      await directory
        .put(
          `/Users/${id}`,
          personNamed('zhao.min', { ...more, displayName: before.name, emails: [{ value: before.email }] }),
        )
        .expect(200);
      expect(await account()).to.deep.equal(before);
      expect(await directory.rolesOf(id)).to.deep.equal([]);
    });
  });

  describe('bad input', () => {
    const send = (body: string, type = 'application/scim+json') =>
      request(directory.world.app)
        .post('/scim/v2/Users')
        .set('Authorization', `Bearer ${TOKEN}`)
        .set('Content-Type', type)
        .send(body);

    for (const [what, body] of [
      [
        'names of the prototype',
        `{"userName":"evil","__proto__":{"isAdmin":true},"emails":[{"value":"e@x.example"}]}`,
      ],
      [
        'them deep inside',
        `{"userName":"evil","emails":[{"value":"e@x.example","constructor":{"prototype":{"isAdmin":true}}}]}`,
      ],
      ['half a document', '{"userName":"evil"'],
      ['a list', '[]'],
      ['a text', '"evil"'],
      ['nothing', ''],
    ] as const)
      it(`refuses ${what}, and leaves nothing behind`, async () => {
        const { status, headers } = await send(body);
        expect(status).to.equal(400);
        expect(headers['content-type']).to.contain('application/scim+json');
        expect(({} as Record<string, unknown>)['isAdmin']).to.equal(undefined);
        expect(await directory.world.db('user_account').where({ name_id: 'evil' })).to.deep.equal([]);
      });

    it('refuses a form, which another site could make a browser send', async () => {
      await send('userName=evil', 'application/x-www-form-urlencoded').expect(400);
      await send(JSON.stringify(personNamed('evil')), 'text/plain').expect(400);
    });

    it('refuses a huge body before it is read', async () => {
      const { body } = await send(
        JSON.stringify(personNamed('evil', { title: 'x'.repeat(1_100_000) })),
      ).expect(413);
      expect(body).to.include({ status: '413' });
    });

    for (const operation of [
      { op: 'replace', path: '__proto__.isAdmin', value: true },
      { op: 'add', path: 'userName.constructor.prototype', value: { isAdmin: true } },
      { op: 'steal', path: 'userName', value: 'x' },
      { op: 'remove', path: 'userName' },
      { op: 'replace', path: 'active', value: 'perhaps' },
      { op: 'replace', path: 'displayName', value: 'a\u0000b' },
      { op: 'replace', path: ['userName'], value: 'x' },
      'replace',
    ])
      it(`leaves a person as it is in spite of ${JSON.stringify(operation).slice(0, 60)}`, async () => {
        const before = await account();
        const { status } = await directory.patch(`/Users/${id}`, operation as object);
        expect(status).to.be.oneOf([200, 400]);
        expect(await account()).to.deep.equal(before);
        expect(({} as Record<string, unknown>)['isAdmin']).to.equal(undefined);
      });

    it('does not know malformed ids', async () => {
      for (const path of ['/Users/1', '/Users/%00', '/Groups/..%2f', "/Users/'--"])
        await directory.get(path).expect(404);
    });
  });
});
