import { expect } from 'chai';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
const NAME = 'Quillfeather Castings Ltd.';
// Whatever would tell another supplier who asked.
const TELLS = /quillfeather|contact-asker|asker@/i;
const CUT_OFF = '2026-03-05T09:00:00Z';

describe('asking about an event', () => {
  let world: World;
  let made: PublishedEvent;
  let buyer: Visitor;
  let asker: Visitor;
  let other: Visitor;
  let stranger: Visitor;
  let otherEmail: string;
  /** Much later, everybody signs in anew. */
  const at = async (iso: string): Promise<void> => {
    world.setNow(iso);
    asker = await world.as(asker.actor);
    buyer = await world.as(buyer.actor);
  };
  beforeEach(async () => {
    world = await makeWorld();
    const asking = await makeSupplier(world, { name: NAME, email: 'asker@foundry.example' });
    const others = await makeSupplier(world);
    made = await publishedEvent(world, { suppliers: [asking, others] });
    buyer = await world.as(made.buyer);
    asker = await world.as(asking.actor);
    other = await world.as(others.actor);
    stranger = await world.as((await makeSupplier(world)).actor);
    otherEmail = others.email;
  });
  afterEach(() => world.close());

  const here = () => `/bids/invitations/${made.eventId}`;
  const ask = (by: Visitor, question = 'May it be alloy 6082?', files = {}) =>
    by.upload(`${here()}/enquiries`, { question }, files);
  const enquiries = () => world.db('enquiry').orderBy('asked_at');
  const responses = () => world.db('enquiry_response');
  const answer = async (over: Record<string, string> = {}, files = {}, by = buyer) => {
    const { id } = await world.db('enquiry').orderBy('id', 'desc').first();
    return by.upload(
      `/events/${made.eventId}/enquiries/${id}/answer`,
      {
        question: 'May it be alloy 6082?',
        answer: 'Yes, in temper T6.',
        audience: 'everybody',
        reason: '',
        ...over,
      },
      files,
    );
  };

  it('is answered to everybody, who all are told, and only the asker reads that it was its own', async () => {
    expect((await ask(asker)).status).to.equal(303);
    await world.drainJobs();
    const toBuyer = world.mails.find((mail) => mail.subject.includes('asks a question'));
    expect(toBuyer?.text).not.to.match(TELLS);
    expect((await buyer.get('/')).text).to.include('1 question to answer');
    expect((await buyer.get('/events')).text).to.include('1 question to answer');
    expect((await buyer.get(`/events/${made.eventId}`)).text).to.include('0 of 1 answered');
    expect((await buyer.get(`/events/${made.eventId}/enquiries`)).text).to.include(NAME);
    expect((await asker.get(here())).text)
      .to.include('Not answered yet')
      .and.to.include('Your question');
    expect((await other.get(here())).text).not.to.include('6082');

    expect((await answer()).status).to.equal(303);
    await world.drainJobs();
    expect((await asker.get(here())).text)
      .to.include('Your question')
      .and.to.include('Yes, in temper T6.');
    const read = (await other.get(here())).text;
    expect(read).to.include('May it be alloy 6082?').and.to.include('Yes, in temper T6.');
    expect(read).not.to.include('Your question');
    const told = world.mails.filter((mail) => mail.subject.includes('was answered'));
    expect(
      told.map((mail) => [mail.to.address, mail.subject.includes('your question')]),
    ).to.have.deep.members([
      ['asker@foundry.example', true],
      [otherEmail, false],
    ]);
    expect((await buyer.get('/')).text).not.to.include('question to answer');
    const acts = await world.db('event').whereLike('action', 'enquiry%').orderBy('position').pluck('action');
    expect(acts).to.deep.equal(['enquiry.asked', 'enquiry_response.given']);
  });

  it('tells no other supplier who asked: not on pages, in mails, in the record, or by a file’s name', async () => {
    await ask(asker, `We at ${NAME} ask: which alloy?`, { files: ['Quillfeather drawing.pdf', PDF] });
    const question = 'Which alloy?';
    await answer({ question }, { files: ['alloy.pdf', PDF] });
    await world.drainJobs();
    const page = (await other.get(here())).text;
    expect(page).to.include(question).and.to.include('alloy.pdf');
    expect(page).not.to.match(TELLS);
    expect(page).not.to.include((await enquiries())[0].id);
    const pages = ['/bids', '/', '/notifications'];
    for (const path of pages) expect((await other.get(path)).text, path).not.to.match(TELLS);
    const mails = world.mails.filter((mail) => mail.to.address === otherEmail);
    expect(mails).not.to.have.length(0);
    for (const mail of mails) expect(JSON.stringify(mail)).not.to.match(TELLS);
    const given = await world.db('event').where({ subject_type: 'enquiry_response' });
    expect(given).to.have.length(2);
    for (const act of given) {
      expect(JSON.stringify(act)).not.to.match(TELLS);
      expect(act.supplier_id).to.equal(null);
    }
    // The file that came with the question exists for the asker and the buyer.
    const files = await world.db('document').whereIn('subject_type', ['enquiry', 'enquiry_response']);
    for (const file of files) {
      const path = `/documents/${file.id}/${encodeURIComponent(file.file_name)}`;
      const isAsked = file.subject_type === 'enquiry';
      await buyer.get(path).expect(200);
      await asker.get(path).expect(200);
      await other.get(path).expect(isAsked ? 404 : 200);
      await stranger.get(path).expect(404);
    }
    expect(files).to.have.length(2);
  });

  it('refuses an answer to everybody that names the asker, in words or in a file’s name, and leaves no trace', async () => {
    await ask(asker);
    expect((await answer({ question: `${NAME} asks for 6082` })).status).to.equal(422);
    expect((await answer({ answer: 'Dear Quillfeather castings ltd., yes.' })).status).to.equal(422);
    const named = await answer({}, { files: ['for Quillfeather_Castings_Ltd..pdf', PDF] });
    expect(named.status).to.equal(422);
    expect(named.text).to.include('names-asker');
    expect(await responses()).to.have.length(0);
    expect(await world.db('document').where({ subject_type: 'enquiry_response' })).to.have.length(0);
    await world.drainJobs();
    expect(world.mails.filter((mail) => mail.subject.includes('was answered'))).to.have.length(0);
  });

  it('is answered to the asker alone only for a recorded reason, and nobody else learns of it', async () => {
    await ask(asker);
    expect((await answer({ audience: 'asker' })).status).to.equal(422);
    expect(await responses()).to.have.length(0);
    const reason = 'It concerns their own certificate';
    await answer({ audience: 'asker', reason }, { files: ['certificate.pdf', PDF] }).then((res) =>
      expect(res.status).to.equal(303),
    );
    await world.drainJobs();
    expect((await responses())[0]).to.include({ audience: 'asker', reason });
    const act = await world.db('event').where({ action: 'enquiry_response.given' }).first();
    expect(act.reason).to.equal(reason);
    const own = (await asker.get(here())).text;
    expect(own).to.include('Yes, in temper T6.').and.to.include('Answered to you alone');
    expect(own).not.to.include(reason);
    expect((await other.get(here())).text)
      .not.to.include('6082')
      .and.not.to.include('certificate');
    const told = world.mails.filter((mail) => mail.subject.includes('was answered'));
    expect(told.map((mail) => mail.to.address)).to.deep.equal(['asker@foundry.example']);
    const file = await world.db('document').where({ subject_type: 'enquiry_response' }).first();
    await other.get(`/documents/${file.id}/certificate.pdf`).expect(404);
    await asker.get(`/documents/${file.id}/certificate.pdf`).expect(200);
  });

  it('is possible until, and not at, the cut-off by the database’s clock', async () => {
    await at('2026-03-05T08:59:59.999Z');
    expect((await ask(asker)).status).to.equal(303);
    world.setNow(CUT_OFF);
    const late = await ask(asker, 'One more?');
    expect(late.status).to.equal(422);
    expect(late.text).to.include('cut-off-passed');
    expect(await enquiries()).to.have.length(1);
    expect(await world.db('event').where({ action: 'enquiry.asked' })).to.have.length(1);
    expect((await asker.get(here())).text).to.include('No questions are taken any more.');
    expect((await answer()).status).to.equal(303);
  });

  it('is for who was invited and takes part, and answering for the buyer, once, until closing', async () => {
    await ask(stranger).expect(404);
    await other.post(`${here()}/answer`, { answer: 'decline', reason: 'No capacity' }).expect(303);
    await ask(other).expect(422, /not-taking-part/);
    expect(await enquiries()).to.have.length(0);
    await ask(asker).expect(303);
    const approver = await world.as(await world.staff('approver'));
    await approver.get(`/events/${made.eventId}/enquiries`).expect(200);
    expect((await answer({}, {}, approver)).status).to.equal(403);
    expect((await answer({}, {}, asker)).status).to.equal(404);
    expect((await answer()).status).to.equal(303);
    expect((await answer()).status).to.equal(409);
    await ask(asker, 'And the finish?').expect(303);
    await at('2026-03-09T09:00:00Z');
    expect((await answer()).status).to.equal(422);
    expect(await responses()).to.have.length(1);
  });

  it('does not find the question of another event', async () => {
    await ask(asker);
    const elsewhere = await publishedEvent(world, { buyer: made.buyer });
    const { id } = (await enquiries())[0];
    await buyer
      .upload(
        `/events/${elsewhere.eventId}/enquiries/${id}/answer`,
        { question: 'x', answer: 'x', audience: 'everybody' },
        {},
      )
      .expect(404);
    expect(await responses()).to.have.length(0);
  });
});

