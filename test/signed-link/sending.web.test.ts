import { expect } from 'chai';
import supertest from 'supertest';
import { makeApp } from '../../src/app.ts';
import { hashPassword, removeExpiredSignIns, setPassword } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { cancelEvent } from '../../src/sourcing/index.ts';
import { extendEventClosing } from '../../src/sourcing/publication.service.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { hidden } from '../support/saml.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';
import { landing, lastCode, linkFor, open, post } from './links.ts';

/** The token of the link in the last mail with this in its subject. */
function tokenIn(world: World, subject: string): string {
  const mail = world.mails.findLast((one) => one.subject.includes(subject));
  return /\/l\/([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? '';
}

describe('mails with a link to one document', function () {
  this.timeout(60_000);
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('carry it beside the usual way, and it is in the mail and nowhere else', async () => {
    const { order, supplierUser } = await makeOrder(world, { state: 'approved' });
    await world.drainJobs();
    const token = tokenIn(world, order.reference);
    const mail = world.mails.find(({ subject }) => subject.includes(order.reference));
    expect(mail?.text).to.include('Open without signing in').and.to.include('/sign-in/link/');
    expect(mail?.html).to.include(`/l/${token}`);
    for (const table of ['notification', 'signed_link', 'event'])
      expect(JSON.stringify(await world.db(table)), table).not.to.include(token);
    const queued = await world
      .db('notification')
      .where({ user_id: supplierUser.userId, template: 'order-issued' });
    expect(queued[0].signed_link).to.deep.equal({
      purpose: 'order',
      subjectId: order.id,
      reference: order.reference,
      endsAt: null,
    });
    const answer = await open(world.visitor(), token);
    expect(answer.headers['location']).to.equal(`/orders/${order.id}`);
  });

  it('go to the buying side without one', async () => {
    const { order, buyer } = await makeOrder(world, { state: 'sent' });
    const contact = await world.as((await makeOrder(world, { state: 'sent', buyer })).supplierUser);
    expect(contact.actor.userId).not.to.equal(null);
    await world.drainJobs();
    const [account] = await world.db('user_account').where({ id: buyer.userId });
    const mails = world.mails.filter(({ to }) => to.address === account.email);
    for (const mail of mails) expect(mail.text).not.to.include('/l/');
    expect(order.id).to.be.a('string');
  });

  it('are sent again by the buyer, with a new link beside the first', async () => {
    const { order, buyer, supplierUser } = await makeOrder(world, { state: 'approved' });
    await world.drainJobs();
    const first = tokenIn(world, order.reference);
    const staff = await world.as(buyer);
    expect((await staff.get(`/orders/${order.id}`)).text).to.include('/resending');
    await staff.post(`/orders/${order.id}/resending`).expect(303);
    await world.drainJobs();
    const second = tokenIn(world, order.reference);
    expect(second).to.have.length(43).and.not.to.equal(first);
    for (const token of [first, second]) expect((await landing(world.visitor(), token)).status).to.equal(200);
    const supplier = await world.as(supplierUser);
    await supplier.post(`/orders/${order.id}/resending`).expect(404);
    expect(await world.db('event').where({ action: 'purchase_order.resent' })).to.have.length(1);
  });

  it('never show a token in the log', async () => {
    const { order, supplierUser } = await makeOrder(world, { state: 'sent' });
    const token = await linkFor(world, supplierUser, { purpose: 'order', subjectId: order.id });
    const lines: unknown[] = [];
    const log = Object.fromEntries(
      ['debug', 'info', 'warn', 'error'].map((level) => [level, (...entry: unknown[]) => lines.push(entry)]),
    ) as never;
    const { app } = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log, readNow: world.now });
    const browser = supertest.agent(app);
    await open(browser, token);
    await browser.get(`/l/${token}/x`);
    await browser.get(`/x/${token}?t=${token}`);
    await browser.post(`/l/${token}`);
    expect(lines).to.have.lengthOf.above(5);
    expect(JSON.stringify(lines)).not.to.include(token);
    expect(JSON.stringify(lines)).to.include('/l/:token');
  });

  describe('of an invitation', () => {
    let event: PublishedEvent;
    let token: string;
    beforeEach(async () => {
      event = await publishedEvent(world, { closesAt: '2026-03-09T10:00:00Z' });
      await world.drainJobs();
      const [supplier] = event.suppliers;
      const mail = world.mails.find(({ to }) => to.address === supplier?.email);
      token = /\/l\/([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? '';
    });

    const supplierId = () => event.suppliers[0]?.supplierId ?? '';
    const state = async () =>
      (await world.db('invitation').where({ event_id: event.eventId, supplier_id: supplierId() }).first())
        .state;
    const base = () => `/bids/invitations/${event.eventId}`;
    async function browserIn() {
      const browser = world.visitor();
      await open(browser, token);
      const page = await browser.get(base()).expect(200);
      return { browser, page, csrf: hidden(page.text, '_csrf') };
    }

    it('lets a contact see and accept it without a code; to bid it signs in', async () => {
      const { browser, page, csrf } = await browserIn();
      expect(page.text).to.include('Sign in to bid').and.not.to.include(`action="${base()}/bid"`);
      await post(browser, `${base()}/view`, csrf).expect(204);
      await post(browser, `${base()}/answer`, csrf, { answer: 'accept' }).expect(303);
      expect(await state()).to.equal('accepted');
      await post(browser, `${base()}/bid`, csrf).expect(404);
      expect(await world.db('bid')).to.have.length(0);
    });

    it('lets a contact without a password in to bid by a mail that comes back to the requirement', async () => {
      const { browser, page, csrf } = await browserIn();
      expect(page.text).to.include('href="/l/sign-in"');
      const ways = await browser.get('/l/sign-in').expect(200);
      expect(ways.text).to.include('Mail me a sign-in link').and.not.to.include('with password or passkey');
      await post(browser, '/l/sign-in', csrf).expect(303).expect('Location', '/l/sign-in/sent');
      await browser.get('/l/sign-in/sent').expect(200);
      // Asking twice sends one mail.
      await post(browser, '/l/sign-in', csrf).expect(303);
      await world.drainJobs();
      const mails = world.mails.filter(({ subject }) => subject.startsWith('Sign in for'));
      expect(mails.map(({ to }) => to.address)).to.deep.equal([event.suppliers[0]?.email]);
      const link = /\/sign-in\/link\/[\w-]{43}/.exec(mails[0]?.text ?? '')?.[0] ?? '';
      const other = world.visitor();
      const form = await other.get(link).expect(200);
      await post(other, link, hidden(form.text, '_csrf')).expect(303).expect('Location', base());
      const signedIn = await other.get(base()).expect(200);
      expect(signedIn.text).to.include(`action="${base()}/bid"`);
      await post(other, `${base()}/bid`, hidden(signedIn.text, '_csrf')).expect(303);
      expect(await world.db('bid')).to.have.length(1);
    });

    it('opens the requirement by its large button for whoever has a password, and offers to sign in', async () => {
      const [contact] = event.suppliers;
      const hash = await hashPassword('the lorry came late again');
      const account = await world.db('user_account').where({ email: contact?.email }).first();
      await world.runInTx(system('test'), (ctx) => setPassword(ctx, { userId: account.id, hash }));
      const { version } = await world.db('sourcing_event').where({ id: event.eventId }).first();
      await world.runInTx(event.buyer, (ctx) =>
        extendEventClosing(ctx, {
          eventId: event.eventId,
          version,
          closesAt: new Date('2026-03-10T10:00:00Z'),
          reason: 'More time',
        }),
      );
      await world.drainJobs();
      const mail = world.mails.findLast(({ to }) => to.address === contact?.email)?.text ?? '';
      const large = mail.indexOf('/l/');
      const second = mail.indexOf(`Sign in and open it:\n${ORIGIN}${base()}`);
      expect(large).to.be.above(0);
      expect(second).to.be.above(large);
      expect(mail).not.to.include('Open without signing in').and.not.to.include('/sign-in/link/');
    });

    it('asks for a code to decline, because that is for good', async () => {
      const { browser, csrf } = await browserIn();
      const form = { answer: 'decline', reason: 'No capacity in June' };
      const asked = await post(browser, `${base()}/answer`, csrf, form).expect(422);
      expect(asked.text).to.include('No capacity in June');
      expect(await state()).to.equal('invited');
      await world.drainJobs();
      const confirmed = {
        ...form,
        oneTimeCodeId: hidden(asked.text, 'oneTimeCodeId'),
        oneTimeCode: lastCode(world),
      };
      await post(browser, `${base()}/answer`, csrf, confirmed).expect(303);
      expect(await state()).to.equal('declined');
    });

    it('asks for the reason before it asks for a code', async () => {
      const { browser, csrf } = await browserIn();
      await post(browser, `${base()}/answer`, csrf, { answer: 'decline', reason: '' }).expect(422);
      expect(await world.db('signed_link_code')).to.have.length(0);
    });

    it('works until, and not at, the closing', async () => {
      world.setNow('2026-03-09T09:59:59.999Z');
      expect((await landing(world.visitor(), token)).status).to.equal(200);
      world.setNow('2026-03-09T10:00:00Z');
      expect((await landing(world.visitor(), token)).status).to.equal(410);
    });

    it('stops when the requirement is cancelled, and no new one is mailed for it', async () => {
      const { browser } = await browserIn();
      await world.runInTx(event.buyer, (ctx) =>
        cancelEvent(ctx, { eventId: event.eventId, reason: 'Not needed' }),
      );
      await world.drainJobs();
      expect((await browser.get(base()).redirects(0)).headers['location']).to.equal('/sign-in');
      const before = world.mails.length;
      const gone = await landing(browser, token);
      expect(gone.status).to.equal(410);
      await post(browser, '/l/renewal', hidden(gone.text, '_csrf')).expect(303);
      await world.drainJobs();
      expect(world.mails).to.have.length(before);
    });
  });

  describe('of an invoice', () => {
    it('shows the timeline, and has figures corrected with a code only', async () => {
      const made = await makeInvoice(world, { lines: [{ unitPrice: '99' }, {}] });
      await world.drainJobs();
      const { supplierUser } = made.order;
      const [invoice] = await world.db('invoice');
      expect(invoice.state).to.equal('exception');
      const browser = world.visitor();
      await open(
        browser,
        await linkFor(world, supplierUser, {
          purpose: 'invoice',
          subjectId: made.invoiceId,
          reference: invoice.reference,
        }),
      );
      const url = `/invoices/${made.invoiceId}/correction`;
      const page = await browser.get(url).expect(200);
      const csrf = hidden(page.text, '_csrf');
      const form = Object.fromEntries(
        [...page.text.matchAll(/<input[^>]* name="(lines[^"]+|supplierNumber|issuedOn|version)"[^>]*>/g)].map(
          ([input, name]) => [name as string, /value="([^"]*)"/.exec(input)?.[1] ?? ''],
        ),
      );
      form['tax'] = 'S:13';
      const price = Object.keys(form).find((name) => name.includes('unitPrice')) ?? '';
      form[price] = '12.50';
      await post(browser, url, csrf, { ...form, recalculate: 'yes' }).expect(200);
      const asked = await post(browser, url, csrf, form).expect(422);
      expect(asked.text, 'asks for a code').to.include('oneTimeCodeId');
      expect((await world.db('invoice').first()).state).to.equal('exception');
      await world.drainJobs();
      const confirmed = {
        ...form,
        oneTimeCodeId: hidden(asked.text, 'oneTimeCodeId'),
        oneTimeCode: lastCode(world),
      };
      const cheaper = await post(browser, url, csrf, { ...confirmed, [price]: '98' });
      expect(cheaper.status, 'a code is for the figures that were shown').to.equal(422);
      expect((await world.db('invoice').first()).state).to.equal('exception');
      await post(browser, url, csrf, {
        ...confirmed,
        oneTimeCodeId: hidden(cheaper.text, 'oneTimeCodeId'),
      }).expect(422);
      world.setNow('2026-03-02T10:02:00Z');
      const again = await post(browser, url, csrf, { ...form, sendCodeAgain: 'yes' }).expect(422);
      await world.drainJobs();
      await post(browser, url, csrf, {
        ...form,
        oneTimeCodeId: hidden(again.text, 'oneTimeCodeId'),
        oneTimeCode: lastCode(world),
      }).expect(303);
      expect((await world.db('invoice').first()).current_version).to.equal(2);
    });
  });

  describe('that has run out', () => {
    it('is replaced by a new one to the same contact, with one answer for all', async () => {
      const { order, supplierUser } = await makeOrder(world, { state: 'sent' });
      const token = await linkFor(world, supplierUser, {
        purpose: 'order',
        subjectId: order.id,
        reference: order.reference,
      });
      world.setNow('2026-04-02T10:00:00Z');
      const answers = [];
      for (const of of [token, token, Buffer.alloc(32, 1).toString('base64url')]) {
        const browser = world.visitor();
        const gone = await landing(browser, of);
        const answer = await post(browser, '/l/renewal', hidden(gone.text, '_csrf'));
        answers.push(`${answer.status} ${answer.headers['location']}`);
      }
      expect(new Set(answers)).to.deep.equal(new Set(['303 /l/sent']));
      await world.visitor().get('/l/sent').expect(200);
      await world.drainJobs();
      const renewed = world.mails.filter(({ subject }) => subject.includes('new link'));
      expect(renewed, 'one mail in ten minutes').to.have.length(1);
      const [account] = await world.db('user_account').where({ id: supplierUser.userId });
      expect(renewed[0]?.to.address).to.equal(account.email);
      expect((await open(world.visitor(), tokenIn(world, 'new link'))).headers['location']).to.equal(
        `/orders/${order.id}`,
      );
    });
  });

  describe('on the page of one’s own links', () => {
    it('are listed to their contact alone, who stops them', async () => {
      const { order, supplierUser, supplierId } = await makeOrder(world, { state: 'sent' });
      const token = await linkFor(world, supplierUser, {
        purpose: 'order',
        subjectId: order.id,
        reference: order.reference,
      });
      const { id } = await world.db('signed_link').first();
      const colleague = await world.as(await world.supplierUser(supplierId, 'supplier_administrator'));
      expect((await colleague.get('/security/signed-links').expect(200)).text).not.to.include(
        order.reference,
      );
      await colleague.post(`/security/signed-links/${id}/revocation`).expect(404);
      expect((await world.db('signed_link').first()).revoked_at).to.equal(null);
      const contact = await world.as(supplierUser);
      expect((await contact.get('/security')).text).to.include('href="/security/signed-links"');
      expect((await contact.get('/security/signed-links').expect(200)).text).to.include(order.reference);
      const browser = world.visitor();
      await open(browser, token);
      await contact.post(`/security/signed-links/${id}/revocation`).expect(303);
      expect((await browser.get(`/orders/${order.id}`).redirects(0)).headers['location']).to.equal(
        '/sign-in',
      );
      expect((await landing(browser, token)).status).to.equal(410);
      expect((await contact.get('/security/signed-links')).text).not.to.include(order.reference);
      const acts = await world.db('event').where({ action: 'signed_link.revoked' });
      expect(acts).to.have.length(1);
    });
  });

  it('leave no code behind that was never mailed', async () => {
    const { order, supplierUser } = await makeOrder(world, { state: 'sent' });
    const browser = world.visitor();
    await open(browser, await linkFor(world, supplierUser, { purpose: 'order', subjectId: order.id }));
    const page = await browser.get(`/orders/${order.id}`);
    await post(browser, `/orders/${order.id}/acknowledgement`, hidden(page.text, '_csrf'), {
      version: '1',
      note: '',
    });
    world.setNow('2026-03-02T10:10:00Z');
    await world.runInTx(system('test'), removeExpiredSignIns);
    expect((await world.db('signed_link_code').first()).sealed_code).to.equal(null);
  });
});
