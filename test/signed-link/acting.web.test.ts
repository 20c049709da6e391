import { expect } from 'chai';
import type { Agent } from 'supertest';
import { sha256Hex } from '../../src/platform/crypto/key-ring.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { hidden } from '../support/saml.ts';
import { makeWorld, type World } from '../support/world.ts';
import { lastCode, linkFor, open, post } from './links.ts';

describe('acknowledging an order by a link from a mail', function () {
  this.timeout(60_000);
  let world: World;
  let made: MadeOrder;
  let token: string;
  let browser: Agent;
  let csrf: string;
  let url: string;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world, { state: 'sent' });
    token = await linkTo(made);
    browser = world.visitor();
    await open(browser, token);
    csrf = hidden((await browser.get(`/orders/${made.order.id}`)).text, '_csrf');
    url = `/orders/${made.order.id}/acknowledgement`;
  });
  afterEach(() => world.close());

  const linkTo = (order: MadeOrder) =>
    linkFor(world, order.supplierUser, {
      purpose: 'order',
      subjectId: order.order.id,
      reference: order.order.reference,
    });
  const stateOf = async (id = made.order.id) =>
    (await world.db('purchase_order').where({ id }).first()).state;
  const form = { version: '1', note: 'We start on Monday' };
  const ask = (more: Record<string, string> = {}) => post(browser, url, csrf, { ...form, ...more });
  /** Asks for a code and gives its id, with the code from the mail. */
  async function codeFor(more: Record<string, string> = {}) {
    const page = await ask(more).expect(422);
    await world.drainJobs();
    return { id: hidden(page.text, 'oneTimeCodeId'), code: lastCode(world), page };
  }
  const confirm = (of: { id: string; code: string }, more: Record<string, string> = {}) =>
    ask({ ...more, oneTimeCodeId: of.id, oneTimeCode: of.code });
  const linkRow = () =>
    world
      .db('signed_link')
      .where({ token_hash: sha256Hex(token) })
      .first();
  const wrongFor = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const refused = async () => {
    expect(await stateOf()).to.equal('sent');
    expect(await world.db('event').where({ action: 'purchase_order.acknowledged' })).to.have.length(0);
    expect(await world.db('order_response')).to.have.length(0);
  };

  it('asks for the code from a second mail, then does what the page itself does, and says by which link', async () => {
    const asked = await codeFor();
    await refused();
    expect(asked.page.text).to.include(made.order.reference).and.to.include('We start on Monday');
    expect(asked.page.text).to.include('autocomplete="one-time-code"').and.to.include('inputmode="numeric"');
    const done = await confirm({ ...asked, code: `${asked.code.slice(0, 3)} ${asked.code.slice(3)}` });
    expect(done.status).to.equal(303);
    expect(done.headers['location']).to.equal(`/orders/${made.order.id}`);
    expect(await stateOf()).to.equal('acknowledged');
    const [act] = await world.db('event').where({ action: 'purchase_order.acknowledged' });
    const link = await linkRow();
    expect(act).to.include({
      actor_id: made.supplierUser.userId,
      supplier_id: made.supplierId,
      reason: form.note,
    });
    expect(act.changes).to.include({ signedLinkId: link.id, reference: made.order.reference });
    const buyer = await world.as(made.buyer);
    expect((await buyer.get(`/orders/${made.order.id}`)).text).to.include('· by a link from a mail');
  });

  it('mails the code once, to the contact, in no subject and under no bell', async () => {
    const asked = await codeFor();
    const mails = world.mails.filter(({ text }) => text.includes(asked.code.slice(0, 3)));
    expect(mails).to.have.length(1);
    const [contact] = await world.db('user_account').where({ id: made.supplierUser.userId });
    expect(mails[0]?.to.address).to.equal(contact.email);
    expect(mails[0]?.subject).not.to.match(/\d{6}|\d{3} \d{3}/);
    expect(mails[0]?.text).to.include(made.order.reference).and.not.to.include('http');
    await world.drainJobs();
    expect(world.mails.filter(({ text }) => text.includes(asked.code.slice(0, 3)))).to.have.length(1);
  });

  it('keeps the code sealed until it is mailed, and then nowhere but hashed', async () => {
    await ask().expect(422);
    const [waiting] = await world.db('signed_link_code');
    expect(waiting.sealed_code).to.be.instanceOf(Buffer);
    await world.drainJobs();
    const code = lastCode(world);
    expect(waiting.sealed_code.includes(code)).to.equal(false);
    const [mailed] = await world.db('signed_link_code');
    expect(mailed.sealed_code).to.equal(null);
    expect(mailed.code_hash).to.have.length(64).and.not.to.equal(sha256Hex(code));
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
    for (const table of ['signed_link_code', 'event', 'web_session', 'notification']) {
      const rows = await world.db(table).select();
      const said = JSON.stringify(
        rows.map((row) => ({ ...row, code_hash: null, content_hash: null, id: null })),
      );
      expect(new RegExp(`(?<![\\da-f-])(?:${code}|${spaced})(?![\\da-f-])`).test(said), table).to.equal(
        false,
      );
    }
  });

  it('refuses a wrong code, keeps what was typed, and takes the right one after it', async () => {
    const asked = await codeFor();
    const again = await confirm({ ...asked, code: wrongFor(asked.code) }).expect(422);
    expect(again.text).to.include('code-is-wrong').and.to.include('We start on Monday');
    await refused();
    expect((await confirm(asked)).status).to.equal(303);
  });

  it('counts five wrong tries, tried one after another or at once, and then no right one', async () => {
    const asked = await codeFor();
    const wrong = { ...asked, code: wrongFor(asked.code) };
    await Promise.all(Array.from({ length: 12 }, () => confirm(wrong).expect(422)));
    expect((await world.db('signed_link_code').first()).tries).to.equal(5);
    const late = await confirm(asked).expect(422);
    expect(late.text).to.include('code-is-over');
    await refused();
  });

  it('stops the link after fifteen wrong codes, so that its holder cannot go on guessing', async () => {
    for (let round = 0; round < 3; round += 1) {
      world.setNow(new Date(Date.parse('2026-03-02T10:00:00Z') + round * 120_000).toISOString());
      const asked = await codeFor({ sendCodeAgain: 'yes' });
      for (let n = 0; n < 5; n += 1) await confirm({ ...asked, code: wrongFor(asked.code) }).expect(422);
    }
    expect(await linkRow()).to.include({ revoked_why: 'wrong-codes' });
    expect((await browser.get(`/orders/${made.order.id}`).redirects(0)).headers['location']).to.equal(
      '/sign-in',
    );
    await refused();
  });

  it('takes a code once', async () => {
    const asked = await codeFor();
    await confirm(asked).expect(303);
    await world.db('purchase_order').update({ state: 'sent', acknowledged_at: null });
    await world.db('order_response').delete();
    await confirm(asked).expect(422);
    expect(await stateOf()).to.equal('sent');
  });

  it('takes a code once, also when it is sent twice at the same moment', async () => {
    const asked = await codeFor();
    const answers = await Promise.all([confirm(asked), confirm(asked), confirm(asked)]);
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    expect(await world.db('event').where({ action: 'purchase_order.acknowledged' })).to.have.length(1);
  });

  it('refuses a code after ten minutes, at that instant', async () => {
    const asked = await codeFor();
    world.setNow('2026-03-02T10:10:00Z');
    const late = await confirm(asked).expect(422);
    expect(late.text).to.include('code-is-over');
    await refused();
  });

  it('takes a code until that instant', async () => {
    const asked = await codeFor();
    world.setNow('2026-03-02T10:09:59.999Z');
    await confirm(asked).expect(303);
  });

  it('refuses a code with another content than it was asked for, and sends another for that', async () => {
    const asked = await codeFor();
    const other = await confirm(asked, { note: 'Only half of it' }).expect(422);
    expect(hidden(other.text, 'oneTimeCodeId')).not.to.equal(asked.id);
    await confirm(asked, { version: '2' }).expect(409);
    await refused();
  });

  it('refuses a code of another link, also of the same contact', async () => {
    const other = await makeOrder(world, { state: 'sent', supplierUser: made.supplierUser });
    const asked = await codeFor();
    const second = world.visitor();
    await open(second, await linkTo(other));
    const page = await second.get(`/orders/${other.order.id}`);
    const answer = await post(
      second,
      `/orders/${other.order.id}/acknowledgement`,
      hidden(page.text, '_csrf'),
      {
        ...form,
        oneTimeCodeId: asked.id,
        oneTimeCode: asked.code,
      },
    );
    expect(answer.status).to.equal(422);
    expect(await stateOf(other.order.id)).to.equal('sent');
    expect((await world.db('signed_link_code').where({ id: asked.id }).first()).used_at).to.equal(null);
  });

  it('refuses the code of one contact in the browser of another one with the same document', async () => {
    const colleague = await world.supplierUser(made.supplierId, 'supplier_sales');
    const asked = await codeFor();
    const second = world.visitor();
    await open(second, await linkFor(world, colleague, { purpose: 'order', subjectId: made.order.id }));
    const page = await second.get(`/orders/${made.order.id}`);
    await post(second, url, hidden(page.text, '_csrf'), {
      ...form,
      oneTimeCodeId: asked.id,
      oneTimeCode: asked.code,
    }).expect(422);
    await refused();
  });

  it('sends the same code no second time by itself, and a new one when asked after a minute', async () => {
    const first = await codeFor();
    const same = await codeFor();
    expect(same.id).to.equal(first.id);
    const early = await ask({ sendCodeAgain: 'yes' }).expect(422);
    expect(early.text).to.include('code-just-sent').and.to.include(first.id);
    world.setNow('2026-03-02T10:01:00Z');
    const second = await codeFor({ sendCodeAgain: 'yes' });
    expect(second.id).not.to.equal(first.id);
    expect((await confirm(first)).status, 'the first code is over').to.equal(422);
    await refused();
    await confirm(second).expect(303);
  });

  it('sends one contact six codes an hour, over all its links', async () => {
    for (let n = 0; n < 6; n += 1) await ask({ note: `note ${n}` }).expect(422);
    const other = await makeOrder(world, { state: 'sent', supplierUser: made.supplierUser });
    const second = world.visitor();
    await open(second, await linkTo(other));
    const page = await second.get(`/orders/${other.order.id}`);
    const answer = await post(
      second,
      `/orders/${other.order.id}/acknowledgement`,
      hidden(page.text, '_csrf'),
      form,
    );
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('too-many-codes').and.not.to.include('name="oneTimeCode"');
    expect(await world.db('signed_link_code')).to.have.length(6);
  });

  it('asks for no code where the act would be refused anyway', async () => {
    await ask({ version: '7' }).expect(409);
    expect(await world.db('signed_link_code')).to.have.length(0);
  });

  it('mails no code to a contact whose account was closed meanwhile', async () => {
    await ask().expect(422);
    await world.db('user_account').where({ id: made.supplierUser.userId }).update({ is_active: false });
    const before = world.mails.length;
    await world.drainJobs();
    expect(world.mails).to.have.length(before);
  });

  it('asks no code of whoever signed in', async () => {
    const contact = await world.as(made.supplierUser);
    await contact.post(url, form).expect(303);
    expect(await stateOf()).to.equal('acknowledged');
    const [act] = await world.db('event').where({ action: 'purchase_order.acknowledged' });
    expect(act.changes).not.to.have.property('signedLinkId');
  });
});
