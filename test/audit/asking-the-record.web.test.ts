import { expect } from 'chai';
import { job as mailCheckpoint } from '../../jobs/audit/every-day-mail-checkpoint.ts';
import { isSignedBy } from '../../src/audit/checkpoint.ts';
import { record } from '../../src/audit/index.ts';
import { sealNextRows } from '../../src/audit/seal.service.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { makeKeyRing } from '../../src/platform/crypto/key-ring.ts';
import { rowsOf } from '../../src/platform/db/statements.ts';
import { registerSupplier } from '../../src/suppliers/index.ts';
import { judgeProof } from '../../src/verify-proof.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const robot = system('test');

describe('asking the record', () => {
  let world: World;
  let auditor: Visitor;
  let buyer: Actor;
  let supplierId: string;
  let eventId: string;

  before(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    supplierId = await world.runInTx(buyer, (ctx) =>
      registerSupplier(ctx, {
        name: 'Adler Antriebe GmbH',
        country: 'DE',
        addressLines: ['Werkstraße 1'],
        taxId: 'DE1',
        language: 'en',
      }),
    );
    world.setNow('2026-03-05T10:00:00Z');
    auditor = await world.as(await world.staff('auditor'));
    eventId = await world.runInTx(buyer, (ctx) =>
      record(ctx, {
        action: 'bid.file-removed',
        subject: { type: 'bid', id: newId() },
        supplierId,
        from: 'submitted',
        to: 'withdrawn',
        reason: '=HYPERLINK("x") price was 100% wrong <b>',
        changes: { note: '<script>alert(1)</script>' },
      }),
    );
  });
  after(() => world.close());

  const seal = (): Promise<number> => world.runInTx(robot, (ctx) => sealNextRows(ctx, 'visible'));
  const supplierReference = async (): Promise<string> => {
    const [row] = await world.db.transaction((tx) =>
      rowsOf<{ reference: string }>(tx, 'SELECT reference FROM supplier'),
    );
    return row?.reference ?? '';
  };

  it('is for the auditor only: not for the buyer, and not for the administrator', async () => {
    for (const role of ['buyer', 'approver', 'finance', 'bid_opener', 'administrator'] as const) {
      const other = await world.as(await world.staff(role));
      for (const page of ['/audit', '/audit/export.csv', `/audit/events/${eventId}`, '/audit/checkpoints'])
        expect((await other.get(page)).status, `${role} ${page}`).to.equal(403);
    }
    const supplier = await world.as(await world.supplierUser(supplierId, 'supplier_administrator'));
    expect((await supplier.get('/audit')).status).to.equal(404);
  });

  const searches: Readonly<Record<string, { query: () => Promise<string> | string; finds: boolean }>> = {
    'the person': { query: () => `person=${encodeURIComponent(buyer.name)}`, finds: true },
    'another person': { query: () => 'person=nobody', finds: false },
    'the act': { query: () => 'action=bid.file-removed', finds: true },
    'another act': { query: () => 'action=bid.submitted', finds: false },
    'the kind of document': { query: () => 'type=bid', finds: true },
    'the supplier': { query: () => 'supplier=adler', finds: true },
    'another supplier': { query: () => 'supplier=zzz', finds: false },
    'words of the reason, its wildcards meant as written': { query: () => 'reason=100%25', finds: true },
    'a wildcard that is not there': { query: () => 'reason=100_', finds: false },
    'its day': { query: () => 'from=2026-03-05&to=2026-03-05', finds: true },
    'the day before': { query: () => 'to=2026-03-04', finds: false },
    'the number of another document': {
      query: async () => `reference=${await supplierReference()}`,
      finds: false,
    },
  };
  for (const [by, { query, finds }] of Object.entries(searches))
    it(`${finds ? 'finds' : 'does not find'} an act by ${by}`, async () => {
      const page = await auditor.get(`/audit?${await query()}`);
      expect(page.status).to.equal(200);
      expect(page.text.includes(`/audit/events/${eventId}`)).to.equal(finds);
    });

  it('finds the acts on a document by its number, whatever its case', async () => {
    const page = await auditor.get(`/audit?reference=${(await supplierReference()).toLowerCase()}`);
    expect(page.text)
      .to.include('Adler Antriebe GmbH')
      .and.to.match(/\/audit\/events\/[0-9a-f-]{36}/);
  });

  it('takes what cannot be read for not asked', async () => {
    const page = await auditor.get(
      `/audit?from=x&personId=y&action=%27&after=z&type='&person=${'x'.repeat(500)}`,
    );
    expect(page.status).to.equal(200);
    expect(page.text).to.include(`/audit/events/${eventId}`);
  });

  it('exports what is found, with no formula in it that anybody typed', async () => {
    const csv = await auditor.get('/audit/export.csv?action=bid.file-removed');
    expect(csv.headers['content-type']).to.match(/text\/csv/);
    expect(csv.text.trim().split('\r\n')).to.have.lengthOf(2);
    expect(csv.text).to.include('"\'=HYPERLINK(""x"")').and.to.include('Adler Antriebe GmbH');
  });

  it('says for whom an act was done, in the list, on its page, on the person’s and in the file', async () => {
    const absent = await world.staff('buyer');
    const onBehalfOf = { userId: absent.userId as string, name: 'Absent Principal' };
    const id = await world.runInTx({ ...buyer, onBehalfOf }, (ctx) =>
      record(ctx, { action: 'user.signed-in', subject: { type: 'user', id: buyer.userId as string } }),
    );
    const pages = ['/audit', `/audit/events/${id}`, `/audit/people/${buyer.userId}`, '/audit/export.csv'];
    for (const page of [...pages, `/audit/people/${buyer.userId}/export.csv`])
      expect((await auditor.get(page)).text, page).to.include('Absent Principal');
  });

  it('shows one act, inert, first waiting for its seal, then proved', async () => {
    const waiting = await auditor.get(`/audit/events/${eventId}`);
    expect(waiting.text).to.include('waits for its seal').and.not.to.include('<script>alert');
    await seal();
    const proved = await auditor.get(`/audit/events/${eventId}`);
    expect(proved.text).to.include('data-proof="holds"');
    for (const word of ['Adler Antriebe GmbH', buyer.name, 'price was 100% wrong'])
      expect(proved.text).to.include(word);
  });

  it('gives the proof of an act as a file that anybody can check with the public key alone', async () => {
    const waiting = await world.runInTx(buyer, (ctx) =>
      record(ctx, { action: 'user.signed-in', subject: { type: 'user', id: newId() } }),
    );
    expect((await auditor.get(`/audit/events/${waiting}/proof.json`)).status).to.equal(404);
    await seal();
    const { text } = await auditor.get(`/audit/events/${eventId}/proof.json`);
    const key = world.house.ports.keyRing.publicKeyPem;
    expect(judgeProof(text, key).wrong).to.deep.equal([]);
    expect(judgeProof(text, null).act['reason']).to.include('price was 100% wrong');
    const bent = [
      text.replace('100% wrong', '100% right'),
      text.replace('"leafIndex": ', '"leafIndex": 1'),
      text.replace(
        /"path": \[\s+"[0-9a-f]/,
        (found) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0'),
      ),
    ];
    for (const wrong of bent) {
      expect(wrong).not.to.equal(text);
      expect(judgeProof(wrong, key).wrong, wrong).to.have.lengthOf(1);
    }
    const another = makeKeyRing(Buffer.alloc(32, 8)).publicKeyPem;
    expect(judgeProof(text, another).wrong).to.have.lengthOf(1);
    expect(() => judgeProof('{}', key)).to.throw('no proof');
  });

  it('says on the page of an act that was edited that it is not proven', async () => {
    await seal();
    await world.db.raw('ALTER TABLE event DISABLE TRIGGER ALL');
    await world.db.raw(`UPDATE event SET to_state = 'draft' WHERE id = '${eventId}'`);
    const page = await auditor.get(`/audit/events/${eventId}`);
    await world.db.raw(`UPDATE event SET to_state = 'withdrawn' WHERE id = '${eventId}'`);
    await world.db.raw('ALTER TABLE event ENABLE TRIGGER ALL');
    expect(page.text).to.include('data-proof="fails"');
  });

  it('proves each of many acts, over the inner nodes that are kept', async () => {
    for (let batch = 0; batch < 3; batch += 1) {
      await world.runInTx(robot, async (ctx) => {
        for (let count = 0; count < 120; count += 1)
          await record(ctx, { action: 'user.signed-in', subject: { type: 'user', id: newId() } });
      });
      await seal();
    }
    const rows = await world.db('event').orderBy('position').select('id');
    for (const { id } of [0, 1, 120, 255, 256, 300, rows.length - 1].map((place) => rows[place]))
      expect((await auditor.get(`/audit/events/${id}`)).text, id).to.include('data-proof="holds"');
  });

  it('gives each checkpoint as a file, and takes one back for comparison', async () => {
    await seal();
    const page = await auditor.get('/audit/checkpoints');
    const hrefs = [...page.text.matchAll(/\/audit\/checkpoints\/[0-9a-f-]{36}/g)].map(([href]) => href);
    for (const href of [hrefs[0], hrefs.at(-1)]) {
      const file = await auditor.get(href as string);
      expect(isSignedBy(file.text, world.house.ports.keyRing)).to.equal(true);
      const compare = (note: string) => auditor.get(`/audit/checkpoints?note=${encodeURIComponent(note)}`);
      expect((await compare(file.text)).text).to.include('data-result="fits"');
      expect((await compare(file.text.replace(/\n\d+\n/, '\n1\n'))).text).to.include(
        'data-result="other-key"',
      );
      expect((await compare('hello')).text).to.include('data-result="unreadable"');
    }
  });

  it('mails the auditors a checkpoint once a day, as a file to keep', async () => {
    await seal();
    const runJob = () =>
      mailCheckpoint.run({
        runInTx: world.house.runInTx,
        mailer: { send: async () => undefined },
        catalogue: world.house.catalogue,
        renderView: world.house.renderView,
        origin: 'http://127.0.0.1',
      });
    const notes = () => world.mails.filter((mail) => mail.subject.startsWith('Checkpoint of the record'));
    await runJob();
    await runJob();
    await world.drainJobs();
    expect(notes()).to.have.lengthOf(1);
    expect(notes()[0]?.text).to.include('Keep it outside the portal');
    world.setNow('2026-03-06T10:00:00Z');
    await seal();
    await runJob();
    await world.drainJobs();
    expect(notes()).to.have.lengthOf(2);
  });
});
