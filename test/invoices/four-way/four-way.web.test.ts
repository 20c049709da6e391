import { expect } from 'chai';
import { policies } from '../../../config/policies.ts';
import { matchInvoice, resumeInspected } from '../../../src/invoices/index.ts';
import { system } from '../../../src/kernel/actor.ts';
import { enteredFor, type MadeInvoice, makeInvoice, makeReceived } from '../../support/factories/invoices.ts';
import { makeWorld, type World } from '../../support/world.ts';

describe('an invoice that is matched four ways', () => {
  let world: World;
  let made: MadeInvoice;
  beforeEach(async () => {
    world = await makeWorld({ policies: { matching: { ...policies.matching, kind: 'four_way' } } });
    made = await makeInvoice(world, { of: await makeReceived(world) });
    await world.drainJobs();
  });
  afterEach(() => world.close());
  const invoice = () => world.db('invoice').where({ id: made.invoiceId }).first();
  const open = () => world.db('match_exception').where({ state: 'open' }).orderBy('expected');
  const inspect = async (line: number, defectCount: string, note = '') =>
    (await world.as(made.receipt.receiver)).post(`/receipts/${made.receipt.receipt.id}/inspections`, {
      poLineId: made.order.lines[line]?.id,
      defectCount,
      note,
    });

  it('waits for the inspection of all its lines, and goes on by itself once it is accepted', async () => {
    expect(await invoice()).to.include({ state: 'exception' });
    expect((await open()).map((one) => [one.kind, one.acts_next, Number(one.actual)])).to.deep.equal([
      ['not_inspected', 'receiver', 10],
      ['not_inspected', 'receiver', 4],
    ]);
    const told = (subject: string) => world.mails.filter((mail) => mail.subject.includes(subject)).length;
    expect([told('the goods are inspected first'), told('Please inspect GR-2026-0001')]).to.deep.equal([
      1, 1,
    ]);
    const clerk = await world.as(made.order.supplierUser);
    const seen = (await clerk.get(`/invoices/${made.invoiceId}`).expect(200)).text;
    expect(seen)
      .to.include('four ways')
      .and.to.include('The plant inspects the goods')
      .and.to.include('You have nothing to do')
      .and.not.to.include('Correct the invoice');
    // Nobody takes it uninspected.
    const buyer = await world.as(made.order.buyer);
    const { version } = await invoice();
    const taken = await buyer.post(`/invoices/${made.invoiceId}/exception-acceptance`, {
      version,
      reason: 'Trust me',
    });
    expect(taken.text).to.include('data-code="invoice.inspection-not-decided"');
    expect(await invoice()).to.include({ state: 'exception' });

    const receiver = await world.as(made.receipt.receiver);
    expect((await receiver.get('/').expect(200)).text).to.include('1 receipt to inspect');
    expect((await receiver.get(`/receipts/${made.receipt.receipt.id}`).expect(200)).text).to.include(
      'Defective pieces in a sample of 10',
    );
    expect((await inspect(0, '11')).text).to.include('The sample has 10 pieces');
    expect((await inspect(0, '1')).text).to.include('say what is wrong');
    await buyer
      .post(`/receipts/${made.receipt.receipt.id}/inspections`, {
        poLineId: made.order.lines[0]?.id,
        defectCount: '0',
      })
      .expect(403);
    expect(await world.db('inspection')).to.have.length(0);
    expect((await inspect(0, '0')).status).to.equal(303);
    await world.drainJobs();
    expect(await open()).to.have.length(1);
    expect((await inspect(0, '0')).text).to.include('inspected already');
    expect((await inspect(1, '0')).status).to.equal(303);
    await world.drainJobs();
    expect(await invoice()).to.include({ state: 'pending_approval', accepted_by: null });
    expect((await world.db('match_exception')).map((one) => one.resolved_how)).to.deep.equal([
      'inspected',
      'inspected',
    ]);
    await world.runInTx(system('test'), (ctx) => resumeInspected(ctx, made.receipt.receipt.id));
    await world.runInTx(system('test'), (ctx) => matchInvoice(ctx, made.invoiceId));
    expect(await world.db('event').where({ action: 'invoice.approval-requested' })).to.have.length(1);
  });

  it('is held where an inspection does not pass, until it is corrected or its buyer takes it with a reason', async () => {
    expect((await inspect(0, '0')).status).to.equal(303);
    expect((await inspect(1, '2', 'Threads are cut')).status).to.equal(303);
    await world.drainJobs();
    expect((await open()).map((one) => [one.kind, one.acts_next, one.amount_effect])).to.deep.equal([
      ['inspection_failed', 'supplier', '50.0000'],
    ]);
    expect(await invoice()).to.include({ state: 'exception' });
    const clerk = await world.as(made.order.supplierUser);
    expect((await clerk.get(`/invoices/${made.invoiceId}`).expect(200)).text).to.include(
      'did not pass their inspection',
    );
    const { version } = await invoice();
    const { lines, tax: _tax, ...header } = await enteredFor(world, made, { supplierNumber: 'INV-T-2' });
    const [first] = lines;
    await clerk
      .post(`/invoices/${made.invoiceId}/correction`, {
        ...header,
        tax: 'S:13',
        version,
        lines: [
          { poLineId: first?.poLineId, quantity: first?.quantity, unitPrice: first?.unitPrice, tax: '' },
        ],
      })
      .expect(303);
    await world.drainJobs();
    expect(await invoice()).to.include({ state: 'pending_approval', net_amount: '125.0000' });
  });
});
