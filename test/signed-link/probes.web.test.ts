import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Agent } from 'supertest';
import { makeApp } from '../../src/app.ts';
import { storeGenerated } from '../../src/documents/index.ts';
import { type PurposeName, purposeNames, purposes } from '../../src/identity/signed-link/purpose.ts';
import { system } from '../../src/kernel/actor.ts';
import type { DeclaredRoute } from '../../src/platform/web/router.ts';
import { type MadeInvoice, makeInvoice } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { crashesOnly } from '../support/log.ts';
import { hidden } from '../support/saml.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';
import { linkFor, open, post } from './links.ts';

describe('a browser that came by a link', function () {
  this.timeout(60_000);
  let world: World;
  let routes: readonly DeclaredRoute[];
  let made: MadeInvoice;
  before(async () => {
    world = await makeWorld();
    routes = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly }).routes;
    made = await makeInvoice(world, { lines: [{ unitPrice: '99' }] });
  });
  after(() => world.close());

  const subjectOf = (purpose: PurposeName): string =>
    ({
      order: made.order.order.id,
      invoice: made.invoiceId,
      receipt: made.receipt.receipt.id,
      despatch: randomUUID(),
      invitation: randomUUID(),
    })[purpose];

  async function browserFor(purpose: PurposeName): Promise<{ browser: Agent; csrf: string }> {
    const browser = world.visitor();
    const { supplierUser } = made.order;
    const token = await linkFor(world, supplierUser, { purpose, subjectId: subjectOf(purpose) });
    await open(browser, token);
    // Any page of the browser has the form token; the order's is not there for each purpose.
    return { browser, csrf: hidden((await browser.get('/sign-in')).text, '_csrf') };
  }

  it('is opened by routes that there are, each by its whole name', () => {
    const names = new Set(routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`));
    for (const [name, purpose] of Object.entries(purposes))
      expect(
        purpose.routes.filter((route) => !names.has(route)),
        name,
      ).to.deep.equal([]);
  });

  for (const name of purposeNames)
    it(`reaches nothing but its document by a link for: ${name}`, async () => {
      const { browser, csrf } = await browserFor(name);
      const own = new Set(purposes[name].routes);
      const closed = routes.filter(
        (route) =>
          !own.has(`${route.method.toUpperCase()} ${route.path}`) &&
          !/^\/(l|sign-in|sign-out|signed-out|preferences|saml|development-idp|mailbox)(\/|$)/.test(
            route.path,
          ),
      );
      expect(closed).to.have.lengthOf.above(80);
      const events = await world.db('event').count({ count: '*' }).first();
      const answered: string[] = [];
      for (const { method, path } of closed) {
        // The link's own document, where a route has a place for it: that is where an open door would show most.
        const url = path.replaceAll(/:\w+/g, subjectOf(name)).replace(/\{[^}]*\}/g, '');
        const answer =
          method === 'get'
            ? await browser.get(url).redirects(0)
            : await post(browser, url, csrf, { version: '1' });
        const to = answer.headers['location'];
        const isShut =
          method === 'get'
            ? (answer.status === 303 && to === '/sign-in') || answer.status === 404
            : answer.status === 404;
        if (!isShut && url !== '/') answered.push(`${method} ${path}: ${answer.status} ${to ?? ''}`);
      }
      expect(answered).to.deep.equal([]);
      expect(await world.db('event').count({ count: '*' }).first()).to.deep.equal(events);
    });

  it('is a visitor on the pages of signing in, and changes nothing of the account there', async () => {
    const { browser, csrf } = await browserFor('order');
    expect((await browser.get('/sign-in')).status).to.equal(200);
    const before = await world.db('user_account').where({ id: made.order.supplierUser.userId }).first();
    await post(browser, '/preferences', csrf, { locale: 'zh-CN', returnTo: '/' }).expect(303);
    expect(await world.db('user_account').where({ id: before.id }).first()).to.deep.equal(before);
    expect((await browser.get(`/orders/${made.order.order.id}`)).text).to.include('lang="zh-CN"');
    await browser.get('/sign-in/password').redirects(0).expect(303).expect('Location', '/sign-in');
  });

  it('finds its document at home, and is asked to sign in for everything else, which it then is led to', async () => {
    const { browser } = await browserFor('order');
    await browser.get('/').redirects(0).expect(303).expect('Location', `/orders/${made.order.order.id}`);
    await browser.get('/orders?state=sent').redirects(0).expect(303).expect('Location', '/sign-in');
    const [row] = await world.db('web_session').whereRaw(`sess ->> 'returnTo' = ?`, ['/orders?state=sent']);
    expect(row).to.not.equal(undefined);
  });

  it('does not find another order of its own supplier, of another one, and one that is not there: all the same', async () => {
    const { browser, csrf } = await browserFor('order');
    const { supplierUser } = made.order;
    const own = await makeOrder(world, { state: 'sent', supplierUser });
    const others = await makeOrder(world, { state: 'sent' });
    const contact = await world.as(supplierUser);
    await contact.get(`/orders/${own.order.id}`).expect(200);
    const bodies = [];
    for (const id of [own.order.id, others.order.id, randomUUID()]) {
      const answer = await browser.get(`/orders/${id}`).expect(404);
      bodies.push(answer.text.replaceAll(id, 'ID'));
      await post(browser, `/orders/${id}/acknowledgement`, csrf, { version: '1', note: '' }).expect(404);
    }
    expect(new Set(bodies).size).to.equal(1);
    const states = await world
      .db('purchase_order')
      .whereIn('id', [own.order.id, others.order.id])
      .pluck('state');
    expect(states).to.deep.equal(['sent', 'sent']);
  });

  it('is not let through by another spelling of the address', async () => {
    const { browser } = await browserFor('order');
    const { id } = made.order.order;
    const other = await makeOrder(world, { state: 'sent', supplierUser: made.order.supplierUser });
    const tricks = [
      `/ORDERS/${other.order.id}`,
      `/orders/${other.order.id}/`,
      `/orders/${other.order.id.toUpperCase()}`,
      `/orders/${id}%2f..%2f${other.order.id}`,
      `//orders/${other.order.id}`,
      `/orders/${id}/deliveries`,
      `/orders/${id}/../${other.order.id}`,
    ];
    for (const path of tricks) {
      const answer = await browser.get(path).redirects(0);
      expect(answer.status, path).to.be.oneOf([303, 404]);
      expect(answer.text, path).not.to.include(other.order.reference);
    }
  });

  it('downloads the files of its document, and of no other', async () => {
    const { browser } = await browserFor('order');
    const other = await makeOrder(world, { state: 'sent', supplierUser: made.order.supplierUser });
    const file = (subjectId: string) =>
      world.runInTx(system('test'), (ctx) =>
        storeGenerated(ctx, {
          subject: { type: 'purchase_order', id: subjectId },
          kind: 'order-pdf',
          version: 1,
          fileName: 'order.pdf',
          mediaType: 'application/pdf',
          visibility: 'supplier',
          supplierId: made.order.supplierId,
          content: Buffer.from('%PDF-1.7 real enough'),
        }),
      );
    const [mine, others] = [await file(made.order.order.id), await file(other.order.id)];
    const contact = await world.as(made.order.supplierUser);
    await contact.get(`/documents/${others.id}/order.pdf`).expect(200);
    await browser.get(`/documents/${mine.id}/order.pdf`).expect(200);
    await browser.get(`/documents/${others.id}/order.pdf`).expect(404);
  });

  it('asks and answers on its document, and on no other', async () => {
    const { browser } = await browserFor('order');
    const { id } = made.order.order;
    const page = await browser.get(`/messages/purchase_order/${id}`).expect(200);
    const csrf = hidden(page.text, '_csrf');
    const body = 'May we deliver in two lots?';
    await post(browser, `/messages/purchase_order/${id}`, csrf, { body }).expect(303);
    const [act] = await world.db('event').where({ action: 'message.written' });
    expect(act).to.include({ subject_id: id, actor_id: made.order.supplierUser.userId });
    expect(act.changes).to.have.property('signedLinkId');
    const other = await makeOrder(world, { state: 'sent', supplierUser: made.order.supplierUser });
    await browser.get(`/messages/purchase_order/${other.order.id}`).redirects(0).expect(404);
    await post(browser, `/messages/purchase_order/${other.order.id}`, csrf, { body }).expect(404);
    await post(browser, `/messages/invoice/${made.invoiceId}`, csrf, { body }).expect(404);
    await post(browser, `/messages/purchase_order/${id}/disputes`, csrf, { body }).expect(404);
    expect(await world.db('event').where({ action: 'message.written' })).to.have.length(1);
  });

  it('shows no list, no bell and no account in its head', async () => {
    const { browser } = await browserFor('order');
    const page = (await browser.get(`/orders/${made.order.order.id}`).expect(200)).text;
    expect(page).to.include('Sign in to see everything');
    for (const path of ['/notifications', '/security', '/bids', '/invoices'])
      expect(page, path).not.to.include(`href="${path}"`);
  });

  it('does not do by a link what the contact may not do itself', async () => {
    const { supplierId, order } = made.order;
    const packer = await world.supplierUser(supplierId, 'supplier_logistics');
    const sent = await makeOrder(world, { state: 'sent', supplierUser: made.order.supplierUser });
    const browser = world.visitor();
    await open(browser, await linkFor(world, packer, { purpose: 'order', subjectId: sent.order.id }));
    const page = await browser.get(`/orders/${sent.order.id}`).expect(200);
    expect(page.text).not.to.include('/acknowledgement');
    const answer = await post(
      browser,
      `/orders/${sent.order.id}/acknowledgement`,
      hidden(page.text, '_csrf'),
      {
        version: '1',
        note: '',
      },
    );
    expect(answer.status).to.equal(404);
    expect(await world.db('signed_link_code')).to.have.length(0);
    expect(order.id).not.to.equal(sent.order.id);
  });
});
