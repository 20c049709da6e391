import { expect } from 'chai';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const typed = (over: Record<string, unknown> = {}) => ({
  title: 'Spring brackets',
  description: '',
  categoryCode: 'MACH',
  plantCode: 'QD01',
  incoterm: 'DAP',
  incotermPlace: 'Qingdao',
  currency: 'USD',
  paymentTermsDays: '30',
  closesAt: '2026-03-09T17:00',
  timeZone: 'Asia/Shanghai',
  hasLines: 'yes',
  // By number, as a browser sends them.
  lines: Object.assign({}, [
    {
      itemCode: 'A-1',
      description: 'Bracket',
      quantity: '100',
      unit: 'C62',
      needByOn: '2026-04-30',
      estimatedPrice: '2.5',
    },
    {
      itemCode: '',
      description: 'Guardrail',
      quantity: '40',
      unit: 'L.F.',
      needByOn: '',
      estimatedPrice: '12',
    },
    { itemCode: '', description: 'Spacer', quantity: '0.5', unit: '千克', needByOn: '', estimatedPrice: '1' },
    { itemCode: '', description: '', quantity: '', unit: 'C62', needByOn: '', estimatedPrice: '' },
  ]),
  next: 'suppliers',
  ...over,
});

describe('creating an event in a browser', () => {
  let world: World;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    buyer = await world.as(await world.staff('buyer'));
  });
  afterEach(() => world.close());
  const events = () => world.db('sourcing_event');
  const idIn = (location: string | undefined) => /\/events\/([^/]+)/.exec(location ?? '')?.[1] ?? '';

  it('takes a 3-line RFQ from nothing to its suppliers in three screens', async () => {
    const supplier = await makeSupplier(world, { name: 'Ningbo Huaqiang Precision' });
    const first = await buyer.get('/events/new').expect(200);
    expect(first.text).to.include('value="2026-03-09T17:00"').and.include('lines[2][description]');
    const created = await buyer.post('/events', typed()).expect(303);
    const eventId = idIn(created.headers['location']);
    expect(created.headers['location']).to.equal(`/events/${eventId}/invitations`);
    await buyer.get(`/events/${eventId}/invitations`).expect(200, /Ningbo Huaqiang Precision/);
    await buyer
      .post(`/events/${eventId}/invitations`, { supplierId: supplier.supplierId, q: '', next: 'save' })
      .expect(303)
      .expect('Location', `/events/${eventId}`);
    const review = await buyer.get(`/events/${eventId}`).expect(200);
    expect(review.text).to.include('RFQ-2026-0001').and.include('/publication');
    await buyer.post(`/events/${eventId}/publication`).expect(303);

    expect(await events().first()).to.include({
      state: 'open',
      time_zone: 'Asia/Shanghai',
      estimated_value: '730.5000',
    });
    const lines = await world
      .db('event_item')
      .orderBy('line_no')
      .select('line_no', 'unit', 'original_unit', 'quantity');
    expect(lines).to.deep.equal([
      { line_no: 1, unit: 'C62', original_unit: null, quantity: '100.000000' },
      { line_no: 2, unit: 'LF', original_unit: 'L.F.', quantity: '40.000000' },
      { line_no: 3, unit: 'KGM', original_unit: '千克', quantity: '0.500000' },
    ]);
    await world.drainJobs();
    const mail = await world.db('notification').where({ template: 'event-published' }).first();
    expect(mail).to.include({ user_id: supplier.userId, link: `/bids/invitations/${eventId}` });
  });

  it('says at its field what is wrong, keeps what was typed, and stores nothing', async () => {
    const lines = {
      0: {
        itemCode: '',
        description: 'Bracket',
        quantity: '1,5',
        unit: 'furlong',
        needByOn: '2026-02-30',
        estimatedPrice: '',
      },
    };
    const refused = await buyer.post('/events', typed({ title: '', lines })).expect(422);
    expect(refused.text).to.match(/href="#field-title">Title: Fill this in\./);
    expect(refused.text).to.match(/href="#field-lines-\d-quantity">Line \d, quantity: /);
    expect(refused.text).to.include('href="#field-title"');
    for (const field of ['quantity', 'unit', 'needByOn'])
      expect(refused.text).to.include(`id="field-lines-0-${field}-error"`);
    expect(refused.text).to.include('value="1,5"').and.include('value="furlong"');
    expect(await events()).to.have.length(0);
    expect(await world.db('event').where('action', 'like', 'sourcing_event.%')).to.have.length(0);
  });

  it('speaks Chinese on each of its screens', async () => {
    const eventId = idIn((await buyer.post('/events', typed()).expect(303)).headers['location']);
    await world.db('user_account').where({ id: buyer.actor.userId }).update({ locale: 'zh-CN' });
    await buyer.get('/events').expect(200, /采购需求/);
    await buyer.get('/events/new').expect(200, /贸易术语/);
    await buyer.get(`/events/${eventId}/edit`).expect(200, /延长英尺/);
    await buyer.get(`/events/${eventId}/invitations`).expect(200, /邀请哪些供应商/);
    await buyer.get(`/events/${eventId}/lines/import`).expect(200, /导入需求行/);
    await buyer.get(`/events/${eventId}`).expect(200, /下一步/);
    await buyer.post(`/events/${eventId}/publication`).expect(422, /未选择供应商/);
  });

  it('refuses a closing time that the zone skips', async () => {
    const gap = { closesAt: '2026-03-29T02:30', timeZone: 'Europe/Berlin' };
    const refused = await buyer.post('/events', typed(gap)).expect(422);
    expect(refused.text).to.include('id="field-closesAt-error"');
    expect(await events()).to.have.length(0);
  });

  it('refuses a field nobody asked for', async () => {
    const refused = await buyer.post('/events', typed({ state: 'open' })).expect(422);
    expect(refused.text).to.include('form.unknown-field');
    expect(await events()).to.have.length(0);
  });

  it('adds a row without JavaScript and keeps what was typed', async () => {
    const more = await buyer.post('/events', typed({ next: 'add-line' })).expect(200);
    expect(more.text).to.include('lines[3][description]').and.include('value="Guardrail"');
    expect(await events()).to.have.length(0);
  });

  it('shows both versions to the one who saves second, who can then decide', async () => {
    const created = await buyer.post('/events', typed()).expect(303);
    const eventId = idIn(created.headers['location']);
    const edit = (over: Record<string, unknown>) =>
      buyer.post(`/events/${eventId}/edit`, typed({ version: '1', next: 'save', ...over }));
    await edit({ title: 'First to save' }).expect(303);
    const stale = await edit({ title: 'Second to save' }).expect(409);
    expect(stale.text).to.include('sourcing_event.changed-meanwhile');
    expect(stale.text).to.match(/<td[^>]*>First to save<\/td>\s*<td[^>]*>Second to save<\/td>/);
    expect(stale.text).to.include('name="version" value="2"').and.include('value="Second to save"');
    expect(await events().first('title')).to.deep.equal({ title: 'First to save' });
    await edit({ title: 'Second to save', version: '2' }).expect(303);
    expect(await events().first('title')).to.deep.equal({ title: 'Second to save' });
  });

  it('keeps the ticks while more suppliers are searched for', async () => {
    const chosen = await makeSupplier(world, { name: 'Alpha Works' });
    await makeSupplier(world, { name: 'Beta Metals' });
    const created = await buyer.post('/events', typed()).expect(303);
    const page = `/events/${idIn(created.headers['location'])}/invitations`;
    const searched = await buyer
      .post(page, { supplierId: chosen.supplierId, q: 'beta', next: 'search' })
      .expect(303);
    const found = await buyer.get(searched.headers['location'] ?? '').expect(200);
    expect(found.text)
      .to.match(new RegExp(`value="${chosen.supplierId}" checked`))
      .and.include('Beta Metals');
    expect(await world.db('invitation')).to.have.length(0);
    const list = await buyer.get(`${page}/candidates?q=beta&supplierId=${chosen.supplierId}`).expect(200);
    expect(list.text).to.include('Alpha Works').and.include('Beta Metals').and.not.include('<html');
  });

  it('attaches files that the invited suppliers may read, and refuses what is not what it says', async () => {
    const invited = await makeSupplier(world);
    const stranger = await makeSupplier(world);
    const created = await buyer.post('/events', typed()).expect(303);
    const eventId = idIn(created.headers['location']);
    const send = (name: string, content: Buffer, next: string) =>
      buyer.upload(
        `/events/${eventId}/invitations`,
        { supplierId: invited.supplierId, q: '', next },
        { files: [name, content] },
      );
    await send('drawing.pdf', Buffer.from('MZ no pdf'), 'save').expect(422, /id="field-files-error"/);
    expect(await world.db('document')).to.have.length(0);
    expect(await world.db('invitation')).to.have.length(0);
    await send('terms.txt', Buffer.from('Payment in 30 days.'), 'save').expect(303);
    const { id } = await world.db('document').first('id');
    await (await world.as(invited.actor)).get(`/documents/${id}/terms.txt`).expect(404);
    await buyer.post(`/events/${eventId}/publication`).expect(303);
    await (await world.as(invited.actor)).get(`/documents/${id}/terms.txt`).expect(200);
    await (await world.as(stranger.actor)).get(`/documents/${id}/terms.txt`).expect(404);
    await buyer
      .post(`/events/${eventId}/attachments/${id}/removal`)
      .expect(422, /sourcing_event\.is-no-draft/);
  });

  it('is for buyers: an approver may look and not write, a supplier sees no such page', async () => {
    const created = await buyer.post('/events', typed()).expect(303);
    const eventId = idIn(created.headers['location']);
    const approver = await world.as(await world.staff('approver'));
    await approver.get(`/events/${eventId}`).expect(200);
    await approver.post('/events', typed()).expect(403);
    await approver.post(`/events/${eventId}/publication`).expect(403);
    const supplier = await world.as((await makeSupplier(world)).actor);
    await supplier.get(`/events/${eventId}`).expect(404);
    await supplier.get('/events').expect(404);
    await buyer.get('/events/no-such-id').expect(404);
    await buyer.get('/events/01890000-0000-7000-8000-000000000000').expect(404);
    expect(await events()).to.have.length(1);
  });

  it('is listed and found by its words; a filter that makes no sense is no filter', async () => {
    await buyer.post('/events', typed()).expect(303);
    await buyer.get('/events').expect(200, /Spring brackets/);
    await buyer.get('/events?q=nothing+like+it').expect(200, /Nothing matches/);
    await buyer.get('/events?state=draft&category=MACH&mine=yes').expect(200, /Spring brackets/);
    await buyer.get('/events?state=nonsense&sort=nonsense').expect(200, /Spring brackets/);
  });
});
