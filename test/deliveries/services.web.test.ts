import { expect } from 'chai';
import { job as remindOfWork } from '../../jobs/deliveries/every-hour-remind-of-work.ts';
import { matchInvoice, submitInvoice } from '../../src/invoices/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeRequisition } from '../support/factories/requisitions.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');

describe('work on an order', () => {
  let world: World;
  let made: MadeOrder;
  let supplier: Visitor;
  let buyer: Visitor;
  let receiver: Visitor;
  let page: string;
  before(async () => {
    world = await makeWorld();
    made = await makeOrder(world, {
      lines: [{ unit: 'HUR', quantity: '40', description: 'Assembly of the line' }, { quantity: '4' }],
    });
    page = `/orders/${made.order.id}/work`;
    supplier = await world.as(made.supplierUser);
    buyer = await world.as(made.buyer);
    receiver = await world.as(await world.staff('receiver'));
  });
  after(() => world.close());

  const workLine = (): string => made.lines[0]?.id ?? '';
  const state = (over: Record<string, string> = {}, files: Record<string, [string, Buffer]> = {}) =>
    supplier.upload(
      page,
      {
        idempotencyKey: newId(),
        poLineId: workLine(),
        workedFrom: '2026-03-01',
        workedUntil: '2026-03-02',
        quantity: '12.5',
        description: 'Two fitters, frames set up',
        ...over,
      },
      files,
    );
  const entry = () => world.db('service_entry').orderBy('reference', 'desc').first();
  const answer = async (who: Visitor, how: string, more: Record<string, string> = {}) =>
    who.post(`${page}/${how}`, { entryId: (await entry()).id, ...more });
  const received = async (): Promise<number> =>
    Number((await world.db('po_schedule').where({ po_line_id: workLine() }).first()).received_quantity);
  const acts = () => world.db('event').where('action', 'like', 'service_entry.%').orderBy('position');

  it('is neither announced nor counted, and leaves no trace where somebody tries', async () => {
    expect((await supplier.get(`/orders/${made.order.id}`).expect(200)).text).to.include(page);
    const form = await supplier.get(`/orders/${made.order.id}/despatches/new`).expect(200);
    expect(form.text).to.include('Bracket A').and.not.to.include('Assembly of the line');
    const lines = [{ poLineId: workLine(), quantity: '1' }];
    const times = { despatchedOn: '2026-03-02', expectedOn: '2026-03-03' };
    const announced = await supplier.post(`/orders/${made.order.id}/despatches`, {
      idempotencyKey: newId(),
      ...times,
      lines,
    });
    expect(announced.status).to.equal(422);
    expect(announced.text).to.include('Line 1 is work');
    const counted = await receiver.post(`/orders/${made.order.id}/receipts`, {
      idempotencyKey: newId(),
      receivedOn: '2026-03-02',
      lines,
    });
    expect(counted.status).to.equal(422);
    expect(counted.text).to.include('Line 1 is work');
    expect(await world.db('despatch_advice')).to.have.length(0);
    expect(await world.db('goods_receipt')).to.have.length(0);
  });

  it('is stated with its files, once a form, and not beyond what is open', async () => {
    for (const [over, words] of [
      [{ quantity: '41' }, 'At most 40 is open'],
      [{ quantity: '' }, 'Fill this in'],
      [{ workedUntil: '2026-03-03' }, 'still to come'],
      [{ poLineId: made.lines[1]?.id ?? '' }, 'Line 2 is goods'],
      [{ description: '' }, 'Fill this in'],
    ] as const) {
      const refused = await state(over);
      expect(refused.status).to.equal(422);
      expect(refused.text)
        .to.include(words)
        .and.to.include(`value="${'quantity' in over ? over.quantity : '12.5'}"`);
    }
    expect(await world.db('service_entry')).to.have.length(0);
    const key = { idempotencyKey: newId() };
    for (const _ of [1, 2]) expect((await state(key, { files: ['hours.pdf', PDF] })).status).to.equal(303);
    expect(await world.db('service_entry')).to.have.length(1);
    expect((await state({ quantity: '28' })).text).to.include('At most 27.5 is open');
    await world.drainJobs();
    const { email } = await world.db('user_account').where({ id: made.buyer.userId }).first('email');
    const asked = world.mails.filter((mail) => mail.to.address === email && mail.subject.includes('SES-'));
    expect(asked).to.have.length(1);
    expect(asked[0]?.text).to.match(/Quantity: [\d.]+ hours?\b/);
    const seen = await buyer.get(page).expect(200);
    expect(seen.text).to.include('hours.pdf').and.to.include('Two fitters').and.to.include('Accept the work');
    expect((await buyer.get('/').expect(200)).text).to.include('1 statement of work to accept');
  });

  it('is answered by nobody else, and refused with a reason alone', async () => {
    const otherBuyer = await world.as(await world.staff('buyer'));
    expect((await otherBuyer.get(page).expect(200)).text).not.to.include('Accept the work');
    expect((await answer(otherBuyer, 'acceptance')).text).to.include('Only the order’s buyer');
    expect((await answer(receiver, 'acceptance')).status).to.equal(403);
    expect((await answer(supplier, 'acceptance')).status).to.equal(404);
    const stranger = await world.as((await makeSupplier(world)).actor);
    await stranger.get(page).expect(404);
    expect((await answer(stranger, 'withdrawal')).status).to.equal(404);
    expect((await answer(buyer, 'refusal', { reason: ' ' })).status).to.equal(422);
    expect(await entry()).to.include({ state: 'submitted', decided_by: null });
    expect((await answer(buyer, 'refusal', { reason: 'One fitter only' })).status).to.equal(303);
    expect(await received()).to.equal(0);
    await world.drainJobs();
    expect(world.mails.at(-1)?.text).to.include('One fitter only');
    expect((await answer(buyer, 'acceptance')).text).to.include('answered or taken back already');
  });

  it('counts as received once it is accepted: the supplier can invoice it, and the order goes on', async () => {
    expect((await state({ quantity: '50 %' })).status).to.equal(303);
    const mails = world.mails.length;
    expect((await answer(buyer, 'acceptance')).status).to.equal(303);
    expect((await answer(buyer, 'acceptance')).status).to.equal(422);
    expect(await received()).to.equal(20);
    const { goods_receipt_id: receiptId } = await entry();
    expect(await world.db('goods_receipt')).to.have.length(1);
    expect(await world.db('purchase_order').where({ id: made.order.id }).first()).to.include({
      state: 'part_received',
    });
    const line = { poLineId: workLine(), quantity: '20', unitPrice: '12.5', tax: null, row: 0 };
    const tax = { category: 'S', rate: '13' } as const;
    const entered = { supplierNumber: 'W-1', issuedOn: '2026-03-02', tax, lines: [line] };
    const invoiceId = await world.runInTx(made.supplierUser, (ctx) =>
      submitInvoice(ctx, { receiptId, entered }),
    );
    await world.runInTx(system('test'), (ctx) => matchInvoice(ctx, invoiceId));
    expect(await world.db('invoice').where({ id: invoiceId }).first()).to.include({
      state: 'pending_approval',
    });
    await world.drainJobs();
    const told = world.mails.slice(mails).map((mail) => mail.subject);
    expect(told.filter((subject) => subject.includes('is accepted'))).to.have.length(1);
    expect(told.filter((subject) => subject.includes('GR-'))).to.have.length(0);
    const rows = await acts();
    expect(rows.map((row) => row.to_state).join(' ')).to.equal('submitted refused submitted accepted');
  });

  it('is taken back by its supplier, and never accepted by silence', async () => {
    await state({ quantity: '5' });
    expect((await answer(supplier, 'withdrawal')).status).to.equal(303);
    await state({ quantity: '20' });
    // What waits is answered first: closing the line short would leave nothing to accept it on.
    const short = await buyer.post(`/orders/${made.order.id}/short-closing`, {
      line: workLine(),
      reason: 'x',
    });
    expect(short.status).to.equal(422);
    expect(short.text).to.include('On line 1 work is stated and waits');
    expect((await buyer.get(`/orders/${made.order.id}`)).text).to.include('Work is stated');
    const run = () => remindOfWork.run({ runInTx: world.house.runInTx } as JobHouse);
    await run();
    world.setNow('2026-03-20T10:00:00Z');
    for (const _ of [1, 2]) await run();
    expect((await acts()).filter((row) => row.action === 'service_entry.reminded')).to.have.length(1);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('still waits for your answer');
    expect(await entry()).to.include({ state: 'submitted' });
    expect(await received()).to.equal(20);
  });

  it('is accepted by who asked for it, who sees it and no other order, unless the same person pays', async () => {
    const asks = await world.staff('requester');
    const asksAndPays = await world.staff('requester', 'finance');
    const need = async (who: Actor) => {
      const { lineIds } = await makeRequisition(world, { requester: who });
      const source = { po_line_id: workLine(), requisition_line_id: lineIds[0], quantity: '40', amount: '1' };
      await world.db('po_line_source').insert(source);
    };
    await need(asks);
    await need(asksAndPays);
    await (await world.as(await world.staff('requester'))).get(page).expect(404);
    expect((await answer(await world.as(asksAndPays), 'acceptance')).text).to.include(
      'approve or pay invoices',
    );
    expect(await received()).to.equal(20);
    const requester = await world.as(asks);
    expect((await requester.get(page).expect(200)).text).to.include('Accept the work');
    expect((await answer(requester, 'acceptance')).status).to.equal(303);
    expect(await received()).to.equal(40);
  });
});
