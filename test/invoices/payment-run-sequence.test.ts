import { expect } from 'chai';
import fc from 'fast-check';
import {
  acceptProposal,
  proposeEarlyPayment,
  takeHouseOffers,
} from '../../src/invoices/early-payment/early-payment.service.ts';
import { discountOn } from '../../src/invoices/early-payment/early-payment.ts';
import {
  answerCreditNote,
  approveCreditNote,
  approveInvoice,
  askForRelease,
  cancelPaymentRun,
  makePaymentRun,
  matchInvoice,
  passTimeOnEarlyPayment,
  payInvoice,
  refusePayment,
  releasePaymentRun,
  releaseRetention,
  sendDebitNote,
  settlePayments,
  submitCreditNote,
  submitInstalmentInvoice,
  takeOutOfRun,
} from '../../src/invoices/index.ts';
import { getInvoicePage } from '../../src/invoices/invoice-page.service.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/id.ts';
import { addDecimals, compareDecimals, subtractDecimals } from '../../src/kernel/money.ts';
import type { PaymentPlan } from '../../src/orders/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { makeInvoice, makeReceived } from '../support/factories/invoices.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeWorld, type World } from '../support/world.ts';

type Step = { act: string; by: number; which: number; amount: string };
type Played = {
  readonly ids: readonly string[];
  /** What was paid of their order in advance. */
  readonly prepaidId: string;
  readonly carried: Map<string, string>;
  readonly supplierUser: Actor;
};

/** A run that goes through; chance finds one seldom. */
const WHOLE_RUN: Step[] = [
  { act: 'make', by: 0, which: 0, amount: 'right' },
  { act: 'release', by: 1, which: 0, amount: 'right' },
  { act: 'settle', by: 0, which: 0, amount: 'right' },
];

/** Each invoice (3 × 12.50 and 7 × 12.50, with 13 % tax) is made cheaper before and after a run that fails. */
const CREDITED: Step[] = [
  { act: 'credit', by: 0, which: 0, amount: 'right' },
  ...WHOLE_RUN.slice(0, 2),
  { act: 'claim', by: 0, which: 0, amount: '100' },
  { act: 'refuse', by: 0, which: 0, amount: 'right' },
  { act: 'credit', by: 0, which: 1, amount: '0.01' },
  { act: 'make', by: 0, which: 0, amount: 'right' },
  { act: 'release', by: 1, which: 1, amount: 'right' },
  { act: 'settle', by: 0, which: 1, amount: 'right' },
];
/** A discount is taken in time, after a credit; another is agreed, ordered in time, and paid too late. */
const EARLY: Step[] = [
  { act: 'early', by: 0, which: 0, amount: 'right' },
  { act: 'credit', by: 0, which: 0, amount: 'right' },
  { act: 'make', by: 0, which: 0, amount: 'right' },
  { act: 'release', by: 1, which: 0, amount: 'right' },
  { act: 'settle', by: 0, which: 0, amount: 'right' },
];
const TOO_LATE: Step[] = [
  { act: 'propose', by: 0, which: 1, amount: 'right' },
  { act: 'make', by: 0, which: 1, amount: 'right' },
  { act: 'release', by: 1, which: 0, amount: 'right' },
  { act: 'wait', by: 0, which: 0, amount: 'right' },
  { act: 'settle', by: 0, which: 0, amount: 'right' },
  { act: 'make', by: 0, which: 1, amount: 'right' },
  { act: 'release', by: 1, which: 1, amount: 'right' },
  { act: 'settle', by: 0, which: 1, amount: 'right' },
];
const RELEASED_TOO_LATE: Step[] = [
  ...TOO_LATE.slice(0, 2),
  { act: 'wait', by: 0, which: 0, amount: 'right' },
  ...WHOLE_RUN.slice(1),
];
/** What was held back is asked for by one, released by the other, and paid by a second run, less what is to our credit. */
const RETAINED: Step[] = [
  ...WHOLE_RUN,
  { act: 'ask-release', by: 0, which: 0, amount: 'right' },
  { act: 'let-go', by: 0, which: 0, amount: 'right' },
  { act: 'let-go', by: 1, which: 0, amount: 'right' },
  { act: 'claim', by: 0, which: 0, amount: '0.01' },
  { act: 'make', by: 1, which: 0, amount: 'right' },
  { act: 'release', by: 0, which: 1, amount: 'right' },
  { act: 'settle', by: 0, which: 1, amount: 'right' },
];
/** Claims cover both invoices: nothing goes to the bank. */
const COVERED: Step[] = [
  { act: 'claim', by: 0, which: 0, amount: '100' },
  { act: 'claim', by: 0, which: 0, amount: '100' },
  ...WHOLE_RUN,
];

