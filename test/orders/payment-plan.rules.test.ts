import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals } from '../../src/kernel/money.ts';
import { paymentPlanForm, tidyPlan } from '../../src/orders/payment-plan.forms.ts';
import {
  assertPlanFits,
  type Instalment,
  isSamePlan,
  type PaymentPlan,
  pricedInstalments,
  releaseDay,
} from '../../src/orders/payment-plan.ts';

const milestone = (no: number, share: Partial<Instalment>): Instalment => ({
  no,
  kind: 'milestone',
  name: `Stage ${no}`,
  percent: null,
  amount: null,
  expectedOn: null,
  needsGuarantee: false,
  ...share,
});
const plan = (...shares: Partial<Instalment>[]): PaymentPlan => ({
  instalments: shares.map((share, index) => milestone(index + 1, share)),
  retention: null,
});
const refusalOf = (act: () => void): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};
const order = { totalAmount: '1000', currency: 'USD' };

describe('planning the payment of an order', () => {
  it('takes percentages of the amount without tax, rounded once, and amounts as they are', () => {
    const priced = pricedInstalments(plan({ percent: '33.3333' }, { amount: '12.5' }), {
      totalAmount: '100.01',
      currency: 'USD',
    });
    expect(priced.map((one) => one.netAmount)).to.deep.equal(['33.34', '12.50']);
  });

  it('takes as much as the order and not a cent more, and nothing that comes to nothing', () => {
    expect(refusalOf(() => assertPlanFits(plan({ percent: '60' }, { amount: '400' }), order))).to.equal(null);
    expect(refusalOf(() => assertPlanFits(plan({ percent: '60' }, { amount: '400.01' }), order))).to.equal(
      'payment_plan.above-order',
    );
    expect(
      refusalOf(() => assertPlanFits(plan({ percent: '0.0001' }), { totalAmount: '10', currency: 'USD' })),
    ).to.equal('payment_plan.of-nothing');
    expect(refusalOf(() => assertPlanFits(null, { totalAmount: '0', currency: 'USD' }))).to.equal(null);
  });

  it('never plans more than it let pass, whatever the shares', () => {
    const share = fc.record({ percent: fc.integer({ min: 1, max: 60 }).map(String) });
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 99_999 }),
        (shares, cents) => {
          const of = { totalAmount: String(cents / 100), currency: 'USD' };
          if (refusalOf(() => assertPlanFits(plan(...shares), of)) !== null) return;
          const sum = pricedInstalments(plan(...shares), of).reduce(
            (all, one) => all + Number(one.netAmount),
            0,
          );
          expect(compareDecimals(sum.toFixed(2), of.totalAmount)).to.be.at.most(0);
        },
      ),
    );
  });

  it('releases so long after the last receipt, to the end of a short month, and by a decision alone where no time is said', () => {
    const held = { percent: '5', releaseAfter: 1, releaseUnit: 'months' } as const;
    expect(releaseDay(held, '2026-01-31')).to.equal('2026-02-28');
    expect(releaseDay({ ...held, releaseAfter: 30, releaseUnit: 'days' }, '2026-01-31')).to.equal(
      '2026-03-02',
    );
    expect(releaseDay(held, null)).to.equal(null);
    expect(releaseDay({ ...held, releaseAfter: null }, '2026-01-31')).to.equal(null);
  });

  it('knows the same plan in another order of keys, and another plan', () => {
    const one = plan({ percent: '30' });
    const turned: PaymentPlan = {
      retention: null,
      instalments: one.instalments.map(({ no, ...each }) => ({ ...each, no })),
    };
    expect(isSamePlan(one, turned)).to.equal(true);
    expect(isSamePlan(one, plan({ percent: '31' }))).to.equal(false);
    expect(isSamePlan(one, null)).to.equal(false);
  });
});

describe('reading a payment plan from its form', () => {
  const read = (typed: unknown) => paymentPlanForm.safeParse(tidyPlan(typed));
  const pathsOf = (typed: unknown) => read(typed).error?.issues.map((issue) => issue.path.join('.')) ?? [];

  it('is none where nothing is filled in, also of a form that has no plan', () => {
    const empty = {
      prepayment: { percent: '', amount: '', guarantee: '' },
      milestones: { 0: { name: '', percent: '', amount: '', expectedOn: '' } },
      retention: { percent: '', after: '', unit: 'days' },
    };
    expect(read(empty).data).to.equal(null);
    expect(paymentPlanForm.parse(undefined)).to.equal(null);
  });

  it('numbers the prepayment 0 and the milestones from 1, without the blank rows between them', () => {
    const read1 = read({
      prepayment: { percent: '30', amount: '', guarantee: 'yes' },
      milestones: [
        { name: 'Design', percent: '20', amount: '', expectedOn: '2026-05-01' },
        { name: '', percent: '', amount: '', expectedOn: '' },
        { name: 'FAT', percent: '', amount: '100', expectedOn: '' },
      ],
      retention: { percent: '5', after: '12', unit: 'months' },
    });
    expect(read1.data?.instalments.map((one) => [one.no, one.kind, one.name])).to.deep.equal([
      [0, 'prepayment', ''],
      [1, 'milestone', 'Design'],
      [2, 'milestone', 'FAT'],
    ]);
    expect(read1.data?.retention).to.deep.equal({ percent: '5', releaseAfter: 12, releaseUnit: 'months' });
  });

  it('refuses both a percentage and an amount, a milestone without a name or a share, and more than all', () => {
    expect(pathsOf({ prepayment: { percent: '30', amount: '5' } })).to.deep.equal(['prepayment.amount']);
    expect(pathsOf({ milestones: [{ name: '', percent: '5', amount: '' }] })).to.deep.equal([
      'milestones.0.name',
    ]);
    expect(pathsOf({ milestones: [{ name: 'FAT', percent: '', amount: '' }] })).to.deep.equal([
      'milestones.0.percent',
    ]);
    expect(pathsOf({ prepayment: { percent: '100.01', amount: '' } })).to.deep.equal(['prepayment.percent']);
    expect(pathsOf({ retention: { percent: '100', after: '', unit: 'days' } })).to.deep.equal([
      'retention.percent',
    ]);
    expect(pathsOf({ retention: { percent: '', after: '5', unit: 'days' } })).to.deep.equal([
      'retention.percent',
    ]);
  });
});
