import { expect } from 'chai';
import { findContradictions } from '../../src/audit/verify.queries.ts';
import { approveAward, proposeAward } from '../../src/awards/index.ts';
import { openBids } from '../../src/bids/index.ts';
import { storeGenerated } from '../../src/documents/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { acceptChange } from '../../src/orders/change-order.service.ts';
import { proposeChange } from '../../src/orders/change-proposal.service.ts';
import { acknowledgeOrder, findOrderLines, findReceivedSources } from '../../src/orders/index.ts';
import { markReceived } from '../../src/requisitions/index.ts';
import { findEvent, findEventItems } from '../../src/sourcing/index.ts';
import { submittedBid } from '../support/factories/bids.ts';
import {
  approvedRequisition,
  makeBudget,
  makeRequisition,
  makeTwoPlants,
  someLine,
} from '../support/factories/requisitions.ts';
import { closeEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('making an event of requisition lines', () => {
  let world: World;
  let buyer: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    await makeTwoPlants(world);
    buyer = await world.as(await world.staff('buyer'));
    await makeBudget(world);
    await makeBudget(world, { plantCode: 'NB02' });
  });
  afterEach(() => world.close());
  const eventIdIn = (location: string | undefined) =>
    /events\/([\da-f-]{36})/.exec(location ?? '')?.[1] ?? '';
  const progressOf = async (id: string) =>
    (await world.db('requisition_line').where({ id }).first('progress')).progress;
  const stateOf = async (id: string) => (await world.db('requisition').where({ id }).first('state')).state;

  it('gives suppliers the files of its needs that somebody chose, and leaves the others internal', async () => {
    const own = await approvedRequisition(world);
    const requester = await world.staff('requester');
    const keep = (fileName: string) =>
      world.runInTx(requester, (ctx) =>
        storeGenerated(ctx, {
          subject: { type: 'requisition', id: own.requisitionId },
          kind: 'attachment',
          version: 1,
          fileName,
          mediaType: 'application/pdf',
          content: Buffer.from(`%PDF-1.4 ${fileName}`),
          visibility: 'internal',
        }),
      );
    const [drawing, remark] = [await keep('drawing.pdf'), await keep('our-price-limit.pdf')];
    const made = await buyer.post('/events/from-requisitions', { line: own.lineIds, title: 'x' }).expect(303);
    const path = `/events/${eventIdIn(made.headers['location'])}`;
    const page = (await buyer.get(`${path}/invitations`).expect(200)).text;
    expect(page).to.include('drawing.pdf').and.include('our-price-limit.pdf');
    await buyer.post(`${path}/requisition-files/${own.requisitionId}`).expect(404);
    await buyer.post(`${path}/requisition-files/${drawing.id}`).expect(303);
    await buyer.post(`${path}/requisition-files/${drawing.id}`).expect(404);
    const given = await world.db('document').where({ subject_type: 'sourcing_event' });
    expect(given.map((one) => [one.file_name, one.visibility, one.sha256])).to.deep.equal([
      ['drawing.pdf', 'participants', drawing.sha256],
    ]);
    expect((await world.db('document').where({ id: remark.id }).first()).visibility).to.equal('internal');
  });

  it('merges two plants’ lines for one item into one line, which traces back to both until the order', async () => {
    const own = await approvedRequisition(world);
    const other = await approvedRequisition(world, {
      lines: [
        someLine({ plantCode: 'NB02', quantity: '60', needByOn: '2026-04-20' }),
        someLine({
          plantCode: 'NB02',
          itemCode: null,
          description: 'Rags',
          quantity: '5',
          estimatedPrice: '4',
        }),
      ],
    });
    const listed = await buyer.get('/requisition-lines?category=MACH').expect(200);
    expect(listed.text).to.include('PR-2026-0001').and.include('PR-2026-0002').and.include('Rags');
    await buyer.post('/events/from-requisitions', { line: [] }).expect(422, /requisition_line\.none-chosen/);
    const lineIds = [...own.lineIds, ...other.lineIds];
    const made = await buyer
      .post('/events/from-requisitions', { line: lineIds, title: 'Gloves and rags' })
      .expect(303);
    const eventId = eventIdIn(made.headers['location']);
    const items = await world.runInTx(buyer.actor, (ctx) => findEventItems(ctx, eventId));
    expect(
      items.map(({ description, quantity, needByOn, estimatedPrice }) => [
        description,
        quantity,
        needByOn,
        estimatedPrice,
      ]),
    ).to.deep.equal([
      ['Gloves, nitrile, size 9', '160', '2026-04-20', '2.5'],
      ['Rags', '5', '2026-04-30', '4'],
    ]);
    expect(items[0]?.schedule).to.deep.equal([
      { deliverOn: '2026-04-20', quantity: '60' },
      { deliverOn: '2026-04-30', quantity: '100' },
    ]);
    expect(items[0]?.specification).to.include('QD01: 100').and.include('NB02: 60');
    const page = await buyer.get(`/events/${eventId}`).expect(200);
    expect(page.text).to.include('PR-2026-0001').and.include('PR-2026-0002').and.include('From requisitions');
    expect(await stateOf(own.requisitionId)).to.equal('sourcing');
    await (await world.as(own.requester))
      .get(`/requisitions/${own.requisitionId}`)
      .expect(200, /RFQ-2026-0001/);
    // Taken lines are taken.
    await buyer
      .post('/events/from-requisitions', { line: lineIds })
      .expect(422, /requisition_line\.is-taken/);

    await award(eventId, ['2', '4']);
    await world.drainJobs();
    expect(await stateOf(own.requisitionId)).to.equal('ordered');
    expect(await stateOf(other.requisitionId)).to.equal('ordered');
    const sources = await world
      .db('po_line_source')
      .join('requisition_line', 'requisition_line.id', 'po_line_source.requisition_line_id')
      .orderBy(['requisition_line.plant_code', 'requisition_line.line_no'])
      .select('requisition_line.plant_code', 'po_line_source.quantity', 'po_line_source.amount');
    expect(sources).to.deep.equal([
      { plant_code: 'NB02', quantity: '60.000000', amount: '120.0000' },
      { plant_code: 'NB02', quantity: '5.000000', amount: '20.0000' },
      { plant_code: 'QD01', quantity: '100.000000', amount: '200.0000' },
    ]);
    // What the award saved against what the requisitions were approved at.
    const saved = await world.db('savings_entry').orderBy('amount').select('amount', 'budget_amount');
    expect(saved).to.deep.equal([
      { amount: '20.0000', budget_amount: '20.0000' },
      { amount: '320.0000', budget_amount: '400.0000' },
    ]);
    const comparing = await world.as(buyer.actor);
    const ofPlant = await comparing.get(`/events/${eventId}/comparison?plant=QD01`).expect(200);
    expect(ofPlant.text).to.include('Needed by NB02').and.include('Lines 1–1');
    expect((await comparing.get(`/events/${eventId}`)).text).to.include('PO-2026-0001');
    expect((await comparing.get(`/events/${eventId}/comparison?plant=NB02`)).text).to.include('Lines 1–2');
    // What was reserved is ordered, at the price it was bought for; the rest is free again.
    const commitments = await world
      .db('budget_commitment')
      .orderBy('committed')
      .select('reserved', 'committed');
    expect(commitments).to.deep.equal([
      { reserved: '0.0000', committed: '20.0000' },
      { reserved: '0.0000', committed: '120.0000' },
      { reserved: '0.0000', committed: '200.0000' },
    ]);
    const { id: orderId } = await world.db('purchase_order').first('id');
    // The record explains every state.
    expect(await world.db.transaction((tx) => findContradictions(tx))).to.deep.equal([]);
    // A week has passed, and with it the session.
    await (await world.as(buyer.actor)).get(`/orders/${orderId}`).expect(200, /PR-2026-0002/);
    await (await world.as(other.requester))
      .get(`/requisitions/${other.requisitionId}`)
      .expect(200, /PO-2026-0001/);
  });

  it('refuses an award that costs more than the budgets have left, before it binds', async () => {
    const { lineIds, requisitionId } = await approvedRequisition(world);
    const made = await buyer.post('/events/from-requisitions', { line: lineIds }).expect(303);
    const eventId = eventIdIn(made.headers['location']);
    const refused = await award(eventId, ['11']).catch((error) => error);
    expect(refused).to.include({ code: 'budget.exceeded' });
    expect(await world.db('award').first('state')).to.include({ state: 'pending_approval' });
    expect(await stateOf(requisitionId)).to.equal('sourcing');
    expect(await world.db('budget_commitment').first('reserved')).to.deep.equal({ reserved: '250.0000' });
  });

  it('asks the budgets before an order is changed, and follows what was agreed and what has come', async () => {
    const { lineIds, requisitionId } = await approvedRequisition(world);
    const made = await buyer.post('/events/from-requisitions', { line: lineIds }).expect(303);
    await award(eventIdIn(made.headers['location']), ['2']);
    await world.drainJobs();
    const { id: orderId, supplier_id } = await world.db('purchase_order').first('id', 'supplier_id');
    const supplier = await world.supplierUser(supplier_id, 'supplier_sales', 'supplier_logistics');
    const change = async (unitPrice: string) => {
      const { version } = await world.db('purchase_order').first('version');
      const [line] = await world.runInTx(buyer.actor, (ctx) => findOrderLines(ctx, orderId));
      await world.runInTx(buyer.actor, (ctx) =>
        proposeChange(ctx, {
          orderId,
          version,
          reason: 'Dearer',
          lines: [{ poLineId: line?.id ?? '', unitPrice, deliveries: line?.deliveries ?? [] }],
        }),
      );
    };
    await world.runInTx(supplier, (ctx) => acknowledgeOrder(ctx, { orderId, version: 1, note: '' }));
    expect(await change('11').catch((error) => error)).to.include({ code: 'budget.exceeded' });
    expect(await world.db('change_order').count()).to.deep.equal([{ count: 0 }]);
    await change('2.2');
    const { id: changeId, version } = await world.db('change_order').first('id', 'version');
    await world.runInTx(supplier, (ctx) => acceptChange(ctx, { orderId, changeId, version }));
    await world.drainJobs();
    expect(await world.db('budget_commitment').first('reserved', 'committed')).to.deep.equal({
      reserved: '0.0000',
      committed: '220.0000',
    });
    await world.db('po_schedule').update({ received_quantity: '100', fulfilment: 'received' });
    const sources = await world.runInTx(system('test'), (ctx) => findReceivedSources(ctx, orderId));
    await world.runInTx(system('test'), (ctx) => markReceived(ctx, sources));
    expect(await stateOf(requisitionId)).to.equal('received');
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('everything has come');
  });

  it('frees the lines when the event is cancelled, and those that are taken out of its draft', async () => {
    const { lineIds, requisitionId } = await approvedRequisition(world, {
      lines: [someLine(), someLine({ itemCode: null, description: 'Rags' })],
    });
    const made = await buyer.post('/events/from-requisitions', { line: lineIds }).expect(303);
    const eventId = eventIdIn(made.headers['location']);
    const [gloves, rags] = lineIds;
    const event = await world.runInTx(buyer.actor, (ctx) => findEvent(ctx, eventId));
    await buyer
      .post(`/events/${eventId}/edit`, {
        hasLines: 'yes',
        version: String(event.version),
        title: event.title,
        description: '',
        categoryCode: 'MACH',
        plantCode: 'QD01',
        incoterm: 'DAP',
        incotermPlace: 'Qingdao',
        currency: 'USD',
        paymentTermsDays: '30',
        closesAt: '2026-03-09T17:00',
        timeZone: 'Asia/Shanghai',
        lines: [
          { itemCode: 'GL-10', description: 'Gloves', quantity: '100', unit: 'PR', estimatedPrice: '2.5' },
        ],
        next: 'save',
      })
      .expect(303);
    expect(await progressOf(rags ?? '')).to.equal('open');
    expect(await progressOf(gloves ?? '')).to.equal('sourcing');
    await buyer.post(`/events/${eventId}/cancellation`, { reason: 'Stock was found' }).expect(303);
    expect(await progressOf(gloves ?? '')).to.equal('open');
    expect(await stateOf(requisitionId)).to.equal('approved');
    await buyer.get('/requisition-lines').expect(200, /PR-2026-0001/);
    expect(await world.db('budget_commitment').sum('reserved as sum').first()).to.deep.equal({
      sum: '500.0000',
    });
  });

  it('takes no line that is not approved, nor of another category', async () => {
    const draft = await makeRequisition(world);
    await buyer
      .post('/events/from-requisitions', { line: draft.lineIds })
      .expect(422, /requisition_line\.is-taken/);
    expect(await world.db('sourcing_event').count()).to.deep.equal([{ count: 0 }]);
    const requester = await world.as(await world.staff('requester'));
    await requester.get('/requisition-lines').expect(403);
  });

  /** Invites one supplier, which bids these prices and is awarded everything. */
  async function award(eventId: string, prices: readonly string[]): Promise<void> {
    const supplier = await makeSupplier(world);
    await world
      .db('sourcing_event')
      .where({ id: eventId })
      .update({ closes_at: new Date('2026-03-09T09:00:00Z') });
    await buyer.upload(`/events/${eventId}/invitations`, { supplierId: supplier.supplierId }, {}).expect(303);
    await buyer.post(`/events/${eventId}/publication`).expect(303);
    const items = await world.runInTx(buyer.actor, (ctx) => findEventItems(ctx, eventId));
    await submittedBid(world, { supplier, eventId, items, prices: [...prices] });
    await closeEvent(world, { closesAt: new Date('2026-03-09T09:00:00Z') });
    const opener = await world.staff('bid_opener');
    const approver = await world.staff('approver');
    await world.runInTx(opener, (ctx) => openBids(ctx, eventId));
    const awardId = await world.runInTx(buyer.actor, (ctx) =>
      proposeAward(ctx, {
        eventId,
        lines: items.map((item) => ({
          eventItemId: item.id,
          supplierId: supplier.supplierId,
          quantity: item.quantity,
          reason: '',
        })),
        justification: '',
        debrief: '',
      }),
    );
    await world.runInTx(approver, (ctx) => approveAward(ctx, awardId));
  }
});
