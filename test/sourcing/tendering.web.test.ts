import { expect } from 'chai';
import { openBids } from '../../src/bids/index.ts';
import { tierKey } from '../../src/bids/offer.ts';
import { concludeEnvelope } from '../../src/bids/openings.service.ts';
import { createCalendar } from '../../src/catalog/index.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import {
  approveEvent,
  createEvent,
  inviteSuppliers,
  publishEvent,
  submitForApproval,
} from '../../src/sourcing/index.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { closeEvent, makeCatalog, someTerms } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const terms = {
  eventType: 'tender',
  title: 'Gearbox housings and shafts',
  description: '',
  categoryCode: 'MACH',
  plantCode: 'QD01',
  incoterm: 'DAP',
  incotermPlace: 'Qingdao',
  currency: 'CNY',
  paymentTermsDays: '60',
  closesAt: '2026-03-30T17:00',
  timeZone: 'Asia/Shanghai',
  bidCurrencies: 'usd, EUR',
  takesPartialBids: 'no',
  bidValidDays: '90',
  calendarCode: '',
  hasLines: 'yes',
  hasLots: 'yes',
  // A row in between stays empty: lines follow the lots that are there.
  lots: {
    0: { id: '', title: 'Housings', description: 'Die-cast' },
    1: { id: '', title: '' },
    2: { title: 'Shafts' },
  },
  lines: {
    0: {
      id: '',
      description: 'Housing upper',
      quantity: '5000',
      unit: 'C62',
      estimatedPrice: '48',
      lotNo: '1',
    },
    1: {
      id: '',
      description: 'Housing lower',
      quantity: '5000',
      unit: 'C62',
      estimatedPrice: '52',
      lotNo: '1',
    },
    2: {
      id: '',
      description: 'Input shaft',
      quantity: '8000',
      unit: 'C62',
      estimatedPrice: '31',
      lotNo: '3',
    },
  },
};
const details = {
  specification: 'EN AC-46000, leak test at 0.5 bar',
  targetPrice: '46.25',
  reservePrice: '55.5',
  tiers: '10000；20000 10000',
  takesAlternates: 'yes',
  asksCapacity: 'yes',
  incoterm: 'FCA',
  incotermPlace: 'Ningbo',
  schedule: {
    0: { quantity: '2000', deliverOn: '2026-06-01' },
    1: { quantity: '', deliverOn: '' },
    2: { quantity: '3000', deliverOn: '2026-07-01' },
  },
};
const field = (html: string, name: string): string =>
  new RegExp(`name="${name.replaceAll(/[[\]]/g, '\\$&')}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? '';

describe('a tender with lots, from its form to its opened bids', () => {
  let world: World;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    buyer = await world.as(await world.staff('buyer'));
  });
  after(() => world.close());

  let eventId = '';
  let itemIds: string[] = [];
  const path = (more = '') => `/events/${eventId}${more}`;
  const eventRow = () => world.db('sourcing_event').where({ id: eventId }).first();
  const itemRows = () => world.db('event_item').where({ event_id: eventId }).orderBy('line_no');

  it('is offered beside the quotation, and comes back with the kind that was pressed and all that was typed', async () => {
    const plain = await buyer.get('/events/new').expect(200);
    expect(plain.text).to.include('value="type-tender"').and.not.include('name="hasLots"');
    const { eventType: _, ...typed } = terms;
    const chosen = await buyer.post('/events', { ...typed, eventType: 'rfq', next: 'type-rfp' }).expect(200);
    expect(chosen.text).to.include('name="eventType" value="rfp"').and.include('Gearbox housings');
    expect(field(chosen.text, 'bidValidDays')).to.equal('60');
    expect((await buyer.get('/events/new?type=tender')).text).to.include('name="lots[1][title]"');
    expect(await world.db('sourcing_event')).to.have.length(0);
  });

  it('proposes its timetable in the working days of the plant’s calendar', async () => {
    await world.runInTx(buyer.actor, (ctx) =>
      createCalendar(ctx, {
        code: 'CN',
        nameEn: 'China',
        nameZh: '中国',
        workingWeekdays: [1, 2, 3, 4, 5],
        isCompany: true,
        days: [{ day: '2026-03-31', isWorking: false, nameEn: 'Holiday', nameZh: '假日' }],
      }),
    );
    const proposed = await buyer.post('/events', { ...terms, next: 'propose-timetable' }).expect(200);
    expect(field(proposed.text, 'enquiriesUntil')).to.equal('2026-03-19T17:00');
    expect(field(proposed.text, 'openingNotBefore')).to.equal('2026-04-01T10:00');
    expect(field(proposed.text, 'decisionByOn')).to.equal('2026-04-21');
    expect(field(proposed.text, 'lots[0][title]')).to.equal('Housings');
  });

  it('says what is wrong with a timetable, a currency or a lot, at its field, and keeps nothing', async () => {
    for (const { over, says } of [
      { over: { openingNotBefore: '2026-03-30T16:00' }, says: 'Bids are opened after they have closed.' },
      { over: { decisionByOn: '2026-03-29' }, says: 'A decision comes after closing.' },
      { over: { bidCurrencies: 'EUR, XXQ' }, says: 'Write currencies as codes' },
      { over: { bidValidDays: '0' }, says: 'from 1 to 730' },
      { over: { calendarCode: 'NONE' }, says: 'Choose one of the listed values.' },
      { over: { lines: { 0: { ...terms.lines[0], lotNo: '2' } } }, says: 'Choose one of the lots.' },
    ]) {
      const refused = await buyer.post('/events', { ...terms, ...over }).expect(422);
      expect(refused.text, says).to.include(says).and.include('Gearbox housings');
    }
    expect(await world.db('sourcing_event')).to.have.length(0);
  });

  it('is kept with its lots, and each line says more on a page of its own', async () => {
    const timetable = {
      enquiriesUntil: '2026-03-20T17:00',
      openingNotBefore: '2026-03-31T10:00',
      decisionByOn: '2026-04-21',
    };
    const made = await buyer.post('/events', { ...terms, ...timetable, next: 'save' }).expect(303);
    eventId = made.headers['location']?.split('/')[2] ?? '';
    expect(await eventRow()).to.deep.include({
      reference: 'TND-2026-0001',
      event_type: 'tender',
      bid_currencies: ['USD', 'EUR'],
      takes_partial_bids: false,
      bid_valid_days: 90,
      decision_by_on: '2026-04-21',
    });
    expect((await world.db('lot').orderBy('lot_no')).map((lot) => [lot.lot_no, lot.title])).to.deep.equal([
      [1, 'Housings'],
      [2, 'Shafts'],
    ]);
    itemIds = (await itemRows()).map((item) => item.id);
    const line = path(`/lines/${itemIds[0]}`);
    const shown = await buyer.get(line).expect(200);
    await buyer
      .post(line, { ...details, reservePrice: '40', version: field(shown.text, 'version') })
      .expect(422, /cannot be below the target price/);
    await buyer.post(line, { ...details, version: field(shown.text, 'version') }).expect(303);
    await buyer.post(line, { ...details, version: field(shown.text, 'version') }).expect(409);
    expect((await itemRows())[0]).to.include({
      target_price: '46.250000',
      takes_alternates: true,
      incoterm: 'FCA',
    });
    const page = await buyer.get(path()).expect(200);
    for (const text of [
      'Lot 1',
      'leak test',
      '46.25',
      'not shown to suppliers',
      '1 Jun 2026',
      '10,000',
      'CNY, USD, EUR',
      '500,000.00',
    ])
      expect(page.text, text).to.include(text);
  });

  it('keeps the ids of lines, and what hangs on them, when the form is saved again', async () => {
    const form = await buyer.get(path('/edit')).expect(200);
    const lotIds = (await world.db('lot').orderBy('lot_no')).map((lot) => lot.id);
    await buyer
      .post(path('/edit'), {
        ...terms,
        version: field(form.text, 'version'),
        lots: lotIds.map((id, index) => ({ id, title: ['Housings', 'Shafts'][index] })),
        lines: itemIds.map((id, index) => ({
          ...Object.values(terms.lines)[index],
          id,
          lotNo: index < 2 ? '1' : '2',
        })),
        openingNotBefore: '2026-03-31T10:00',
        next: 'save',
      })
      .expect(303);
    const rows = await itemRows();
    expect(rows.map((item) => item.id)).to.deep.equal(itemIds);
    expect(rows[0]?.specification).to.equal(details.specification);
    expect(await world.db('event_item_tier').orderBy('quantity').pluck('quantity')).to.deep.equal([
      '10000.000000',
      '20000.000000',
    ]);
  });

  it('is bid on in another currency, with tiers, a capacity and an alternate, by whole lots', async () => {
    const supplier = await makeSupplier(world);
    const visitor = await world.as(supplier.actor);
    await buyer
      .post(path('/invitations'), { supplierId: supplier.supplierId, q: '', next: 'save' })
      .expect(303);
    await buyer.post(path('/approval-request')).expect(303);
    const approver = await world.as(await world.staff('approver'));
    await approver.post(path('/approval')).expect(303);
    await buyer.post(path('/publication')).expect(303);

    const invitation = await visitor.get(`/bids/invitations/${eventId}`).expect(200);
    for (const text of [
      'Lot 1',
      'leak test',
      'CNY, USD, EUR',
      'Whole lots only',
      '90 days after closing',
      'FCA',
    ])
      expect(invitation.text, text).to.include(text);
    const secrets = ['46.25', '55.5', '48.00', '500,000', 'not shown to suppliers', 'Target price'];
    for (const secret of secrets) expect(invitation.text, secret).not.to.include(secret);

    const started = await visitor.post(`/bids/invitations/${eventId}/bid`).expect(303);
    const bid = (started.headers['location'] ?? '').replace('/edit', '');
    const edit = await visitor.get(`${bid}/edit`).expect(200);
    expect(field(edit.text, 'validUntilOn')).to.equal('2026-06-28');
    for (const secret of secrets) expect(edit.text, secret).not.to.include(secret);

    const price = (unitPrice: string) => ({ unitPrice, leadTimeDays: '40', note: '' });
    const detailed = {
      ...price('6.80'),
      capacity: '12000',
      tiers: { [tierKey('10000')]: '6.50', [tierKey('20000')]: '6.25' },
      alternates: [{ description: 'Housing from AlSi9Cu3', unitPrice: '6.10', leadTimeDays: '30' }],
    };
    const draft = { currency: 'USD', validUntilOn: '2026-07-31', note: '' };
    const save = (revision: number, lines: object) =>
      visitor.post(`${bid}/draft`, { ...draft, revision, lines, next: 'review' }).expect(303);
    const [first = '', second = '', third = ''] = itemIds;
    await save(1, { [first]: detailed, [third]: price('4.2') });
    const incomplete = await visitor.get(`${bid}/submission`).expect(200);
    expect(incomplete.text).to.include('Line 2 has no price').and.not.include('name="idempotencyKey"');
    await save(2, { [second]: price('7.10'), [third]: price('') });
    const review = await visitor.get(`${bid}/submission`).expect(200);
    for (const text of ['69,500.00 USD', 'AlSi9Cu3', '6.25', '12,000', '31 Jul 2026'])
      expect(review.text, text).to.include(text);
    await visitor
      .post(`${bid}/submission`, {
        revision: field(review.text, 'revision'),
        idempotencyKey: field(review.text, 'idempotencyKey'),
      })
      .expect(303);
    for (const table of ['bid_line', 'bid_line_tier', 'bid_alternate'])
      expect(await world.db(table), table).to.have.length(0);
    expect((await visitor.get(bid).expect(200)).text)
      .to.include('AlSi9Cu3')
      .and.include('69,500.00 USD');
  });

  it('is opened not before the instant that suppliers were told, and then says all that was sealed', async () => {
    await closeEvent(world, { closesAt: new Date('2026-03-30T09:00:00Z') });
    const opener = await world.staff('bid_opener');
    const open = () =>
      world.runInTx(opener, (ctx) => openBids(ctx, eventId)).catch((error: { code: string }) => error.code);
    world.setNow('2026-03-31T01:59:59Z');
    expect(await open()).to.equal('opening.too-early');
    expect(await world.db('bid_line')).to.have.length(0);
    world.setNow('2026-03-31T02:00:00Z');
    expect(await open(), 'the technical envelope').to.have.property('format');
    expect(await world.db('bid_line'), 'no price before its envelope').to.have.length(0);
    await world.runInTx(opener, (ctx) => concludeEnvelope(ctx, eventId));
    expect(await open(), 'the commercial envelope').to.have.property('format');
    expect(await world.db('bid').first()).to.deep.include({
      currency: 'USD',
      valid_until_on: '2026-07-31',
      total_amount: '69500.0000',
    });
    expect(await world.db('bid_line').where({ event_item_id: itemIds[0] }).first()).to.include({
      capacity: '12000.000000',
    });
    expect(await world.db('bid_line_tier').orderBy('quantity').pluck('unit_price')).to.deep.equal([
      '6.500000',
      '6.250000',
    ]);
    expect(await world.db('bid_alternate').first()).to.include({
      description: 'Housing from AlSi9Cu3',
      amount: '30500.0000',
      lead_time_days: 30,
    });
    const bid = await world.db('bid').first('id');
    const reader = await world.as(buyer.actor);
    const page = await reader.get(path(`/opening/bids/${bid.id}`)).expect(200);
    for (const text of ['69,500.00 USD', 'AlSi9Cu3', '6.25', '12,000', '31 Jul 2026', 'Lot 2'])
      expect(page.text, text).to.include(text);
    expect((await reader.get(path('/opening')).expect(200)).text).to.include('69,500.00 USD');
  });
});

describe('a request for information', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  after(() => world.close());

  it('needs no line and takes a bid without a price, which is opened all the same', async () => {
    const buyer = await world.staff('buyer');
    const supplier = await makeSupplier(world);
    const rfi = { ...someTerms(), eventType: 'rfi', items: [] } as const;
    const eventId = await world.runInTx(buyer, async (ctx) => {
      const id = await createEvent(ctx, rfi);
      await inviteSuppliers(ctx, id, [supplier.supplierId]);
      for (const [version, prompt] of ['Which alloys?', 'Since when?'].entries())
        await saveRequirement(ctx, {
          eventId: id,
          version,
          requirementId: null,
          requirement: someQuestion({ kind: 'text', prompt, isRequired: false }),
        });
      await submitForApproval(ctx, id);
      return id;
    });
    const approver = await world.staff('approver');
    await world.runInTx(approver, (ctx) => approveEvent(ctx, eventId));
    await world.runInTx(buyer, (ctx) => publishEvent(ctx, eventId));

    const visitor = await world.as(supplier.actor);
    const started = await visitor.post(`/bids/invitations/${eventId}/bid`).expect(303);
    const bid = (started.headers['location'] ?? '').replace('/edit', '');
    expect((await visitor.get(`${bid}/edit`).expect(200)).text).to.include('No prices are asked for');
    await visitor
      .post(`${bid}/draft`, { revision: 1, note: 'We cast up to 40 kg.', next: 'review' })
      .expect(303);
    const review = await visitor.get(`${bid}/submission`).expect(200);
    const sent = {
      revision: field(review.text, 'revision'),
      idempotencyKey: field(review.text, 'idempotencyKey'),
    };
    await visitor.post(`${bid}/submission`, sent).expect(303);
    await closeEvent(world, { closesAt: rfi.closesAt });
    const minutes = await world.runInTx(await world.staff('bid_opener'), (ctx) => openBids(ctx, eventId));
    expect(minutes.bids.map((one) => [one.fault, one.note])).to.deep.equal([[null, 'We cast up to 40 kg.']]);

    // Who answered is asked for prices, in one act.
    const asking = await world.as(buyer);
    const page = `/events/${eventId}/successor`;
    expect((await asking.get(`/events/${eventId}`).expect(200)).text).to.include('Make an RFQ');
    expect((await asking.get(`${page}/new`).expect(200)).text).to.include(supplier.supplierId);
    await asking.post(page).expect(422, /rfi\.nobody-chosen/);
    const stranger = await makeSupplier(world);
    await asking.post(page, { supplierId: stranger.supplierId }).expect(409, /rfi\.not-a-respondent/);
    expect(await world.db('sourcing_event').where({ event_type: 'rfq' })).to.have.length(0);
    const [alloys] = await world.db('requirement').where({ event_id: eventId }).orderBy('number');
    const foreign = { supplierId: supplier.supplierId, questionId: eventId };
    await asking.post(page, foreign).expect(404);
    expect(await world.db('sourcing_event').where({ event_type: 'rfq' })).to.have.length(0);
    const form = (await asking.get(`${page}/new`).expect(200)).text;
    expect(form).to.include('Which alloys?').and.include(`name="questionId" value="${alloys.id}">`);
    const made = await asking
      .post(page, { supplierId: supplier.supplierId, questionId: alloys.id })
      .expect(303);
    const rfq = await world.db('sourcing_event').where({ event_type: 'rfq' }).first();
    expect(made.headers['location']).to.equal(`/events/${rfq.id}/edit`);
    expect(rfq).to.include({ state: 'draft', title: rfi.title, currency: rfi.currency });
    expect(await world.db('requirement').where({ event_id: rfq.id }).pluck('prompt')).to.deep.equal([
      'Which alloys?',
    ]);
    expect(await world.db('invitation').where({ event_id: rfq.id }).pluck('supplier_id')).to.deep.equal([
      supplier.supplierId,
    ]);
    expect((await world.db('sourcing_event').where({ id: eventId }).first('state')).state).to.equal(
      'completed',
    );
    expect((await asking.get(`/events/${eventId}`).expect(200)).text).to.include(rfq.reference);
    await asking.post(page, { supplierId: supplier.supplierId }).expect(422, /rfi\.not-evaluated/);
  });
});