const PLAN: PaymentPlan = {
  instalments: [
    {
      no: 0,
      kind: 'prepayment',
      name: '',
      percent: null,
      amount: '10',
      expectedOn: null,
      needsGuarantee: false,
    },
  ],
  retention: { percent: '10', releaseAfter: null, releaseUnit: 'days' },
};

describe('any sequence of payment runs, releases, results and payments by hand', () => {
  let world: World;
  let finance: readonly [Actor, Actor];
  let serial = 0;
  before(async () => {
    const earlyPayment = {
      isOn: true,
      annualPercent: '8',
      leastDays: 5,
      leadWorkingDays: 2,
      budgets: { USD: '100000' },
    };
    world = await makeWorld({ policies: { earlyPayment } });
    finance = [await world.staff('finance'), await world.staff('finance')];
  });
  after(() => world.close());

  /** Two approved invoices of one order, of which 10 was invoiced in advance and 10 % is held back. */
  async function makeApproved(supplierUser: Actor, buyer: Actor): Promise<Pick<Played, 'ids' | 'prepaidId'>> {
    const order = await makeOrder(world, { supplierUser, buyer, plan: PLAN });
    serial += 1;
    const prepaidId = await world.runInTx(supplierUser, (ctx) =>
      submitInstalmentInvoice(ctx, {
        orderId: order.order.id,
        no: 0,
        version: 0,
        entered: {
          supplierNumber: `PRE-${serial}`,
          issuedOn: today(),
          netAmount: '10',
          tax: { category: 'S', rate: '13' },
        },
      }),
    );
    await world.runInTx(system('test'), (ctx) => matchInvoice(ctx, prepaidId));
    const of = await makeReceived(world, { order });
    const made = [
      await makeInvoice(world, { of, lines: [{ quantity: '3' }, { quantity: '' }] }),
      await makeInvoice(world, { of, lines: [{ quantity: '7' }, { quantity: '' }] }),
    ];
    for (const invoiceId of [prepaidId, ...made.map((one) => one.invoiceId)]) {
      const { version } = await world.db('invoice').where({ id: invoiceId }).first();
      await world.runInTx(finance[0], (ctx) => approveInvoice(ctx, { invoiceId, version }));
    }
    return { ids: made.map((one) => one.invoiceId), prepaidId };
  }

  /** The supplier credits one of the invoices, finance decides, or we claim and the supplier answers. */
  async function playCredit(step: Step, of: Played): Promise<void> {
    const invoice = await world
      .db('invoice')
      .where({ id: of.ids[step.which % 2] })
      .first();
    serial += 1;
    const netAmount = step.amount === 'right' ? '10' : step.amount;
    if (step.act === 'credit')
      await attempt(of.supplierUser, (ctx) =>
        submitCreditNote(ctx, {
          invoiceId: invoice.id,
          entered: {
            supplierNumber: `CR-${serial}`,
            issuedOn: '2026-03-02',
            netAmount,
            tax: null,
            reason: 'Discount',
          },
        }),
      );
    if (step.act === 'claim') await claim(invoice, netAmount);
    const notes = await world
      .db('credit_note')
      .where({ supplier_id: invoice.supplier_id })
      .whereIn('state', ['submitted', 'sent'])
      .orderBy('created_at');
    for (const { id, version, kind } of notes.filter((_, index) => index % 2 === step.which % 2))
      await (kind === 'credit_note'
        ? attempt(finance[step.by % 2] ?? finance[0], (ctx) =>
            approveCreditNote(ctx, { creditNoteId: id, version }),
          )
        : attempt(of.supplierUser, (ctx) =>
            answerCreditNote(ctx, { creditNoteId: id, version, act: 'accept', answer: null }),
          ));
  }

  /** Our debit note for a line of an invoice's order. */
  async function claim(invoice: Record<string, string>, amount: string): Promise<void> {
    const nonconformanceId = newId();
    await world.db.raw(
      `INSERT INTO nonconformance (id, reference, supplier_id, plant_code, order_id, po_line_id, goods_receipt_id, quantity,
                                   found, defect, severity, needs_8d, disposition, claim, claim_amount, state, due_at,
                                   opened_by, opened_at)
       SELECT ?, ?, invoice.supplier_id, po.plant_code, po.id, line.po_line_id, invoice.goods_receipt_id, 1, 'afterwards',
              'Scratched', 'minor', false, 'use_as_is', 'debit', ?, 'sent', now(), po.buyer_id, now()
         FROM invoice
         JOIN purchase_order AS po ON po.id = invoice.order_id
         JOIN invoice_line AS line ON line.invoice_id = invoice.id
        WHERE invoice.id = ?`,
      [nonconformanceId, nonconformanceId, amount, invoice['id'] ?? ''],
    );
    await world.runInTx(system('test'), (ctx) =>
      sendDebitNote(ctx, {
        nonconformanceId,
        supplierId: invoice['supplier_id'] ?? '',
        orderId: invoice['order_id'] ?? '',
        currency: invoice['currency'] ?? '',
        amount,
        reason: 'Scratched',
        claimedBy: finance[0].userId ?? '',
      }),
    );
  }

  /** A discount for payment on the first day that can be met: the house's, or the supplier's own and accepted. */
  async function playEarly(step: Step, of: Played): Promise<void> {
    const invoiceId = of.ids[step.which % 2] ?? '';
    const page = await world.runInTx(of.supplierUser, (ctx) => getInvoicePage(ctx, invoiceId));
    const [offer] = page.early.scale;
    if (offer === undefined) return;
    const { payOn, discountAmount } = offer;
    if (step.act === 'early') {
      const discount = step.amount === 'right' ? discountAmount : step.amount;
      const taken = await attempt(of.supplierUser, (ctx) =>
        takeHouseOffers(ctx, { chosen: [{ invoiceId, discount }], payOn }),
      );
      expect(taken && step.amount !== 'right', 'another figure was taken').to.equal(false);
      return;
    }
    await attempt(of.supplierUser, (ctx) =>
      proposeEarlyPayment(ctx, { invoiceId, payOn, discountAmount: '1.23' }),
    );
    const early = await world.db('early_payment').where({ invoice_id: invoiceId, state: 'proposed' }).first();
    if (early === undefined) return;
    await attempt(finance[step.by % 2] ?? finance[0], (ctx) =>
      acceptProposal(ctx, { invoiceId, version: early.version }),
    );
  }

  /** Four days pass: what was agreed before is too late. */
  async function wait(): Promise<void> {
    world.setNow(new Date(world.now().getTime() + 4 * 86_400_000).toISOString());
    while (await world.runInTx(system('test'), passTimeOnEarlyPayment));
  }
  const today = (): string => world.now().toISOString().slice(0, 10);

  const attempt = (actor: Actor, act: (ctx: Ctx) => Promise<unknown>): Promise<boolean> =>
    world.runInTx(actor, act).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        return false;
      },
    );

  /** Plays a step; what the rules refuse is refused. Every amount the bank would carry is noted. */
  async function play(step: Step, of: Played): Promise<void> {
    const actor = finance[step.by % 2] ?? finance[0];
    if (step.act === 'credit' || step.act === 'claim') return playCredit(step, of);
    if (step.act === 'early' || step.act === 'propose') return playEarly(step, of);
    if (step.act === 'wait') return wait();
    if (step.act === 'ask-release' || step.act === 'let-go') return playRetention(step, of);
    if (step.act === 'make') return playMake(step, of);
    if (step.act === 'by-hand') {
      const invoice = await world
        .db('invoice')
        .where({ id: of.ids[step.which % 2] })
        .first();
      const paid = { paidOn: today(), paymentReference: 'hand' };
      const before = await payableOf(invoice.id);
      if (
        await attempt(actor, (ctx) =>
          payInvoice(ctx, { invoiceId: invoice.id, version: invoice.version, ...paid }),
        )
      )
        carry(of, invoice.id, subtractDecimals(before, await takenOf(invoice.id)));
      return;
    }
    const runs = await world
      .db('payment_run')
      .whereIn(
        'id',
        world
          .db('payment')
          .join('payment_line', 'payment_line.payment_id', 'payment.id')
          .whereIn('payment_line.invoice_id', [...of.ids, of.prepaidId])
          .select('payment.run_id'),
      )
      .orderBy('reference');
    const run = runs[step.which % Math.max(runs.length, 1)];
    if (run === undefined) return;
    const named = { runId: run.id as string, version: run.version as number };
    const payment = await world.db('payment').where({ run_id: run.id }).first();
    const lines = await world.db('payment_line').where({ payment_id: payment.id, holds: true });
    const line = lines[step.which % Math.max(lines.length, 1)];
    const sum = addDecimals(lines.map((one) => one.amount));
    if (step.act === 'take-out' && line !== undefined)
      await attempt(actor, (ctx) => takeOutOfRun(ctx, { ...named, lineId: line.id, reason: 'later' }));
    if (step.act === 'cancel')
      await attempt(actor, (ctx) => cancelPaymentRun(ctx, { ...named, reason: 'no' }));
    if (step.act === 'release') await attempt(actor, (ctx) => releasePaymentRun(ctx, named));
    if (step.act === 'refuse')
      await attempt(actor, (ctx) =>
        refusePayment(ctx, { ...named, paymentId: payment.id, reason: 'closed' }),
      );
    if (step.act === 'settle') {
      const amount = step.amount === 'right' ? sum : addDecimals([sum, step.amount]);
      const result = { reference: payment.reference, paidOn: today(), amount, bankReference: null };
      if (await attempt(actor, (ctx) => settlePayments(ctx, { ...named, results: [result] }))) {
        expect(step.amount, 'another amount was taken').to.equal('right');
        for (const one of lines)
          if (Number(one.amount) > 0) carry(of, one.retention_id ?? one.invoice_id, one.amount);
      }
    }
  }

  /** One in finance asks for the release of what is held back, or releases it. */
  async function playRetention(step: Step, of: Played): Promise<void> {
    const actor = finance[step.by % 2] ?? finance[0];
    const act = step.act === 'let-go' ? releaseRetention : askForRelease;
    for (const { id, version } of await retentionsOf(of))
      await attempt(actor, (ctx) => act(ctx, { retentionId: id, version, reason: 'Guarantee' }));
  }

  const retentionsOf = ({ ids }: Pick<Played, 'ids'>) =>
    world.db('retention').whereIn('invoice_id', [...ids]);

  /** All that can be paid, or one invoice of it. */
  async function playMake(step: Step, of: Played): Promise<void> {
    const actor = finance[step.by % 2] ?? finance[0];
    const isOpen = async (id: string) =>
      (await world.db('invoice').where({ id }).first()).state === 'approved';
    const all = [of.prepaidId, ...of.ids];
    const open = (await Promise.all(all.map(isOpen))).flatMap((is, index) => (is ? [all[index] ?? ''] : []));
    const released = (await retentionsOf(of)).filter((one) => one.state === 'released').map((one) => one.id);
    const isAll = step.which === 0 && open.length + released.length > 0;
    await attempt(actor, (ctx) =>
      makePaymentRun(ctx, {
        currency: 'USD',
        dueUntil: '2026-12-31',
        payOn: today(),
        invoiceIds: isAll ? open : of.ids.filter((_, index) => index === step.which % 2),
        retentionIds: isAll ? released : [],
      }),
    );
  }

  const appliedTo = async (
    column: 'invoice_id' | 'credit_note_id' | 'retention_id',
    id: string,
  ): Promise<string> =>
    addDecimals(
      (await world.db('credit_application').where({ [column]: id, holds: true }))
        .filter((one) => column !== 'invoice_id' || one.retention_id === null)
        .map((one) => one.amount),
    );

  /** What was approved of an invoice, less what was paid in advance and what is held back. */
  const owedOf = async (id: string): Promise<string> => {
    const { gross_amount } = await world.db('invoice').where({ id }).first();
    const deducted = await world.db('prepayment_deduction').where({ invoice_id: id, holds: true });
    const held = await world.db('retention').where({ invoice_id: id }).whereNot({ state: 'void' });
    return subtractDecimals(gross_amount, addDecimals([...deducted, ...held].map((one) => one.amount)));
  };

  /** What was approved, less credits and what the bank carried as a part. */
  const payableOf = async (id: string): Promise<string> => {
    const parts = await world.db('payment_line').where({ invoice_id: id, is_part: true });
    const off = addDecimals([await appliedTo('invoice_id', id), ...parts.map((part) => part.amount)]);
    return subtractDecimals(await owedOf(id), off);
  };

  /** The discounts that were really taken. */
  const takenOf = async (id: string): Promise<string> =>
    addDecimals(
      (await world.db('early_payment').where({ invoice_id: id, state: 'taken' })).map(
        (one) => one.taken_amount,
      ),
    );

  function carry({ carried }: Played, id: string, amount: string): void {
    carried.set(id, addDecimals([carried.get(id) ?? '0', amount]));
  }

  /** What must hold after each sequence, read from the tables themselves. */
  async function assertSound(played: Played): Promise<void> {
    const { ids, prepaidId, carried } = played;
    await assertPlanSound(played);
    for (const id of [...ids, prepaidId]) {
      const invoice = await world.db('invoice').where({ id }).first();
      const holding = await world
        .db('payment_line')
        .where({ invoice_id: id, retention_id: null, holds: true, is_part: false });
      const parts = await world.db('payment_line').where({ invoice_id: id, is_part: true });
      const payable = await payableOf(id);
      const isPaid = invoice.state === 'paid';
      expect(carried.has(id), 'paid says so').to.equal(isPaid || parts.length > 0);
      expect(holding.length, 'held by one payment at most').to.be.at.most(1);
      for (const line of holding)
        expect(
          compareDecimals(addDecimals([line.amount, line.discount_amount]), payable),
          'for what was approved less what was credited and what was agreed for paying it early',
        ).to.equal(0);
      const applied = await appliedTo('invoice_id', id);
      const owed = await owedOf(id);
      const all = addDecimals([carried.get(id) ?? '0', await takenOf(id), applied]);
      if (isPaid)
        expect(compareDecimals(all, owed), 'paid, discount and credits are what was approved').to.equal(0);
      else expect(compareDecimals(all, owed), 'no more than was approved').to.be.at.most(0);
      await assertDiscountsSound(id);
      if (invoice.state === 'credited') expect(Number(payable), 'credited in full').to.equal(0);
      else
        expect(Number(payable), 'what is payable is open').to.be.above(
          invoice.state === 'scheduled' ? -1e-9 : 0,
        );
      if (invoice.state === 'approved') expect(holding, 'approved and held').to.have.length(0);
      if (invoice.state === 'scheduled') expect(holding, 'scheduled and not held').to.have.length(1);
      const byRun = invoice.state === 'paid' && invoice.payment_reference !== 'hand';
      if (byRun) expect(holding, 'paid by the payment that holds it').to.have.length(1);
      const against = await world.db('credit_note').where({ invoice_id: id }).whereNot({ state: 'rejected' });
      const credited = addDecimals(against.map((note) => note.gross_amount));
      expect(compareDecimals(credited, invoice.gross_amount), 'credited more than it is').to.be.at.most(0);
    }
    for (const note of await world.db('credit_note')) {
      const used = await appliedTo('credit_note_id', note.id);
      const most = note.state === 'approved' ? note.gross_amount : '0';
      expect(compareDecimals(used, most), 'used more than was agreed').to.be.at.most(0);
    }
  }

  /** What was paid in advance is deducted once, what was held back is paid once and by two people, and all together is what was matched. */
  async function assertPlanSound({ ids, prepaidId, carried }: Played): Promise<void> {
    const retentions = await retentionsOf({ ids });
    for (const one of retentions) {
      const paid = addDecimals([carried.get(one.id) ?? '0', await appliedTo('retention_id', one.id)]);
      if (one.state === 'paid')
        expect(compareDecimals(paid, one.amount), 'paid what was held back').to.equal(0);
      else expect(carried.has(one.id), 'paid says so').to.equal(false);
      const holding = await world.db('payment_line').where({ retention_id: one.id, holds: true });
      expect(holding.length, 'held by one payment at most').to.be.at.most(1);
      if (one.released_at !== null) expect(one.released_by).not.to.equal(one.asked_by);
    }
    const prepaid = await world.db('invoice').where({ id: prepaidId }).first();
    const deducted = addDecimals(
      (await world.db('prepayment_deduction').where({ prepaid_invoice_id: prepaidId, holds: true })).map(
        (one) => one.amount,
      ),
    );
    expect(compareDecimals(deducted, prepaid.gross_amount), 'deducted what was paid in advance').to.equal(0);
    const matched = addDecimals(
      (await world.db('invoice').whereIn('id', [...ids])).map((one) => one.gross_amount),
    );
    expect(compareDecimals(addDecimals(carried.values()), matched), 'no more than was matched').to.be.at.most(
      0,
    );
  }

  /** A discount is taken once, by a payment in time, and at most as it was agreed; a void one never. */
  async function assertDiscountsSound(id: string): Promise<void> {
    for (const early of await world.db('early_payment').where({ invoice_id: id })) {
      const [line] = await world.db('payment_line').where({ early_payment_id: early.id, holds: true });
      const agreed = {
        id: early.id,
        payOn: early.pay_on,
        baseAmount: early.base_amount,
        discountAmount: early.discount_amount,
        currency: early.currency,
      };
      if (early.state === 'taken') {
        expect(compareDecimals(early.taken_amount, discountOn(agreed, early.base_amount))).to.be.at.most(0);
        const { paid_on } = await world.db('invoice').where({ id }).first();
        expect(paid_on <= early.pay_on, 'taken in time').to.equal(true);
      }
      if (early.state === 'void' && line !== undefined) {
        const { state } = await world.db('payment').where({ id: line.payment_id }).first();
        expect(line.is_part || state === 'planned', 'a void discount is never taken').to.equal(true);
      }
      if (early.offered_by === 'supplier' && early.state !== 'proposed')
        expect(early.decided_by, 'accepted by the other side').not.to.equal(early.made_by);
    }
  }

  it('pays no more than was matched less what was credited, none twice, nor by one person alone', async () => {
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
        'credit',
        'credit',
        'claim',
        'early',
        'propose',
        'wait',
        'ask-release',
        'let-go',
      ),
      by: fc.nat({ max: 1 }),
      which: fc.nat({ max: 2 }),
      amount: fc.constantFrom('right', 'right', '0.01', '100'),
    });
    const buyer = await world.staff('buyer');
    let paid = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
        world.setNow('2026-03-02T10:00:00Z');
        // Each begins with a supplier that has nothing to its debit from before.
        const { supplierUser } = await makeOrder(world);
        const approved = await makeApproved(supplierUser, buyer);
        const played: Played = { ...approved, carried: new Map(), supplierUser };
        for (const one of steps) await play(one, played);
        await assertSound(played);
        paid += played.carried.size;
      }),
      {
        numRuns: 18,
        examples: [[WHOLE_RUN], [CREDITED], [COVERED], [EARLY], [TOO_LATE], [RELEASED_TOO_LATE], [RETAINED]],
      },
    );
    expect(paid, 'some sequences do reach a payment').to.be.above(0);
    const byBank = await world.db('payment').where({ state: 'paid' });
    expect(byBank.length, 'also by a run').to.be.above(0);
    for (const state of ['taken', 'void'])
      expect(
        await world.db('early_payment').where({ state }),
        `some discounts are ${state}`,
      ).not.to.have.length(0);
    expect(
      await world.db('payment_line').where({ is_part: true }),
      'some are paid too late',
    ).not.to.have.length(0);
    expect(
      await world.db('retention').where({ state: 'paid' }),
      'what was held back is paid, too',
    ).not.to.have.length(0);
    const covered = await world.db('invoice').where({ state: 'credited' });
    expect(covered.length, 'some are credited in full').to.be.above(0);
    const alone = await world.db('payment_run').whereRaw('released_by = created_by');
    expect(alone).to.have.length(0);
  }).timeout(120_000);
});
