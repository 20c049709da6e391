import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertInvoiceable,
  assertMayConfirm,
  assertShown,
  differenceFromPlan,
  type InstalmentState,
  isDue,
  leftToPrepay,
} from '../../src/invoices/instalments/instalment.ts';
import {
  grossByOrder,
  openNetOf,
  openOf,
  type Prepaid,
  planDeductions,
} from '../../src/invoices/instalments/prepaid.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals, subtractDecimals } from '../../src/kernel/money.ts';
import type { PricedInstalment } from '../../src/orders/payment-plan.ts';

const codesOf = (act: () => unknown): string[] => {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof AppError) return [error.code, ...error.fields.map((field) => field.code)];
    throw error;
  }
};
const planned = (over: Partial<PricedInstalment> = {}): PricedInstalment => ({
  no: 1,
  kind: 'milestone',
  name: 'Factory test',
  percent: null,
  amount: '200',
  expectedOn: null,
  needsGuarantee: false,
  netAmount: '200',
  ...over,
});
const prepayment = (over: Partial<PricedInstalment> = {}) =>
  planned({ no: 0, kind: 'prepayment', name: '', ...over });

describe('an instalment', () => {
  const due: readonly (readonly [string, PricedInstalment, InstalmentState, boolean])[] = [
    ['a prepayment, from the start', prepayment(), 'planned', true],
    [
      'a prepayment against a guarantee only once that was taken',
      prepayment({ needsGuarantee: true }),
      'planned',
      false,
    ],
    ['and not while it is looked at', prepayment({ needsGuarantee: true }), 'asked', false],
    ['but then', prepayment({ needsGuarantee: true }), 'due', true],
    ['a milestone once it is confirmed', planned(), 'due', true],
    ['and not by being asked for', planned(), 'asked', false],
    ['nothing that is invoiced', prepayment(), 'invoiced', false],
  ];
  for (const [what, one, state, is] of due)
    it(`is due: ${what}`, () => expect(isDue(one, state)).to.equal(is));

  const sums = { totalAmount: '1000', invoicedAmount: '500', openPrepaid: '300' };
  const attempt = (over: object = {}) =>
    codesOf(() =>
      assertInvoiceable(planned(), { state: 'due', netAmount: '200', sums, currency: 'USD', ...over }),
    );

  it('is invoiced at what the plan has due and not a cent more, once, and when it is due', () => {
    expect(attempt()).to.deep.equal([]);
    expect(attempt({ netAmount: '199.99' })).to.deep.equal([]);
    expect(attempt({ netAmount: '200.01' })).to.deep.equal([
      'invoice.figures-refused',
      'instalment.above-plan',
    ]);
    expect(attempt({ state: 'planned' })).to.deep.equal(['instalment.not-confirmed']);
    expect(attempt({ state: 'invoiced' })).to.deep.equal(['instalment.invoiced-already']);
    expect(
      codesOf(() =>
        assertInvoiceable(prepayment({ needsGuarantee: true }), {
          state: 'asked',
          netAmount: '1',
          sums,
          currency: 'USD',
        }),
      ),
    ).to.deep.equal(['instalment.guarantee-missing']);
  });

  it('is never more than what is still to be invoiced of the order can take up', () => {
    expect(leftToPrepay(sums)).to.equal('200');
    expect(attempt({ sums: { ...sums, invoicedAmount: '500.01' } })).to.deep.equal([
      'invoice.figures-refused',
      'instalment.nothing-left-to-deduct-from',
    ]);
  });

  it('is confirmed with a day that has been and a file, by who ordered or needs it, and never by who pays', () => {
    expect(
      codesOf(() => assertShown({ reachedOn: '2026-03-02', today: '2026-03-02', fileCount: 1 })),
    ).to.deep.equal([]);
    expect(
      codesOf(() => assertShown({ reachedOn: '2026-03-03', today: '2026-03-02', fileCount: 1 })),
    ).to.deep.equal(['instalment.reached-in-the-future']);
    expect(
      codesOf(() => assertShown({ reachedOn: '2026-03-02', today: '2026-03-02', fileCount: 0 })),
    ).to.deep.equal(['instalment.evidence-needed']);
    const of = { buyerId: 'buyer', requesterIds: ['needs'], pays: false };
    expect(codesOf(() => assertMayConfirm(['needs'], of))).to.deep.equal([]);
    expect(codesOf(() => assertMayConfirm(['stranger'], of))).to.deep.equal([
      'instalment.not-yours-to-confirm',
    ]);
    expect(codesOf(() => assertMayConfirm(['buyer'], { ...of, pays: true }))).to.deep.equal([
      'instalment.confirmed-by-who-pays',
    ]);
  });

  it('differs from the plan where it asks more, to the cent, and not where it asks less', () => {
    expect(differenceFromPlan('200', '200')).to.deep.equal([]);
    expect(differenceFromPlan('150', '200')).to.deep.equal([]);
    expect(differenceFromPlan('200.01', '200')).to.deep.equal([
      { kind: 'instalment', poLineId: null, expected: '200', actual: '200.01', amountEffect: '0.01' },
    ]);
  });
});

