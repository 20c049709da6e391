import { expect } from 'chai';
import { hashPassword, setPassword } from '../../src/identity/index.ts';
import { makeSignInLimit } from '../../src/identity/sign-in-limit.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { postForm } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';

const PASSWORD = 'the lorry came late again';

describe('guessing passwords', () => {
  let world: World;
  let mei: Actor;
  let email: string;
  before(async () => {
    world = await makeWorld();
    mei = (await makeSupplier(world)).actor;
    const hash = await hashPassword(PASSWORD);
    await world.runInTx(mei, (ctx) => setPassword(ctx, { userId: mei.userId ?? '', hash }));
    email = (await world.db('user_account').where({ id: mei.userId }).first()).email;
  });
  after(() => world.close());
  beforeEach(() => world.db('rate_limit').delete());

  const tryAs = async (of: string, password: string) => {
    const browser = world.visitor();
    const page = await browser.get('/sign-in').expect(200);
    return postForm(browser, '/sign-in', page.text, { email: of, password });
  };

  it('stops one address that tries a common password on very many accounts', async () => {
    expect((await tryAs('clerk-1@supplier.example', 'Summer2026!!')).text).to.include(
      'sign-in.not-recognised',
    );
    const ofAddress = () => world.db('rate_limit').where('key', 'like', 'sign-in address%');
    expect(await ofAddress()).to.have.length(1);
    // As after a hundred accounts, each tried once.
    await ofAddress().update({ points: 100 });
    const stopped = await tryAs(email, PASSWORD);
    expect(stopped.text).to.include('data-code="sign-in.too-many-tries"');
    expect(await world.db('event').where({ action: 'user.signed-in' })).to.have.length(0);
    await world.db('rate_limit').delete();
    expect((await tryAs(email, PASSWORD)).status).to.equal(303);
  });

  it('stops very many addresses that try one account', async () => {
    const limit = makeSignInLimit(world.db);
    for (let n = 0; n < 300; n += 1) await limit.count({ address: `2001:db8:${n.toString(16)}::1`, email });
    expect((await refusal(limit.count({ address: '2001:db8:ffff::1', email }))).code).to.equal(
      'sign-in.too-many-tries',
    );
  });

  it('answers the same to an address that exists, one that does not and one of the staff: status, headers and words', async () => {
    await world.staff('buyer');
    const staff = (await world.db('user_account').where({ kind: 'staff' }).first()).email;
    const shapes = [];
    for (const of of [email, 'nobody@nowhere.example', staff]) {
      const answer = await tryAs(of, 'not the password');
      const { date: _, etag: _e, 'x-request-id': _r, 'set-cookie': cookies, ...headers } = answer.headers;
      shapes.push({
        status: answer.status,
        headers: { ...headers, 'content-length': null },
        cookies: (cookies as unknown as string[] | undefined)?.map((cookie) => cookie.split('=')[0]),
        text: answer.text.replaceAll(of, 'ADDRESS').replaceAll(/value="[^"]{20,}"/g, 'value="TOKEN"'),
      });
    }
    expect(shapes[1]).to.deep.equal(shapes[0]);
    expect(shapes[2]).to.deep.equal(shapes[0]);
  });
});
