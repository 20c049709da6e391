import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AgreementLine,
  assertAgreedPrices,
  assertGrowthFits,
  type CallOffWanted,
  isExhausted,
  leftOf,
  priceCallOff,
} from '../../src/agreements/call-off.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals, lineAmount } from '../../src/kernel/money.ts';

const agreement = {
  state: 'active' as const,
  plantCodes: ['QD01'],
  currency: 'USD',
  validFrom: '2026-03-01',
  validUntil: '2026-12-31',
  terminatesOn: null,
  valueLimit: null,
};
const line = (over: Partial<AgreementLine> = {}): AgreementLine => ({
  id: 'a',
  lineNo: 1,
  itemCode: null,
  description: 'Bracket A',
  unit: 'C62',
  priceBaseQuantity: '1',
  tiers: [
    { fromQuantity: '0', unitPrice: '12.5' },
    { fromQuantity: '100', unitPrice: '10' },
  ],
  quantityLimit: null,
  validFrom: '2026-03-01',
  validUntil: '2026-12-31',
  isCurrent: true,
  calledQuantity: '0',
  calledAmount: '0',
  ...over,
});
const wanted = (...quantities: string[]): CallOffWanted => ({
  plantCode: 'QD01',
  lines: quantities.map((quantity) => ({ agreementLineId: 'a', quantity, dueOn: null })),
});

type Case = {
  of?: Partial<Parameters<typeof priceCallOff>[0]>;
  line?: Partial<AgreementLine>;
  wanted?: CallOffWanted;
  today?: string;
  allowancePercent?: string;
};
function outcome(one: Case): string {
  try {
    return priceCallOff({ ...agreement, ...one.of }, [line(one.line)], {
      wanted: one.wanted ?? wanted('10'),
      today: one.today ?? '2026-03-02',
      allowancePercent: one.allowancePercent ?? '0',
    })
      .map((made) => made.unitPrice)
      .join(' ');
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('ordering from an agreement', () => {
  const cases: readonly [string, Case, string][] = [
    ['takes the price of nothing on', {}, '12.5'],
    ['takes the price of the step that is reached', { wanted: wanted('100') }, '10'],
    ['counts a line as a whole, though it comes on several days', { wanted: wanted('60', '40') }, '10 10'],
    ['refuses before its signatures', { of: { state: 'pending_signature' } }, 'agreement.not-active'],
    ['refuses the day before it begins', { today: '2026-02-28' }, 'agreement.not-begun-yet'],
    ['takes its first day', { today: '2026-03-01' }, '12.5'],
    ['takes its last day', { today: '2026-12-31' }, '12.5'],
    ['refuses the day after the last', { today: '2027-01-01' }, 'agreement.is-over'],
    ['refuses after a notice has run out', { of: { terminatesOn: '2026-03-01' } }, 'agreement.is-over'],
    ['refuses other plants', { of: { plantCodes: ['HF01'] } }, 'agreement.plant-not-covered'],
    ['refuses nothing', { wanted: wanted() }, 'call_off.without-lines'],
    ['refuses a line that was left out', { line: { isCurrent: false } }, 'call_off.line-unknown'],
    ['refuses a line of another agreement', { line: { id: 'b' } }, 'call_off.line-unknown'],
    ['refuses a price that is over', { line: { validUntil: '2026-03-01' } }, 'call_off.price-not-valid'],
    ['refuses a price that is to come', { line: { validFrom: '2026-03-03' } }, 'call_off.price-not-valid'],
    [
      'refuses a delivery before today',
      {
        wanted: { plantCode: 'QD01', lines: [{ agreementLineId: 'a', quantity: '1', dueOn: '2026-03-01' }] },
      },
      'call_off.due-in-the-past',
    ],
    ['takes what is left of a quantity', { line: { quantityLimit: '30', calledQuantity: '20' } }, '12.5'],
    [
      'refuses more than is left of a quantity, over all of its days',
      { line: { quantityLimit: '30', calledQuantity: '20' }, wanted: wanted('10', '0.001') },
      'call_off.quantity-limit',
    ],
    [
      'takes the allowance of a quantity',
      { line: { quantityLimit: '100', calledQuantity: '95' }, allowancePercent: '5' },
      '12.5',
    ],
    [
      'refuses beyond the allowance',
      {
        line: { quantityLimit: '100', calledQuantity: '95' },
        allowancePercent: '5',
        wanted: wanted('10.001'),
      },
      'call_off.quantity-limit',
    ],
    ['takes what is left of the value', { of: { valueLimit: '125' } }, '12.5'],
    [
      'refuses more than is left of the value',
      { of: { valueLimit: '125' }, line: { calledAmount: '0.01' } },
      'call_off.value-limit',
    ],
  ];
  for (const [name, one, expected] of cases)
    it(name, () => {
      expect(outcome(one)).to.equal(expected);
    });

  it('never lets any sequence of orders take more than is agreed, with the allowance', () => {
    const order = fc.array(fc.integer({ min: 1, max: 400 }).map(String), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 12 }),
        fc.constantFrom('0', '5'),
        (orders, allowancePercent) => {
          const terms = { ...agreement, valueLimit: '9000' };
          let now = line({ quantityLimit: '1000' });
          for (const quantities of orders) {
            const act = { wanted: wanted(...quantities), today: '2026-03-02', allowancePercent };
            let made: ReturnType<typeof priceCallOff>;
            try {
              made = priceCallOff(terms, [now], act);
            } catch {
              continue;
            }
            now = {
              ...now,
              calledQuantity: addDecimals([now.calledQuantity, ...made.map((one) => one.quantity)]),
              calledAmount: addDecimals([
                now.calledAmount,
                ...made.map((one) => lineAmount({ ...one, currency: 'USD' })),
              ]),
            };
          }
          const share = allowancePercent === '0' ? '1' : '1.05';
          expect(compareDecimals(now.calledQuantity, share === '1' ? '1000' : '1050')).to.be.at.most(0);
          expect(compareDecimals(now.calledAmount, share === '1' ? '9000' : '9450')).to.be.at.most(0);
        },
      ),
    );
  });
});

