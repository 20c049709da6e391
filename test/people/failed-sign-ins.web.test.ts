import { expect } from 'chai';
import { forgetOldFailures, hashPassword, issueSignInLink, setPassword } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { finish, makeSamlWorld, postForm, postResponse, responseFor, signInBySaml } from '../support/saml.ts';
import type { World } from '../support/world.ts';

const PASSWORD = 'green bottles on the wall';

describe('failed sign-ins', () => {
  let world: World;
  let supplier: Awaited<ReturnType<typeof makeSupplier>>;
  beforeEach(async () => {
    world = await makeSamlWorld();
    supplier = await makeSupplier(world, { name: 'Hawkins Ltd.', email: 'petra.lang@hawkins.example' });
    const hash = await hashPassword(PASSWORD);
    await world.runInTx(system('test'), (ctx) => setPassword(ctx, { userId: supplier.userId, hash }));
  });
  afterEach(() => world.close());

  const failures = () => world.db('sign_in_failure').orderBy('first_at').orderBy('id');
  const trySignIn = async (email: string, password: string) => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    return postForm(browser, '/sign-in', page.text, { email, password });
  };
  const administrator = async () => world.as(await world.staff('administrator'));

  it('are kept with who it was, where it is known, and counted within a minute', async () => {
    await trySignIn('petra.lang@hawkins.example', 'wrong wrong wrong');
    await trySignIn('Petra.Lang@hawkins.example', 'wrong wrong wrong');
    const rows = await failures();
    expect(rows).to.have.length(1);
    expect(rows[0]).to.include({
      kind: 'password',
      reason: 'not-recognised',
      user_id: supplier.userId,
      supplier_id: supplier.supplierId,
      tries: 2,
      address_masked: '127.0.0.0/24',
    });
    const page = await (await administrator()).get('/people/failed-sign-ins').expect(200);
    expect(page.text).to.include('Hawkins Ltd.').and.to.include('Address and password do not fit');
  });

  it('hold neither what was typed nor the address of a stranger', async () => {
    await trySignIn('someone.else@firma.example', 'a secret of mine');
    await trySignIn('my password typed @ the wrong place', 'x');
    const rows = await failures();
    const all = JSON.stringify(rows);
    for (const typed of ['someone', 'firma', 'secret', 'typed', 'wrong place', '127.0.0.1'])
      expect(all).to.not.include(typed);
    expect(rows.map((row) => row.who_masked)).to.have.members(['s***@f***.example', '***']);
    expect(rows.map((row) => row.user_id)).to.deep.equal([null, null]);
  });

  it('are found by the exact address, which nobody has to keep for that', async () => {
    await trySignIn('someone.else@firma.example', 'wrong wrong');
    const browser = await administrator();
    const found = await browser.get('/people/failed-sign-ins?email=SomeOne.Else@firma.example').expect(200);
    expect(found.text).to.include('data-reason="not-recognised"');
    const other = await browser.get('/people/failed-sign-ins?email=other@firma.example').expect(200);
    expect(other.text).to.not.include('data-reason=');
  });

  it('are nothing when the sign-in succeeds', async () => {
    expect((await trySignIn('petra.lang@hawkins.example', PASSWORD)).status).to.equal(303);
    expect(await failures()).to.have.length(0);
  });

  it('give a known and an unknown address the same answer, written by the same statements', async () => {
    const known = await trySignIn('petra.lang@hawkins.example', 'wrong wrong wrong');
    const unknown = await trySignIn('nobody@hawkins.example', 'wrong wrong wrong');
    const plain = (text: string) =>
      text.replaceAll(/(petra\.lang|nobody)@hawkins\.example/g, 'X').replaceAll(/value="[\w-]{20,}"/g, '');
    expect(known.status).to.equal(unknown.status);
    expect(plain(known.text)).to.equal(plain(unknown.text));
    const [one, other] = await failures();
    expect(Object.keys(one)).to.deep.equal(Object.keys(other));
  });

  it('by a link name whose it was, also when it works no more', async () => {
    const token = await world.runInTx(system('test'), (ctx) =>
      issueSignInLink(ctx, { userId: supplier.userId, purpose: 'invitation', returnTo: null }),
    );
    world.setNow('2026-03-20T10:00:00Z');
    for (const tried of ['nonsense', token]) {
      const browser = world.visitor();
      const page = await browser.get('/sign-in').expect(200);
      await postForm(browser, `/sign-in/link/${tried}`, page.text, {});
    }
    const rows = await failures();
    expect(rows.map((row) => [row.kind, row.reason])).to.deep.equal([
      ['link', 'does-not-work'],
      ['link', 'does-not-work'],
    ]);
    expect(rows.map((row) => row.user_id)).to.have.members([null, supplier.userId]);
  });

  it('of single sign-on are kept with the check that refused', async () => {
    await postResponse(world, 'nonsense').expect(403);
    const rows = await failures();
    expect(rows).to.have.length(1);
    expect(rows[0].kind).to.equal('saml');
    expect(rows[0].reason)
      .to.match(/^[a-z-]+$/)
      .and.to.not.equal('response-refused');
  });

  it('of somebody deactivated name the person', async () => {
    await signInBySaml(world, world.visitor(), 'li.wei');
    const user = await world.db('user_account').where({ name_id: 'li.wei' }).first();
    await world.db('user_account').where({ id: user.id }).update({ is_active: false });
    const browser = world.visitor();
    await finish(browser, await postResponse(world, await responseFor(browser, 'li.wei')).expect(303), 403);
    expect((await failures()).map((row) => [row.reason, row.user_id])).to.deep.equal([
      ['deactivated', user.id],
    ]);
  });

  it('are forgotten after thirty days, and not before', async () => {
    await trySignIn('nobody@hawkins.example', 'wrong wrong wrong');
    const sweep = () => world.runInTx(system('test'), forgetOldFailures);
    world.setNow('2026-04-01T10:00:00Z');
    await sweep();
    expect(await failures()).to.have.length(1);
    world.setNow('2026-04-01T10:00:01Z');
    await sweep();
    expect(await failures()).to.have.length(0);
  });

  it('leave as a file, and are for administrators and auditors only', async () => {
    await trySignIn('petra.lang@hawkins.example', 'wrong wrong wrong');
    const file = await (await administrator()).get('/people/failed-sign-ins/export.csv').expect(200);
    expect(file.text).to.include('127.0.0.0/24').and.to.include('Hawkins Ltd.');
    const buyer = await world.as(await world.staff('buyer'));
    await buyer.get('/people/failed-sign-ins').expect(403);
    await buyer.get('/people/failed-sign-ins/export.csv').expect(403);
    await (await world.as(supplier.actor)).get('/people/failed-sign-ins').expect(404);
  });
});

