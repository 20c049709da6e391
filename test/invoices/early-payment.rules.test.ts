import { expect } from 'chai';
import fc from 'fast-check';
import {
  accept,
  annualPercentOf,
  assertInBudget,
  daysFor,
  discountFor,
  discountOn,
  type EarlyPayment,
  earliestDay,
  endProposal,
  houseOffer,
  inTimeFor,
  isInTime,
  lastAnswerDay,
  propose,
  scaleOf,
  settle,
} from '../../src/invoices/early-payment/early-payment.ts';
import { planPayments } from '../../src/invoices/payment-run.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';
import { addDays } from '../../src/kernel/time.ts';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';

const rule = { isOn: true, annualPercent: '8', leastDays: 5, leadWorkingDays: 2, budgets: {} };
const invoice = { payable: '10000.00', currency: 'USD', dueOn: '2027-01-20' };
const calendar = ordinaryWeek;
const early: EarlyPayment = {
  id: 'e',
  invoiceId: 'i',
  supplierId: 's',
  offeredBy: 'supplier',
  payOn: '2026-12-12',
  dueOn: '2027-01-20',
  currency: 'USD',
  baseAmount: '10000.00',
  discountAmount: '123.50',
  takenAmount: null,
  state: 'proposed',
  expiresOn: '2026-12-10',
  answer: null,
  madeBy: 'them',
  createdAt: new Date(0),
  decidedBy: null,
  decidedAt: null,
  version: 1,
};

/** The code that a rule refuses with. */
function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'not refused';
}

