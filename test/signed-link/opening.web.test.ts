import { expect } from 'chai';
import { deactivateSupplierUser } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { sha256Hex } from '../../src/platform/crypto/key-ring.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { hidden } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';
import { landing, linkFor, open, post } from './links.ts';

describe('opening a document by a link from a mail', function () {
  this.timeout(60_000);
  let world: World;
  let made: MadeOrder;
  let token: string;
  let page: string;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world, { state: 'sent' });
    token = await linkFor(world, made.supplierUser, {
      purpose: 'order',
      subjectId: made.order.id,
      reference: made.order.reference,
    });
    page = `/orders/${made.order.id}`;
  });
  afterEach(() => world.close());

  const link = () => world.db('signed_link').first();

  it('shows what it is and whom it is for, and leads to the document at the press of its button', async () => {
    const browser = world.visitor();
    const shown = await landing(browser, token);
    expect(shown.status).to.equal(200);
    expect(shown.text).to.include(made.order.reference).and.to.include(made.supplierUser.name);
    const opened = await open(browser, token);
    expect(opened.status).to.equal(303);
    expect(opened.headers['location']).to.equal(page);
    const order = await browser.get(page).expect(200);
    expect(order.text).to.include(made.order.title);
    expect(await link()).to.include({ use_count: 1 });
    const [event] = await world.db('event').where({ action: 'signed_link.opened' });
    expect(event).to.include({ subject_id: made.order.id, actor_id: made.supplierUser.userId });
  });

  it('changes nothing by being looked at, because mail scanners follow links', async () => {
    const events = await world.db('event').pluck('id');
    for (let n = 0; n < 3; n += 1) await landing(world.visitor(), token);
    expect(await link()).to.include({ use_count: 0, first_used_at: null });
    expect(await world.db('event').pluck('id')).to.deep.equal(events);
    expect(await world.db('web_session')).to.have.length(0);
  });

  it('takes the token out of the address at once, and sends it on in no referrer', async () => {
    const answer = await world.visitor().get(`/l/${token}`).redirects(0);
    expect(answer.status).to.equal(303);
    expect(answer.headers['location']).to.equal('/l');
    expect(answer.headers['referrer-policy']).to.equal('no-referrer');
    expect(answer.headers['cache-control']).to.equal('no-store');
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).to.include('HttpOnly').and.to.include('Path=/l').and.to.include('SameSite=Lax');
    const browser = world.visitor();
    const shown = await landing(browser, token);
    expect(shown.text).not.to.include(token);
    expect(shown.headers['referrer-policy']).to.equal('no-referrer');
  });

  it('keeps only the hash of the token: in no table, and in no row of the record', async () => {
    await open(world.visitor(), token);
    expect((await link()).token_hash).to.equal(sha256Hex(token));
    const tables = ['signed_link', 'event', 'web_session', 'notification', 'page_view'];
    for (const table of tables)
      if (await world.db.schema.hasTable(table))
        expect(JSON.stringify(await world.db(table)), table).not.to.include(token);
  });

  it('works again until it ends, in another browser as well', async () => {
    expect((await open(world.visitor(), token)).status).to.equal(303);
    world.setNow('2026-04-01T09:59:59Z');
    expect((await open(world.visitor(), token)).status).to.equal(303);
    world.setNow('2026-04-01T10:00:00Z');
    expect((await landing(world.visitor(), token)).status).to.equal(410);
  });

  it('ends with the document’s own time where that comes first', async () => {
    const short = await linkFor(world, made.supplierUser, {
      purpose: 'invitation',
      subjectId: made.order.id,
      endsAt: new Date('2026-03-02T12:00:00Z'),
    });
    world.setNow('2026-03-02T12:00:00Z');
    expect((await landing(world.visitor(), short)).status).to.equal(410);
  });

  it('answers alike for links that are over, were stopped, were changed or never were', async () => {
    const other = await makeOrder(world, { state: 'sent' });
    const stopped = await linkFor(world, other.supplierUser, { purpose: 'order', subjectId: other.order.id });
    await world
      .db('signed_link')
      .where({ token_hash: sha256Hex(stopped) })
      .update({ revoked_at: world.now(), revoked_why: 'by-contact' });
    await world
      .db('signed_link')
      .where({ token_hash: sha256Hex(token) })
      .update({ expires_at: world.now() });
    const changed = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const never = Buffer.alloc(32, 1).toString('base64url');
    const pages = await Promise.all(
      [token, stopped, changed, never].map(async (of) => {
        const answer = await landing(world.visitor(), of);
        expect(answer.status).to.equal(410);
        return answer.text.replaceAll(/name="_csrf" value="[^"]*"/g, '');
      }),
    );
    expect(new Set(pages).size).to.equal(1);
    for (const odd of ['x', `${token}x`, '%2e%2e', 'a b'])
      await world.visitor().get(`/l/${odd}`).redirects(0).expect(410);
  });

  it('leads whoever is signed in as that contact straight to the page, also when the link is over', async () => {
    await world.db('signed_link').update({ expires_at: world.now() });
    const contact = await world.as(made.supplierUser);
    const answer = await contact.get(`/l/${token}`);
    expect(answer.headers['location']).to.equal(page);
    expect(await link()).to.include({ use_count: 0 });
  });

  it('asks whoever is signed in as somebody else, before that ends', async () => {
    const other = await world.as(await world.staff('buyer'));
    expect((await other.get(`/l/${token}`)).headers['location']).to.equal('/l');
  });

  it('refuses a press of the button that another site sends, or that has no token of the form', async () => {
    const browser = world.visitor();
    const shown = await landing(browser, token);
    await post(browser, '/l', 'made up', { linkId: hidden(shown.text, 'linkId') }).expect(403);
    expect(await link()).to.include({ use_count: 0 });
  });

  it('opens the link that its page showed, when another mail was opened meanwhile', async () => {
    const other = await makeOrder(world, { state: 'sent', supplierUser: made.supplierUser });
    const second = await linkFor(world, made.supplierUser, { purpose: 'order', subjectId: other.order.id });
    const browser = world.visitor();
    const first = await landing(browser, token);
    await landing(browser, second);
    const answer = await post(browser, '/l', hidden(first.text, '_csrf'), {
      linkId: hidden(first.text, 'linkId'),
    });
    expect(answer.status).to.equal(200);
    expect(await world.db('signed_link').sum({ uses: 'use_count' }).first()).to.deep.equal({ uses: 0 });
  });

  it('is out with the next request once the link is stopped, the contact closed, or its address another', async () => {
    const over: readonly (() => Promise<unknown>)[] = [
      () => world.db('signed_link').update({ revoked_at: world.now(), revoked_why: 'by-contact' }),
      () => world.db('signed_link').update({ expires_at: world.now() }),
      () =>
        world
          .db('user_account')
          .where({ id: made.supplierUser.userId })
          .update({ email: 'new@supplier.example' }),
    ];
    for (const end of over) {
      await world
        .db('signed_link')
        .update({ revoked_at: null, revoked_why: null, expires_at: '2026-05-01T00:00:00Z' });
      const browser = world.visitor();
      await open(browser, token);
      await browser.get(page).expect(200);
      await end();
      const answer = await browser.get(page).redirects(0);
      expect(answer.status).to.equal(303);
      expect(answer.headers['location']).to.equal('/sign-in');
      expect((await landing(world.visitor(), token)).status).to.equal(410);
    }
  });

  it('stops all links of a contact whose account is closed', async () => {
    const browser = world.visitor();
    await open(browser, token);
    await world.runInTx(system('test'), (ctx) =>
      deactivateSupplierUser(ctx, { id: made.supplierUser.userId ?? '', supplierId: made.supplierId }),
    );
    expect(await link()).to.include({ revoked_why: 'deactivated' });
    expect((await browser.get(page).redirects(0)).headers['location']).to.equal('/sign-in');
    await world.db('user_account').where({ id: made.supplierUser.userId }).update({ is_active: true });
    expect((await landing(world.visitor(), token)).status).to.equal(410);
  });

  it('is over after twenty minutes unused, and after two hours at most', async () => {
    const browser = world.visitor();
    await open(browser, token);
    world.setNow('2026-03-02T10:20:00Z');
    expect((await browser.get(page).redirects(0)).status).to.equal(303);
    const busy = world.visitor();
    await open(busy, token);
    for (let minute = 15; minute < 120; minute += 15) {
      world.setNow(new Date(Date.parse('2026-03-02T10:20:00Z') + minute * 60_000).toISOString());
      await busy.get(page).expect(200);
    }
    world.setNow('2026-03-02T12:20:00Z');
    expect((await busy.get(page).redirects(0)).status).to.equal(303);
  });
});