describe('what is left of an agreement', () => {
  it('is nothing where more was ordered, and not said where there is no limit', () => {
    expect(leftOf(null, '5', '0')).to.equal(null);
    expect(leftOf('10', '12', '0')).to.equal('0');
    expect(leftOf('10', '4', '10')).to.equal('7');
  });
  it('is used up by its value, or by the quantity of every line in force', () => {
    const used = line({ quantityLimit: '5', calledQuantity: '5', calledAmount: '60' });
    expect(isExhausted({ valueLimit: null }, [used])).to.equal(true);
    expect(isExhausted({ valueLimit: null }, [used, line()])).to.equal(false);
    expect(isExhausted({ valueLimit: null }, [used, line({ isCurrent: false })])).to.equal(true);
    expect(isExhausted({ valueLimit: '60' }, [line({ calledAmount: '60' })])).to.equal(true);
    expect(isExhausted({ valueLimit: '60.01' }, [line({ calledAmount: '60' })])).to.equal(false);
    expect(isExhausted({ valueLimit: null }, [])).to.equal(false);
  });
  it('bounds what an order of it is changed to, and never forbids to order less', () => {
    const lines = [line({ quantityLimit: '100', calledQuantity: '90', calledAmount: '900' })];
    const change = (quantity: string, amount: string, valueLimit: string | null = null) => {
      const growth = [{ agreementLineId: 'a', quantity, amount, before: { quantity: '50', amount: '500' } }];
      try {
        assertGrowthFits({ currency: 'USD', valueLimit }, lines, { growth, allowancePercent: '0' });
        return null;
      } catch (error) {
        return error instanceof AppError ? error.code : error;
      }
    };
    expect(change('60', '600')).to.equal(null);
    expect(change('60.1', '601')).to.equal('call_off.quantity-limit');
    expect(change('50', '600.01', '1000')).to.equal('call_off.value-limit');
    expect(change('40', '400', '100')).to.equal(null);
  });
});

describe('what a supplier wants for an order that was called off', () => {
  const wants = (
    quantity: string,
    unitPrice: string | null,
    over: { base?: string; before?: string } = {},
  ) => {
    const { base = '1', before = '10' } = over;
    const ordered = { agreementLineId: 'a', lineNo: 3, quantity, unitPrice, priceBaseQuantity: base };
    assertAgreedPrices([line()], [{ ...ordered, priceBefore: before }]);
  };
  for (const [why, quantity, price, over] of [
    ['stays at the price of the order', '100', '10', {}],
    ['may cost less', '100', '9', {}],
    ['goes up to the step that a smaller quantity reaches', '99', '12.5', {}],
    ['is the agreed price for another base of it', '100', '100', { base: '10' }],
    ['may stay above where the order already is', '100', '11', { before: '11' }],
    ['says nothing of a price that nobody names', '100', null, {}],
  ] as const)
    it(why, () => wants(quantity, price, over));

  for (const [why, quantity, price, over] of [
    ['is refused above the step that its quantity reaches', '100', '10.01', {}],
    ['is refused above the dearest step', '99', '12.51', {}],
    ['is refused above the agreed price for another base of it', '100', '100.1', { base: '10' }],
  ] as const)
    it(why, () => {
      expect(() => wants(quantity, price, over))
        .to.throw(AppError)
        .with.property('code', 'call_off.price-above-agreed');
    });

  it('counts all rows of one agreement line together', () => {
    const row = {
      agreementLineId: 'a',
      lineNo: 1,
      quantity: '50',
      priceBaseQuantity: '1',
      priceBefore: '10',
    };
    expect(() =>
      assertAgreedPrices(
        [line()],
        [row, row].map((one) => ({ ...one, unitPrice: '12' })),
      ),
    )
      .to.throw(AppError)
      .with.property('code', 'call_off.price-above-agreed');
    assertAgreedPrices([line()], [{ ...row, unitPrice: '12' }]);
  });
});