const prepaid = (
  invoiceId: string,
  netAmount: string,
  taxAmount: string,
  used = '0',
  tax = '0',
): Prepaid => ({
  invoiceId,
  netAmount,
  taxAmount,
  grossAmount: addDecimals([netAmount, taxAmount]),
  currency: 'USD',
  usedAmount: used,
  deductedTax: tax,
});

describe('deducting what was paid in advance', () => {
  it('takes all that is open, the oldest first, and never more than the invoice', () => {
    const both = [prepaid('a', '300', '39', '239', '27.50'), prepaid('b', '200', '26')];
    expect(planDeductions(both, '150')).to.deep.equal([
      { prepaidInvoiceId: 'a', amount: '100', taxAmount: '11.5' },
      { prepaidInvoiceId: 'b', amount: '50', taxAmount: '5.75' },
    ]);
    expect(planDeductions(both, '0')).to.deep.equal([]);
    expect(planDeductions([prepaid('a', '300', '39', '339', '39')], '100')).to.deep.equal([]);
    expect(openNetOf(both[1] ?? prepaid('b', '0', '0'))).to.equal('200.00');
  });

  it('adds up to the instalment and its tax to the cent, over whatever invoices, and leaves none below nothing', () => {
    const cents = (most: number) =>
      fc.integer({ min: 1, max: most }).map((minor) => (minor / 100).toFixed(2));
    fc.assert(
      fc.property(
        cents(99_999),
        cents(20_000),
        fc.array(cents(60_000), { minLength: 1, maxLength: 6 }),
        (net, tax, invoices) => {
          let one = prepaid('a', net, tax);
          for (const gross of invoices) {
            const [deduction] = planDeductions([one], gross);
            const amount = deduction?.amount ?? '0';
            expect(compareDecimals(amount, gross), 'more than the invoice').to.be.at.most(0);
            expect(compareDecimals(deduction?.taxAmount ?? '0', '0'), 'tax below nothing').to.be.at.least(0);
            one = {
              ...one,
              usedAmount: addDecimals([one.usedAmount, amount]),
              deductedTax: addDecimals([one.deductedTax, deduction?.taxAmount ?? '0']),
            };
            expect(compareDecimals(openOf(one), '0'), 'used twice').to.be.at.least(0);
          }
          if (openOf(one) === '0')
            expect(compareDecimals(one.deductedTax, tax), 'all of the tax').to.equal(0);
          expect(compareDecimals(one.deductedTax, tax)).to.be.at.most(0);
        },
      ),
    );
  });

  it('shares an invoice over its orders by what is invoiced of each, to the cent', () => {
    const lines = [
      { orderId: 'a', amount: '10' },
      { orderId: 'b', amount: '20' },
      { orderId: 'a', amount: '3.33' },
    ];
    const shares = grossByOrder(lines, { grossAmount: '37.66', currency: 'USD' });
    expect(shares.get('a')).to.equal('15.06');
    expect(subtractDecimals('37.66', addDecimals(shares.values()))).to.equal('0');
    expect(grossByOrder([], { grossAmount: '0', currency: 'USD' }).size).to.equal(0);
  });
});
