import { expect } from 'chai';
import request from 'supertest';
import { access } from '../../src/access.ts';
import { makeApp } from '../../src/app.ts';
import { decide } from '../../src/identity/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import type { DeclaredRoute } from '../../src/platform/web/router.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { crashesOnly } from '../support/log.ts';
import { signInForTest } from '../support/sign-in.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';

const ID = '0195e0a0-0000-7000-8000-00000000dead';

/** A form that tries to set what no form may set, on every object that reading it could make. */
const HOSTILE = [
  '__proto__[isPolluted]=yes',
  '__proto__.isPolluted=yes',
  'constructor[prototype][isPolluted]=yes',
  'lines[__proto__][isPolluted]=yes',
  'lines[0][__proto__][isPolluted]=yes',
  'lines[0][constructor][prototype][isPolluted]=yes',
  'id=1&id=2',
  'version=1&version=2',
  'reason[]=a&reason[]=b',
  'email[$ne]=x',
  'title=%00',
  'body=%00',
  'reason=%00',
  'lines[99999999]=x',
].join('&');

describe('sending parameters that no form has', () => {
  let world: World;
  let routes: readonly DeclaredRoute[];
  let people: { cookie: string; csrfToken: string; actor: Actor }[];
  before(async () => {
    world = await makeWorld();
    const { supplierUser } = await makeOrder(world);
    ({ routes } = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly }));
    const actors = [
      await world.staff('requester', 'buyer', 'receiver'),
      await world.staff('approver', 'finance', 'bid_opener'),
      await world.staff('administrator'),
      await world.staff('auditor'),
      supplierUser,
    ];
    people = [];
    for (const actor of actors)
      people.push({ ...(await signInForTest(world.house, actor, world.now())), actor });
  });
  after(() => world.close());

  const pathOf = (route: DeclaredRoute): string => route.path.replaceAll(/:[A-Za-z]+/g, ID);
  /** The first who has the right that the route asks for: everybody else gets no further than the door. */
  const whoMay = ({ permission }: DeclaredRoute) =>
    people.find(({ actor }) => decide(access, actor, permission, null, null).isAllowed) ?? people[0];
  const isSigningOut = ({ path }: DeclaredRoute): boolean => /sign-out|sessions/.test(path);

  it('crashes no page, and reaches no object beyond the form: every form', async function () {
    this.timeout(120_000);
    const acts = routes.filter((route) => route.method === 'post' && !isSigningOut(route));
    expect(acts.length).to.be.greaterThan(60);
    const crashed: string[] = [];
    for (const route of acts) {
      const who = whoMay(route);
      const answer = await request(world.app)
        .post(pathOf(route))
        .set('Cookie', who?.cookie ?? '')
        .type('form')
        .redirects(0)
        .send(`${HOSTILE}&_csrf=${encodeURIComponent(who?.csrfToken ?? '')}`);
      if (answer.status >= 500) crashed.push(`${answer.status} ${route.path}`);
      expect(({} as Record<string, unknown>)['isPolluted'], route.path).to.equal(undefined);
    }
    expect(crashed).to.deep.equal([]);
  });

  it('crashes no list and no page by a parameter given twice, as an object, endless or with a NUL', async function () {
    this.timeout(120_000);
    const queries = [
      'search=a&search=b&q[x]=1&state[]=open&after=x&page=-1&sort=__proto__&from=2026-13-45&show=constructor&__proto__[isPolluted]=yes',
      'search=%00&supplier=%00&after=%00',
    ];
    const pages = routes.filter((route) => route.method === 'get');
    expect(pages.length).to.be.greaterThan(60);
    const crashed: string[] = [];
    for (const route of pages)
      for (const query of queries) {
        const answer = await request(world.app)
          .get(`${pathOf(route)}?${query}`)
          .set('Cookie', whoMay(route)?.cookie ?? '')
          .redirects(0);
        if (answer.status >= 500) crashed.push(`${answer.status} ${route.path}?${query}`);
      }
    expect(crashed).to.deep.equal([]);
    expect(({} as Record<string, unknown>)['isPolluted']).to.equal(undefined);
  });
});

describe('filling in what a form does not ask for', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('is refused, and changes nothing: roles, owners, states and suppliers are not the sender’s to say', async () => {
    const { supplierUser, order } = await makeOrder(world);
    const supplier = await world.as(supplierUser);
    const before = await world.db('purchase_order').where({ id: order.id }).first();
    for (const extra of [
      { state: 'closed' },
      { supplierId: ID },
      { buyerId: supplierUser.userId },
      { totalAmount: '0' },
      { roles: ['supplier_administrator'] },
    ]) {
      const answer = await supplier.post(`/messages/purchase_order/${order.id}`, { body: 'Hello', ...extra });
      expect(answer.status, Object.keys(extra)[0]).to.equal(422);
    }
    expect(await world.db('message')).to.have.length(0);
    expect(await world.db('purchase_order').where({ id: order.id }).first()).to.deep.equal(before);
  });
});