describe('paying early for a discount', () => {
  it('tells what a discount is in a year, of the amount', () => {
    expect(annualPercentOf({ discount: '123.50', amount: '10000.00', days: 39 })).to.equal('11.56');
    expect(annualPercentOf({ discount: '1', amount: '100', days: 365 })).to.equal('1');
    expect(annualPercentOf({ discount: '1', amount: '100', days: 0 })).to.equal('0');
  });

  for (const [amount, annualPercent, days, currency, discount] of [
    ['10000.00', '8', 39, 'USD', '85.48'],
    ['10000.00', '7.3', 10, 'USD', '20.00'],
    ['0.05', '8', 5, 'USD', '0.00'],
    ['10000', '7.3', 1, 'JPY', '2'],
  ] as const)
    it(`takes ${discount} off ${amount} ${currency} for ${days} days at ${annualPercent} %, rounded once`, () => {
      expect(discountFor({ amount, annualPercent, days, currency })).to.equal(discount);
    });

  it('is offered from the first day that the bank can meet until the least days before it is due', () => {
    // A Friday: two working days later it is Tuesday.
    expect(earliestDay('2026-12-04', { rule, calendar })).to.equal('2026-12-08');
    expect(daysFor('2026-12-13', { earliest: '2026-12-08', rule })).to.include({ last: '2026-12-08' });
    expect(daysFor('2026-12-12', { earliest: '2026-12-08', rule })).to.equal(null);
    const at = (payOn: string) => houseOffer(invoice, { payOn, earliest: '2026-12-08', rule });
    expect(at('2026-12-07')).to.equal(null);
    expect(at('2026-12-08')).to.deep.include({ days: 43, discountAmount: '94.25', toPay: '9905.75' });
    expect(at('2027-01-15')).to.include({ days: 5 });
    expect(at('2027-01-16')).to.equal(null);
    const none = { payOn: '2026-12-08', earliest: '2026-12-08', rule: { ...rule, annualPercent: null } };
    expect(houseOffer(invoice, none)).to.equal(null);
    expect(houseOffer({ ...invoice, payable: '0.05' }, { ...none, rule })).to.equal(null);
  });

  it('is worth less the later it is paid, for each week of the scale', () => {
    const scale = scaleOf(invoice, { earliest: '2026-12-08', rule });
    expect(scale.map((one) => one.payOn)).to.deep.equal(
      [0, 7, 14, 21, 28, 35].map((days) => addDays('2026-12-08', days)),
    );
    for (const [index, one] of scale.slice(1).entries())
      expect(compareDecimals(one.discountAmount, scale[index]?.discountAmount ?? '0')).to.be.below(0);
  });

  it('can be answered as long as the day can be met, and not a day longer', () => {
    expect(lastAnswerDay('2026-12-08', { rule, calendar })).to.equal('2026-12-06');
    const by = { userId: 'we', at: new Date(1), payable: '10000.00' };
    expect(accept(early, { ...by, today: '2026-12-10' })).to.include({ state: 'accepted', decidedBy: 'we' });
    expect(refusalOf(() => accept(early, { ...by, today: '2026-12-11' }))).to.equal('early_payment.is-over');
    expect(refusalOf(() => accept(early, { ...by, payable: '9999.99', today: '2026-12-10' }))).to.equal(
      'early_payment.invoice-changed',
    );
  });

  it('is proposed for a day that can be met and gains enough, and leaves something to pay', () => {
    const of = { payOn: '2026-12-08', discountAmount: '50.00', earliest: '2026-12-08', rule, calendar };
    expect(propose(invoice, of)).to.deep.include({ expiresOn: '2026-12-06' });
    for (const payOn of ['2026-12-07', '2027-01-16'])
      expect(refusalOf(() => propose(invoice, { ...of, payOn }))).to.equal('early_payment.day-not-possible');
    expect(refusalOf(() => propose(invoice, { ...of, discountAmount: '10000.00' }))).to.equal(
      'early_payment.discount-too-large',
    );
    expect(refusalOf(() => propose({ ...invoice, dueOn: '2026-12-12' }, of))).to.equal(
      'early_payment.due-too-soon',
    );
  });

  it('ends once: what was refused or taken back is neither accepted nor taken', () => {
    const by = { userId: 'we', at: new Date(1), answer: 'No' };
    const refused = endProposal(early, 'refuse', by);
    expect(refused).to.include({ state: 'refused', answer: 'No' });
    expect(refusalOf(() => settle(refused, '1'))).to.equal('early_payment.cannot-take');
    const agreed = { ...early, state: 'accepted' as const };
    expect(settle(agreed, '123.50')).to.include({ state: 'taken', takenAmount: '123.50' });
    expect(settle(agreed, null)).to.include({ state: 'void', takenAmount: null });
    expect(refusalOf(() => endProposal(agreed, 'withdraw', by))).to.equal('early_payment.cannot-withdraw');
  });

  it('brings forward what the budget has, to the cent and no more', () => {
    assertInBudget({ budget: null, used: '999', more: '999' });
    assertInBudget({ budget: '100.00', used: '60.00', more: '40.00' });
    expect(refusalOf(() => assertInBudget({ budget: '100.00', used: '60.00', more: '40.01' }))).to.equal(
      'early_payment.budget-used',
    );
  });

  it('holds on its day and is void the day after', () => {
    expect(isInTime(early, '2026-12-12')).to.equal(true);
    expect(isInTime(early, '2026-12-13')).to.equal(false);
    const agreed = new Map([['i', early]]);
    expect(inTimeFor(agreed, '2026-12-12').size).to.equal(1);
    expect(inTimeFor(agreed, '2026-12-13').size).to.equal(0);
  });

  const cents = (max: number) => fc.integer({ min: 1, max }).map((n) => (n / 100).toFixed(2));

  it('with credits and what is paid makes what was approved, whatever they are', () => {
    fc.assert(
      fc.property(cents(5_000_000), cents(6_000_000), cents(4_999_999), (payable, credit, wanted) => {
        const discountAmount = compareDecimals(wanted, payable) < 0 ? wanted : '0.00';
        const agreed = { ...early, baseAmount: payable, discountAmount };
        const credits = [{ id: 'c', supplierId: 's', invoiceId: null, open: credit }];
        const [payment] = planPayments(
          [{ id: 'i', supplierId: 's', payable }],
          credits,
          new Map([['i', agreed]]),
        );
        const line = payment?.lines[0];
        const off = line?.discount?.amount ?? '0';
        const credited = addDecimals(line?.credits.map((one) => one.amount) ?? []);
        expect(compareDecimals(addDecimals([line?.amount ?? '0', off, credited]), payable)).to.equal(0);
        expect(compareDecimals(line?.amount ?? '-1', '0')).to.be.at.least(0);
        expect(compareDecimals(off, discountAmount)).to.be.at.most(0);
      }),
    );
  });

  it('is a share of what is left, no more than all of it and no less than nothing', () => {
    expect(discountOn(early, '10000.00')).to.equal('123.50');
    expect(discountOn(early, '20000.00')).to.equal('123.50');
    expect(discountOn(early, '5000.00')).to.equal('61.75');
    expect(discountOn(early, '0')).to.equal('0.00');
  });
});