describe('setting until when suppliers may ask', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('is kept in the event’s zone, shown to both sides, and refused after closing', async () => {
    const supplier = await makeSupplier(world);
    const { buyer: actor, eventId } = await publishedEvent(world, {
      suppliers: [supplier],
      terms: { enquiriesUntil: new Date('2026-03-04T02:00:00Z') },
    });
    const buyer = await world.as(actor);
    const page = (await buyer.get(`/events/${eventId}`)).text;
    expect(page).to.include('Questions until 4 Mar 2026 10:00');
    const read = (await (await world.as(supplier.actor)).get(`/bids/invitations/${eventId}`)).text;
    expect(read).to.include('Questions until 4 Mar 2026 10:00').and.to.include('4 Mar 2026 03:00');
    const form = {
      title: 'Brackets',
      description: '',
      categoryCode: 'MACH',
      plantCode: 'QD01',
      incoterm: 'DAP',
      incotermPlace: '',
      currency: 'USD',
      paymentTermsDays: '30',
      closesAt: '2026-03-09T17:00',
      timeZone: 'Asia/Shanghai',
      next: 'save',
    };
    await buyer
      .post('/events', { ...form, enquiriesUntil: '2026-03-09T17:01' })
      .expect(422, /enquiries-after-closing/);
    expect(await world.db('sourcing_event').where({ title: 'Brackets' })).to.have.length(0);
    await buyer.post('/events', { ...form, enquiriesUntil: '2026-03-09T17:00' }).expect(303);
    const [event] = await world.db('sourcing_event').where({ title: 'Brackets' });
    expect(event.enquiries_until.toISOString()).to.equal('2026-03-09T09:00:00.000Z');
  });
});