describe('groups of the identity provider', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeSamlWorld();
  });
  afterEach(() => world.close());

  const comeIn = async (person: string, status = 303) => {
    const browser = world.visitor();
    return finish(browser, await postResponse(world, await responseFor(browser, person)).expect(303), status);
  };
  const page = async () =>
    (await (await world.as(await world.staff('administrator'))).get('/people/groups').expect(200)).text;

  it('are shown with their role and how many came with them', async () => {
    await comeIn('ana');
    const text = await page();
    expect(text).to.match(/data-group="approver".*?<td class="num">1</s);
    expect(text).to.match(/data-group="receiver".*?<td class="num">0</s);
  });

  it('that give no role are recorded and shown with whom they came, who gets a clear page and no further', async () => {
    const refused = await comeIn('guest', 403);
    expect(refused.text).to.include('data-code="user.no-role"').and.to.include('Your administrators see');
    const [event] = await world.db('event').where({ action: 'user.refused-no-role' });
    expect(event.changes).to.deep.equal({ groups: ['canteen'] });
    const text = await page();
    expect(text).to.include('A Guest').and.to.include('canteen');
    expect(await world.db('user_account').where({ name: 'A Guest' })).to.have.length(0);
    expect(await world.db('web_session').whereRaw(`sess ->> 'userId' IS NOT NULL`)).to.have.length(1);
  });

  it('take back at a sign-in what groups gave, and leave what was granted here', async () => {
    await comeIn('li.wei');
    const user = await world.db('user_account').where({ name_id: 'li.wei' }).first();
    await world.db('user_role').insert([
      { user_id: user.id, role: 'requester', source: 'granted', granted_at: world.now() },
      { user_id: user.id, role: 'approver', source: 'group', granted_at: world.now() },
      { user_id: user.id, role: 'bid_opener', source: 'scim', granted_at: world.now() },
    ]);
    await comeIn('li.wei');
    const roles = await world
      .db('user_role')
      .where({ user_id: user.id })
      .orderBy('role')
      .select('role', 'source');
    expect(roles).to.deep.equal([
      { role: 'bid_opener', source: 'scim' },
      { role: 'buyer', source: 'group' },
      { role: 'requester', source: 'granted' },
    ]);
  });

  it('let somebody in whose only role was granted here', async () => {
    await comeIn('li.wei');
    const user = await world.db('user_account').where({ name_id: 'li.wei' }).first();
    await world
      .db('user_role')
      .insert({ user_id: user.id, role: 'requester', source: 'granted', granted_at: world.now() });
    await world.db('user_account').where({ id: user.id }).update({ name_id: 'guest' });
    await comeIn('guest', 303);
    expect(await world.db('user_role').where({ user_id: user.id }).pluck('role')).to.deep.equal([
      'requester',
    ]);
  });
});
