import { expect } from 'chai';
import { agreementChargeRows, chargeFields } from '../../src/agreements/agreement-charges.forms.ts';
import { type AgreementCharge, chargesDue } from '../../src/agreements/agreement-charges.ts';

const charge = (over: Partial<AgreementCharge>): AgreementCharge => ({
  reason: 'freight',
  percent: null,
  amount: null,
  below: null,
  ...over,
});
const line = (quantity: string, unitPrice: string) => ({ quantity, unitPrice, priceBaseQuantity: '1' });

describe('what an order from an agreement is charged', () => {
  const always = charge({ percent: '2' });
  const small = charge({ reason: 'small_quantity', amount: '40', below: '100' });
  const cases: readonly [string, ReturnType<typeof line>[], AgreementCharge[]][] = [
    ['below the amount: both', [line('1', '99.99')], [always, small]],
    ['at the amount: only what all orders bear', [line('1', '100')], [always]],
    ['by the sum of its lines', [line('2', '30'), line('4', '10')], [always]],
  ];
  for (const [name, lines, due] of cases)
    it(name, () => expect(chargesDue([always, small], { lines, currency: 'USD' })).to.deep.equal(due));

  it('is read from rows: one without a figure is none, one with both is refused', () => {
    const row = (over: object) => ({ reason: 'freight', percent: '', amount: '', below: '', ...over });
    expect(agreementChargeRows.parse([row({}), row({ amount: '50.00', below: '1000' })])).to.deep.equal([
      charge({ amount: '50', below: '1000' }),
    ]);
    for (const wrong of [
      { percent: '5', amount: '5' },
      { percent: '101' },
      { amount: '-5' },
      { reason: 'tip' },
    ])
      expect(agreementChargeRows.safeParse([row({ amount: '1', ...wrong })]).success).to.equal(false);
  });

  it('stands in its form as it is agreed, or as it was typed, and with one row to type into', () => {
    const stored = [charge({ amount: '50' })];
    expect(chargeFields(undefined, stored).map((one) => one.amount)).to.deep.equal(['50', '']);
    expect(
      chargeFields([{ reason: 'freight', amount: '5x' }], stored).map((one) => one.amount),
    ).to.deep.equal(['5x', '']);
  });
});
