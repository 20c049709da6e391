import { expect } from 'chai';
import { writePolicy } from '../../src/approvals/index.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { asking } from '../support/factories/requisitions.ts';
import { type PublishedEvent, publishedEvent, someItems } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('amending lots, details, questions, criteria and files of an open event', () => {
  let world: World;
  let made: PublishedEvent;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  const amendment = () => world.db('amendment').orderBy('created_at', 'desc').first();
  const bidStates = () => world.db('bid').orderBy('id').pluck('state');
  /** Begins an amendment; gives its page. */
  const begin = async (): Promise<string> => {
    buyer = await world.as(made.buyer);
    const begun = await buyer.post(`/events/${made.eventId}/amendments`).expect(303);
    return String(begun.headers['location']).replace(/\/edit$/, '');
  };
  const seen = async () => ({ version: String((await amendment()).version) });
  const terms = async (over: Record<string, unknown> = {}) => ({
    ...(await seen()),
    title: made.event.title,
    description: made.event.description,
    incoterm: 'DAP',
    incotermPlace: 'Qingdao',
    paymentTermsDays: '30',
    closesAt: '2026-03-09T17:00',
    timeZone: 'Asia/Shanghai',
    reason: 'The drawing was revised',
    ...over,
  });
  const typedLine = (item: PublishedEvent['items'][number], over: Record<string, string> = {}) => ({
    id: item.id,
    itemCode: item.itemCode ?? '',
    description: item.description,
    quantity: item.quantity,
    unit: item.unit,
    needByOn: item.needByOn ?? '',
    estimatedPrice: item.estimatedPrice ?? '',
    ...over,
  });

  it('shows each difference, gives bids back by rule, and asks the chain that approves events', async () => {
    const [chained, other] = [await world.staff('approver'), await world.staff('approver')];
    made = await publishedEvent(world, {
      prepare: async (ctx, eventId) =>
        saveRequirement(ctx, {
          eventId,
          version: 0,
          requirementId: null,
          requirement: someQuestion({ isRequired: false }),
        }),
    });
    await world.runInTx(await world.staff('administrator'), (ctx) =>
      writePolicy(ctx, {
        documentType: 'sourcing_event',
        version: 0,
        validFrom: '2026-03-02',
        currency: 'USD',
        note: '',
        rules: [asking(chained, { fromAmount: '990' })],
      }),
    );
    const [supplier] = made.suppliers;
    if (supplier === undefined) throw new Error('A supplier is invited');
    await submittedBid(world, { supplier, ...made, prices: ['2', '11', '1'] });

    const page = await begin();
    // Lots, and a file of the event that goes.
    const [first, second, third] = made.items as [PublishedEvent['items'][number], never, never];
    const lines = [
      typedLine(first, { lotNo: '1', quantity: '120' }),
      typedLine(second, { lotNo: '2' }),
      typedLine(third, { lotNo: '2' }),
    ];
    const lots = [
      { id: '', title: 'Aluminium', description: '' },
      { id: '', title: 'Brass', description: '' },
    ];
    await buyer
      .post(`${page}/edit`, await terms({ hasLines: 'yes', lines, hasLots: 'yes', lots, next: 'add-lot' }))
      .expect(303)
      .expect('Location', `${page}/edit?lots=more#lots-heading`);
    // What a line says beyond its columns.
    const line = `${page}/lines/${made.items[1]?.id}`;
    expect((await buyer.get(line).expect(200)).text).to.include('/lines/');
    await buyer.get(`${page}/lines/${made.eventId}`).expect(404);
    const details = { specification: 'Anodised, 20 µm', targetPrice: '9', reservePrice: '', tiers: '80 160' };
    await buyer
      .post(line, {
        ...(await seen()),
        ...details,
        incoterm: '',
        incotermPlace: '',
        schedule: [],
      })
      .expect(303);
    // Questions, under the amendment's own version.
    const plan = `${page}/requirements`;
    expect((await buyer.get(plan).expect(200)).text).to.include('as the amendment proposes them');
    await buyer.get(`${plan}/new?kind=yes_no`).expect(200);
    const question = { kind: 'yes_no', envelope: 'technical', prompt: 'REACH conform?', isRequired: 'yes' };
    await buyer.post(plan, { version: '1', ...question }).expect(409);
    await buyer.post(plan, { ...(await seen()), ...question }).expect(303);
    expect(await world.db('requirement')).to.have.length(1);
    // A lot that the amendment adds is asked about before it is there.
    const own = (await amendment()).proposal.lots[1];
    expect((await buyer.get(`${plan}/new?kind=yes_no`).expect(200)).text).to.include(`value="${own.id}"`);
    const ofBrass = { ...question, prompt: 'Free of lead?', lotId: own.id };
    await buyer.post(plan, { ...(await seen()), ...ofBrass, lotId: made.eventId }).expect(422);
    await buyer.post(plan, { ...(await seen()), ...ofBrass }).expect(303);
    // Saving the form again keeps the lot what it is.
    const named = (await amendment()).proposal.lots.map((lot: { id: string; title: string }) => ({
      ...lot,
      description: '',
    }));
    await buyer.post(`${page}/edit`, await terms({ hasLots: 'yes', lots: named, next: 'save' })).expect(303);
    expect((await amendment()).proposal.lots[1].id).to.equal(own.id);
    expect(await world.db('lot')).to.have.length(0);

    const shown = (await buyer.get(page).expect(200)).text;
    for (const words of ['Aluminium', 'Anodised, 20 µm', '80, 160', 'REACH conform?', 'Question 2'])
      expect(shown, words).to.include(words);
    // 120 × 2.50 is above the amount from which the chain is asked.
    await buyer.post(`${page}/publication`, await seen()).expect(422, /amendment\.needs-approval/);
    await buyer.post(`${page}/approval-request`, await seen()).expect(303);
    await world.drainJobs();
    const asked = world.mails.filter(({ subject }) => subject.includes('waits for your approval'));
    expect(asked).to.have.length(1);
    const strange = await world.as(other);
    await strange.post(`${page}/approval`, await seen()).expect(422, /approval\.not-yours-to-decide/);
    const approver = await world.as(chained);
    expect((await approver.get('/').expect(200)).text).to.include(`/amendments/${(await amendment()).id}`);
    await approver
      .get(`/amendments/${(await amendment()).id}`)
      .expect(303)
      .expect('Location', page);
    await approver.post(`${page}/approval`, await seen()).expect(303);
    await buyer.post(`${page}/publication`, await seen()).expect(303);
    await world.drainJobs();

    expect(await bidStates()).to.deep.equal(['invalid']);
    expect(await world.db('lot').orderBy('lot_no').pluck('title')).to.deep.equal(['Aluminium', 'Brass']);
    const plate = await world.db('event_item').where({ id: made.items[1]?.id }).first();
    expect([plate.specification, Number(plate.target_price)]).to.deep.equal(['Anodised, 20 µm', 9]);
    expect(await world.db('requirement').orderBy('number').pluck('prompt')).to.deep.equal([
      'Are you certified to ISO 9001?',
      'REACH conform?',
      'Free of lead?',
    ]);
    const brass = await world.db('lot').where({ title: 'Brass' }).first();
    expect((await world.db('requirement').where({ prompt: 'Free of lead?' }).first()).lot_id).to.equal(
      brass.id,
    );
    // The supplier reads all of it but what we hope to pay.
    const told = (await (await world.as(supplier.actor)).get(`/bids/invitations/${made.eventId}`)).text;
    expect(told).to.include('REACH conform?').and.include('Anodised, 20 µm').and.include('Aluminium');
    expect(told).not.to.include('Target price');
  });

  it('takes a published file away and keeps it in the record, a page of a long event at a time', async () => {
    const item = someItems()[0];
    if (item === undefined) throw new Error('There is a line');
    made = await publishedEvent(world, {
      items: Array.from({ length: 301 }, (_, index) => ({
        ...item,
        quantity: '1',
        description: `Part ${index + 1}`,
      })),
    });
    const page = await begin();
    const file = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
    await buyer.upload(`${page}/edit`, await terms({ next: 'upload' }), { files: ['drawing.pdf', file] });
    await buyer.post(`${page}/publication`, await seen()).expect(303);
    await world
      .db('document')
      .where({ file_name: 'drawing.pdf' })
      .update({ subject_type: 'sourcing_event', subject_id: made.eventId });
    world.setNow('2026-03-02T10:00:01Z');
    const again = await begin();
    const form = (await buyer.get(`${again}/edit?page=2`).expect(200)).text;
    expect(form).to.include('Lines 301 to 301 of 301').and.include('Take away drawing.pdf');
    const { id } = await world.db('document').where({ file_name: 'drawing.pdf' }).first();
    const last = made.items[300] as PublishedEvent['items'][number];
    const lines = [typedLine(last, { quantity: '7' })];
    const window = { hasLines: 'yes', firstLine: '300', lineCount: '1', lines };
    await buyer
      .post(`${again}/edit`, await terms({ ...window, removed: [id], next: 'page-1' }))
      .expect(303)
      .expect('Location', `${again}/edit?page=1#lines-heading`);
    const difference = (await buyer.get(again).expect(200)).text;
    expect(difference).to.include('<del>drawing.pdf</del>').and.include('Part 301');
    await buyer.post(`${again}/publication`, await seen()).expect(303);
    const quantities = await world.db('event_item').orderBy('line_no').pluck('quantity');
    expect([quantities.length, ...quantities.slice(299).map(Number)]).to.deep.equal([301, 1, 7]);
    const [supplier] = made.suppliers;
    const told = await (await world.as(supplier?.actor as never)).get(`/bids/invitations/${made.eventId}`);
    expect(told.text).to.include('drawing.pdf').and.not.include(`/documents/${id}/`);
    expect((await world.db('document').where({ id }).first()).removed_at).not.to.equal(null);
  });
});
