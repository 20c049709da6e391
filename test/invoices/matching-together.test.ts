import { expect } from 'chai';
import { matchWaiting } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { makeInvoice } from '../support/factories/invoices.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('invoices that wait to be matched', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const waiting = async (lines: Parameters<typeof makeInvoice>[1] = {}): Promise<string> =>
    (await makeInvoice(world, { ...lines, isMatched: false })).invoiceId;
  const match = (): Promise<string[]> => world.runInTx(system('test'), matchWaiting);
  const stateOf = async (id: string): Promise<string> =>
    (await world.db('invoice').where({ id }).first()).state;
  const actsOn = (id: string): Promise<string[]> =>
    world.db('event').where({ subject_id: id }).orderBy('position').pluck('action');

  it('are matched together, each by its own figures, and by the next call not again', async () => {
    const right = await waiting();
    const dear = await waiting({ lines: [{ unitPrice: '20' }] });
    expect(await match()).to.have.members([right, dear]);
    expect(await stateOf(right)).to.equal('pending_approval');
    expect(await stateOf(dear)).to.equal('exception');
    expect(await actsOn(right)).to.deep.equal([
      'invoice.submitted',
      'invoice.matched',
      'invoice.approval-requested',
    ]);
    expect(await actsOn(dear)).to.deep.equal(['invoice.submitted', 'invoice.exception-raised']);
    expect(
      await world.db('match_exception').whereIn('invoice_id', [right, dear]).pluck('invoice_id'),
    ).to.deep.equal([dear]);
    expect(await match()).to.deep.equal([]);
  });

  it('are left to whoever works on their order, and nobody is waited for', async () => {
    const [held, free] = [await waiting(), await waiting()];
    const { order_id: id } = await world.db('invoice').where({ id: held }).first();
    const somebody = await world.db.transaction();
    await somebody('purchase_order').where({ id }).forUpdate().first();
    expect(await match()).to.deep.equal([free]);
    await somebody.rollback();
    expect(await match()).to.deep.equal([held]);
  });

  it('go on without one that cannot be saved, which fails by itself', async () => {
    const [good, bad] = [await waiting(), await waiting()];
    await world.db.raw(
      `ALTER TABLE invoice ADD CONSTRAINT out_of_order CHECK (id <> '${bad}' OR state = 'submitted')`,
    );
    const error = await world.drainJobs().catch((thrown: unknown) => thrown);
    expect(String(error)).to.include('out_of_order');
    expect(await stateOf(good)).to.equal('pending_approval');
    expect(await stateOf(bad)).to.equal('submitted');
    expect(await actsOn(bad)).to.deep.equal(['invoice.submitted']);
    await world.db.raw('ALTER TABLE invoice DROP CONSTRAINT out_of_order');
    await world.drainJobs();
    expect(await stateOf(bad)).to.equal('pending_approval');
    expect((await actsOn(good)).filter((action) => action === 'invoice.matched')).to.have.length(1);
  });
});
