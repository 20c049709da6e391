import { expect } from 'chai';
import { job as remindLate } from '../../jobs/deliveries/every-hour-remind-of-nonconformances.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import type { JobHouse } from '../../src/platform/queue/job.ts';
import { makeDespatch } from '../support/factories/deliveries.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

type Row = Record<string, string>;

describe('goods that are not as they should be', () => {
  let world: World;
  let made: MadeOrder;
  let receiver: Visitor;
  let supplier: Visitor;
  beforeEach(async () => {
    world = await makeWorld();
    made = await makeOrder(world);
    receiver = await world.as(await world.staff('receiver'));
    supplier = await world.as(made.supplierUser);
  });
  afterEach(() => world.close());

  const receive = async (rows: readonly Row[]) => {
    const despatch = await makeDespatch(world, made, { quantities: ['6', '4'] });
    return receiver.post(`/despatches/${despatch.id}/receipt`, {
      idempotencyKey: newId(),
      receivedOn: '2026-03-02',
      note: '',
      lines: rows.map((row, index) => ({ poLineId: made.lines[index]?.id ?? '', ...row })),
    });
  };
  const ncr = () => world.db('nonconformance').orderBy('opened_at', 'desc').first();
  const act = async (who: Visitor, what: string, more: Row = {}) => {
    const { id, version } = await ncr();
    return who.post(`/nonconformances/${id}/${what}`, { version: String(version), ...more });
  };
  const answer = async (step: string, body: string, files: Record<string, [string, Buffer]> = {}) => {
    const { id, version } = await ncr();
    return supplier.upload(`/nonconformances/${id}/answer`, { version: String(version), step, body }, files);
  };
  const received = async () =>
    (
      await world
        .db('po_schedule')
        .join('po_line', 'po_line.id', 'po_schedule.po_line_id')
        .where('po_line.order_id', made.order.id)
        .orderBy('po_line.line_no')
        .select('received_quantity as received')
    ).map((row) => Number(row.received));

  it('are rejected at the receipt: not received, and the supplier answers its 8D until we close it', async () => {
    const posted = await receive([
      { quantity: '4', rejectedQuantity: '2', rejectionReason: 'Two housings are cracked' },
      { quantity: '4' },
    ]);
    expect(posted.status).to.equal(303);
    expect(await received()).to.deep.equal([4, 4]);
    expect(await world.db('despatch_advice').first()).to.include({ state: 'part_received' });
    const page = await receiver.get(String(posted.headers['location'])).expect(200);
    expect(page.text).to.include('2 rejected').and.to.include('NCR-2026-0001');
    expect(page.text).not.to.include('data-short');
    expect(await ncr()).to.include({ state: 'sent', found: 'at_receipt', needs_8d: true });
    await world.drainJobs();
    const mail = world.mails.find((one) => one.subject.startsWith('NCR-2026-0001'));
    expect(mail?.text).to.include('Two housings are cracked');
    expect((await supplier.get('/').expect(200)).text).to.include('1 complaint about goods to answer');

    expect((await answer('contained', 'Stock is blocked and sorted')).status).to.equal(303);
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    expect(
      (await answer('root_cause', 'Cooling too fast', { files: ['fishbone.pdf', pdf] })).status,
    ).to.equal(303);
    expect((await act(receiver, 'return', { reason: 'Why was it not noticed?' })).status).to.equal(303);
    expect(await ncr()).to.include({ state: 'returned' });
    await world.drainJobs();
    expect(world.mails.at(-1)?.text).to.include('Why was it not noticed?');
    expect((await answer('root_cause', 'Cooling too fast; no check after it')).status).to.equal(303);
    expect((await answer('action', 'Slower cooling, crack test from 9 March')).status).to.equal(303);
    expect((await act(receiver, 'closure', { note: '' })).status).to.equal(422);
    expect(
      (await act(receiver, 'verification', { body: 'Three deliveries without a crack' })).status,
    ).to.equal(303);
    expect((await act(receiver, 'closure', { note: 'Done' })).status).to.equal(303);
    expect(await ncr()).to.include({ state: 'closed', due_at: null, closing_note: 'Done' });
    const end = await supplier.get(`/nonconformances/${(await ncr()).id}`).expect(200);
    for (const words of ['fishbone.pdf', 'Why was it not noticed?', 'Three deliveries without a crack'])
      expect(end.text).to.include(words);
    const acts = await world.db('event').where('action', 'like', 'nonconformance.%').orderBy('position');
    expect(acts.map((one) => one.to_state).join(' ')).to.equal(
      'sent contained root_cause returned root_cause action verification closed',
    );
  });

  it('can be delivered anew: what was rejected is open on the order', async () => {
    await receive([{ quantity: '4', rejectedQuantity: '2', rejectionReason: 'Cracked' }, { quantity: '4' }]);
    const again = await makeDespatch(world, made);
    const lines = await world.db('despatch_line').where({ despatch_advice_id: again.id });
    const [first] = made.lines;
    const line = lines.find((one) => one.po_line_id === first?.id);
    expect(Number(line?.quantity)).to.equal(Number(first?.quantity) - 4);
  });

  for (const [what, row, words] of [
    ['without a reason', { rejectedQuantity: '2' }, 'say what is wrong'],
    ['with more defects than were looked at', { defectCount: '9' }, 'at most 6 are looked at'],
    ['as if a failed sample had passed', { defectCount: '1' }, 'Say how many you reject'],
  ] as const)
    it(`are not received ${what}; nothing is posted and what was typed stays`, async () => {
      const quantity = 'rejectedQuantity' in row ? '4' : '6';
      const refused = await receive([
        { quantity, ...row },
        { quantity: '3', shortfallReason: 'Missing' },
      ]);
      expect(refused.status).to.equal(422);
      expect(refused.text).to.include(words).and.to.include('value="Missing"');
      expect(await world.db('goods_receipt')).to.have.length(0);
      expect(await ncr()).to.equal(undefined);
      expect(await received()).to.deep.equal([0, 0]);
    });

  it('keep what the sample said', async () => {
    await receive([{ quantity: '6', defectCount: '0' }, { quantity: '4' }]);
    const lines = await world.db('goods_receipt_line').orderBy('quantity', 'desc');
    expect(lines[0]).to.include({ sample_size: 6, acceptance_number: 0, defect_count: 0 });
    expect(lines[1]).to.include({ sample_size: null });
  });

  describe('and were taken', () => {
    let receiptId: string;
    const report = (over: Row = {}, who: Visitor = receiver) =>
      who.post(`/receipts/${receiptId}/nonconformances`, {
        poLineId: made.lines[0]?.id ?? '',
        quantity: '2',
        defect: 'Paint comes off',
        severity: 'minor',
        disposition: 'return',
        claim: 'none',
        claimAmount: '',
        ...over,
      });
    beforeEach(async () => {
      await receive([{ quantity: '6' }, { quantity: '4' }]);
      receiptId = (await world.db('goods_receipt').first()).id;
    });

    it('are reported afterwards; what goes back counts as received no more', async () => {
      expect((await report()).status).to.equal(303);
      expect(await ncr()).to.include({ found: 'afterwards', needs_8d: false, state: 'sent' });
      expect(Number((await ncr()).returned_quantity)).to.equal(2);
      expect(await received()).to.deep.equal([4, 4]);
      expect((await act(receiver, 'closure', { note: 'Credit is on its way' })).status).to.equal(303);
      expect(await ncr()).to.include({ state: 'closed' });
    });

    it('not more than were received and not reported before, and a debit says how much', async () => {
      for (const [over, words] of [
        [{ quantity: '6.5' }, 'Only 6 were received'],
        [{ claim: 'debit' }, 'needs its amount'],
        [{ quantity: '0' }, 'Paint comes off'],
        [{ defect: '' }, 'name="defect"'],
      ] as const) {
        const refused = await report(over);
        expect(refused.status).to.equal(422);
        expect(refused.text).to.include(words);
      }
      expect(await ncr()).to.equal(undefined);
      expect(await received()).to.deep.equal([6, 4]);
      expect((await report({ quantity: '5', disposition: 'use_as_is' })).status).to.equal(303);
      expect((await report({ quantity: '2' })).text).to.include('Only 1 were received');
      expect(await world.db('nonconformance')).to.have.length(1);
    });

    it('are no other supplier’s to see, and answered by nobody who may not', async () => {
      await report({ needs8d: 'yes' });
      const path = `/nonconformances/${(await ncr()).id}`;
      const other = await world.as((await makeSupplier(world)).actor);
      await other.get(path).expect(404);
      expect((await other.get('/nonconformances').expect(200)).text).not.to.include('NCR-2026-0001');
      const finance: Actor = await world.staff('finance');
      await (await world.as(finance)).get(path).expect(200);
      expect((await act(await world.as(finance), 'return', { reason: 'x' })).status).to.equal(403);
      expect((await act(receiver, 'return', { reason: 'x' })).status).to.equal(422);
      expect(await ncr()).to.include({ state: 'sent' });
    });

    it('answer a stale page with 409', async () => {
      await report({ needs8d: 'yes' });
      const { id } = await ncr();
      const stale = await supplier.upload(
        `/nonconformances/${id}/answer`,
        { version: '9', step: 'contained', body: 'Sorted' },
        {},
      );
      expect(stale.status).to.equal(409);
      expect(stale.text).to.include('Sorted');
      expect(await world.db('corrective_action')).to.have.length(0);
    });

    it('remind who is late, once, and end nothing', async () => {
      await report({ needs8d: 'yes' });
      const run = () => remindLate.run({ runInTx: world.house.runInTx } as JobHouse);
      await run();
      expect(await world.db('event').where({ action: 'nonconformance.reminded' })).to.have.length(0);
      world.setNow('2026-03-05T10:00:00Z');
      for (const _ of [1, 2]) await run();
      expect(await world.db('event').where({ action: 'nonconformance.reminded' })).to.have.length(1);
      await world.drainJobs();
      expect(world.mails.map((mail) => mail.subject)).to.include('NCR-2026-0001 waits for you');
      expect(await ncr()).to.include({ state: 'sent' });
    });
  });
});
