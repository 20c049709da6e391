import { expect } from 'chai';
import fc from 'fast-check';
import {
  approveInvoice,
  cancelPaymentRun,
  makePaymentRun,
  payInvoice,
  refusePayment,
  releasePaymentRun,
  settlePayments,
  takeOutOfRun,
} from '../../src/invoices/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

type Step = { act: string; by: number; which: number; amount: string };

/** A run that goes through; chance finds one seldom. */
const WHOLE_RUN: Step[] = [
  { act: 'make', by: 0, which: 0, amount: 'right' },
  { act: 'release', by: 1, which: 0, amount: 'right' },
  { act: 'settle', by: 0, which: 0, amount: 'right' },
];

describe('any sequence of payment runs, releases, results and payments by hand', () => {
  let world: World;
  let finance: readonly [Actor, Actor];
  before(async () => {
    world = await makeWorld();
    finance = [await world.staff('finance'), await world.staff('finance')];
  });
  after(() => world.close());

  /** Two approved invoices of one order. */
  async function makeApproved(supplierUser: Actor, buyer: Actor): Promise<string[]> {
    const order = await makeOrder(world, { supplierUser, buyer });
    const of = await makeReceived(world, { order });
    const made = [
      await makeInvoice(world, { of, lines: [{ quantity: '3' }, { quantity: '' }] }),
      await makeInvoice(world, { of, lines: [{ quantity: '7' }, { quantity: '' }] }),
    ];
    for (const { invoiceId } of made) {
      const { version } = await world.db('invoice').where({ id: invoiceId }).first();
      await world.runInTx(finance[0], (ctx) => approveInvoice(ctx, { invoiceId, version }));
    }
    return made.map((one) => one.invoiceId);
  }

  /** Plays a step; what the rules refuse is refused. Every amount the bank would carry is noted. */
  async function play(step: Step, of: { ids: readonly string[]; carried: string[] }): Promise<void> {
    const actor = finance[step.by % 2] ?? finance[0];
    const attempt = (act: (ctx: Ctx) => Promise<unknown>): Promise<boolean> =>
      world.runInTx(actor, act).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof AppError)) throw error;
          return false;
        },
      );
    if (step.act === 'make') {
      const invoiceIds = step.which === 0 ? of.ids : of.ids.filter((_, index) => index === step.which % 2);
      await attempt((ctx) =>
        makePaymentRun(ctx, { currency: 'USD', dueUntil: '2026-12-31', payOn: '2026-03-02', invoiceIds }),
      );
      return;
    }
    if (step.act === 'by-hand') {
      const invoice = await world
        .db('invoice')
        .where({ id: of.ids[step.which % 2] })
        .first();
      const paid = { paidOn: '2026-03-02', paymentReference: 'hand' };
      if (
        await attempt((ctx) => payInvoice(ctx, { invoiceId: invoice.id, version: invoice.version, ...paid }))
      )
        of.carried.push(invoice.id);
      return;
    }
    const runs = await world
      .db('payment_run')
      .whereIn(
        'id',
        world
          .db('payment')
          .join('payment_line', 'payment_line.payment_id', 'payment.id')
          .whereIn('payment_line.invoice_id', of.ids)
          .select('payment.run_id'),
      )
      .orderBy('created_at');
    const run = runs[step.which % Math.max(runs.length, 1)];
    if (run === undefined) return;
    const named = { runId: run.id as string, version: run.version as number };
    const payment = await world.db('payment').where({ run_id: run.id }).first();
    const lines = await world.db('payment_line').where({ payment_id: payment.id, holds: true });
    const line = lines[step.which % Math.max(lines.length, 1)];
    const sum = addDecimals(lines.map((one) => one.amount));
    if (step.act === 'take-out' && line !== undefined)
      await attempt((ctx) => takeOutOfRun(ctx, { ...named, lineId: line.id, reason: 'later' }));
    if (step.act === 'cancel') await attempt((ctx) => cancelPaymentRun(ctx, { ...named, reason: 'no' }));
    if (step.act === 'release') await attempt((ctx) => releasePaymentRun(ctx, named));
    if (step.act === 'refuse')
      await attempt((ctx) => refusePayment(ctx, { ...named, paymentId: payment.id, reason: 'closed' }));
    if (step.act === 'settle') {
      const amount = step.amount === 'right' ? sum : addDecimals([sum, step.amount]);
      const result = { reference: payment.reference, paidOn: '2026-03-02', amount, bankReference: null };
      if (await attempt((ctx) => settlePayments(ctx, { ...named, results: [result] }))) {
        expect(step.amount, 'another amount was taken').to.equal('right');
        of.carried.push(...lines.map((one) => one.invoice_id));
      }
    }
  }

  /** What must hold after each sequence, read from the tables themselves. */
  async function assertSound(ids: readonly string[], carried: readonly string[]): Promise<number> {
    for (const id of ids) {
      const invoice = await world.db('invoice').where({ id }).first();
      const holding = await world.db('payment_line').where({ invoice_id: id, holds: true });
      const times = carried.filter((one) => one === id).length;
      expect(times, 'paid twice').to.be.at.most(1);
      expect(times === 1, 'paid says so').to.equal(invoice.state === 'paid');
      expect(holding.length, 'held by one payment at most').to.be.at.most(1);
      for (const line of holding)
        expect(compareDecimals(line.amount, invoice.gross_amount), 'for what it was approved for').to.equal(
          0,
        );
      if (invoice.state === 'approved') expect(holding, 'approved and held').to.have.length(0);
      if (invoice.state === 'scheduled') expect(holding, 'scheduled and not held').to.have.length(1);
      const byRun = invoice.state === 'paid' && invoice.payment_reference !== 'hand';
      if (byRun) expect(holding, 'paid by the payment that holds it').to.have.length(1);
    }
    return carried.length;
  }

  it('pays no invoice twice, nor another amount than it was approved for, nor by one person alone', async () => {
    const step = fc.record({
      act: fc.constantFrom(
        'make',
        'make',
        'release',
        'release',
        'settle',
        'settle',
        'refuse',
        'take-out',
        'cancel',
        'by-hand',
      ),
      by: fc.nat({ max: 1 }),
      which: fc.nat({ max: 2 }),
      amount: fc.constantFrom('right', 'right', '0.01', '100'),
    });
    const buyer = await world.staff('buyer');
    const { supplierUser } = await makeOrder(world);
    let paid = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
        const ids = await makeApproved(supplierUser, buyer);
        const carried: string[] = [];
        for (const one of steps) await play(one, { ids, carried });
        paid += await assertSound(ids, carried);
      }),
      { numRuns: 25, examples: [[WHOLE_RUN]] },
    );
    expect(paid, 'some sequences do reach a payment').to.be.above(0);
    const byBank = await world.db('payment').where({ state: 'paid' });
    expect(byBank.length, 'also by a run').to.be.above(0);
    const alone = await world.db('payment_run').whereRaw('released_by = created_by');
    expect(alone).to.have.length(0);
  }).timeout(120_000);
});
