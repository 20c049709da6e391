import { expect } from 'chai';
import fc from 'fast-check';
import {
  acceptExceptions,
  approveInvoice,
  correctInvoice,
  matchInvoice,
  payInvoice,
  rejectInvoice,
  submitInvoice,
} from '../../src/invoices/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { makeReceipt } from '../support/factories/deliveries.ts';
import { enteredFor } from '../support/factories/invoices.ts';
import { type MadeOrder, makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

type Step = { act: string; which: number; quantity: string; unitPrice: string };

// Whatever the dice say, one sequence goes the whole way: a property about payments that saw none would say nothing.
const WHOLE_WAY: Step[] = ['submit', 'match', 'approve', 'pay'].map((act) => ({
  act,
  which: 0,
  quantity: '4',
  unitPrice: '12.50',
}));

describe('any sequence of receipts, invoices, corrections and decisions', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  /** Plays a step on one of the order's invoices or receipts; what the rules refuse is refused. */
  async function play(step: Step, of: { order: MadeOrder; finance: Actor }): Promise<void> {
    const { order, finance } = of;
    const refusable = async (actor: Actor, act: (ctx: Ctx) => Promise<unknown>): Promise<void> => {
      await world.runInTx(actor, act).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
    };
    if (step.act === 'receive') {
      await makeReceipt(world, order, { quantities: [step.quantity, '0'] }).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
      return;
    }
    const receipts = await world.db('goods_receipt').where({ order_id: order.order.id }).orderBy('posted_at');
    const receiptRow = receipts[step.which % Math.max(receipts.length, 1)];
    const invoices = await world.db('invoice').where({ order_id: order.order.id }).orderBy('created_at');
    const invoice = invoices[step.which % Math.max(invoices.length, 1)];
    if (receiptRow === undefined) return;
    const entered = await enteredFor(
      world,
      { order, receipt: { receipt: { id: receiptRow.id } } as never },
      { lines: [{ quantity: step.quantity, unitPrice: step.unitPrice }, { quantity: '' }] },
    );
    if (step.act === 'submit')
      return refusable(order.supplierUser, (ctx) =>
        submitInvoice(ctx, { receiptId: receiptRow.id, entered }),
      );
    if (invoice === undefined) return;
    const named = { invoiceId: invoice.id as string, version: invoice.version as number };
    if (step.act === 'match') await refusable(finance, (ctx) => matchInvoice(ctx, named.invoiceId));
    if (step.act === 'correct')
      await refusable(order.supplierUser, (ctx) => correctInvoice(ctx, { ...named, entered }));
    if (step.act === 'accept')
      await refusable(order.buyer, (ctx) => acceptExceptions(ctx, { ...named, reason: 'agreed' }));
    if (step.act === 'approve') await refusable(finance, (ctx) => approveInvoice(ctx, named));
    if (step.act === 'reject')
      await refusable(finance, (ctx) => rejectInvoice(ctx, { ...named, reason: 'no' }));
    if (step.act === 'pay')
      await refusable(finance, (ctx) =>
        payInvoice(ctx, { ...named, paidOn: '2026-03-02', paymentReference: 'P' }),
      );
  }

  /** What must hold after each step, read from the tables themselves. */
  async function assertSound(order: MadeOrder): Promise<{ paid: number }> {
    const [line] = order.lines;
    const schedule = await world.db('po_schedule').where({ po_line_id: line?.id }).first();
    const lines = await world
      .db('invoice_line')
      .join('invoice', 'invoice.id', 'invoice_line.invoice_id')
      .where({ 'invoice_line.po_line_id': line?.id })
      .whereNot({ 'invoice.state': 'rejected' })
      .select('invoice_line.quantity');
    const invoiced = addDecimals(lines.map((one) => one.quantity));
    expect(compareDecimals(invoiced, schedule.invoiced_quantity), 'booked as invoiced').to.equal(0);
    expect(compareDecimals(invoiced, schedule.received_quantity), 'not more than received').to.be.at.most(0);
    const paid = await world.db('invoice').where({ order_id: order.order.id, state: 'paid' });
    for (const invoice of paid) {
      const open = await world.db('match_exception').where({ invoice_id: invoice.id, state: 'open' });
      expect(open, 'paid with an open difference').to.have.length(0);
      const own = await world.db('invoice_line').where({ invoice_id: invoice.id }).first();
      const isAsOrdered = compareDecimals(own.unit_price, line?.unitPrice ?? '0') === 0;
      expect(
        isAsOrdered || invoice.accepted_by === order.buyer.userId,
        'paid as ordered or as accepted',
      ).to.equal(true);
      const { content } = await world
        .db('invoice_version')
        .where({ invoice_id: invoice.id, version: invoice.current_version })
        .first();
      expect(compareDecimals(content.grossAmount, invoice.gross_amount), 'paid what was sent').to.equal(0);
    }
    return { paid: paid.length };
  }

  it('invoices no more than was received, and pays nothing that was not matched or accepted', async () => {
    const step = fc.record({
      act: fc.constantFrom(
        'receive',
        'submit',
        'submit',
        'match',
        'match',
        'correct',
        'accept',
        'approve',
        'approve',
        'reject',
        'pay',
        'pay',
      ),
      which: fc.nat({ max: 3 }),
      quantity: fc.constantFrom('1', '2.5', '4', '10'),
      unitPrice: fc.constantFrom('12.50', '12.50', '13', '11'),
    });
    const finance = await world.staff('finance');
    const buyer = await world.staff('buyer');
    const supplierUser = (await makeOrder(world)).supplierUser;
    let paid = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const order = await makeOrder(world, { buyer, supplierUser });
        await play({ act: 'receive', which: 0, quantity: '4', unitPrice: '' }, { order, finance });
        for (const one of steps) await play(one, { order, finance });
        paid += (await assertSound(order)).paid;
      }),
      { numRuns: 25, examples: [[WHOLE_WAY]] },
    );
    expect(paid, 'some sequences do reach a payment').to.be.above(0);
  }).timeout(120_000);
});
