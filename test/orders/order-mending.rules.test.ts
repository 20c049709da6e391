import { expect } from 'chai';
import { AppError } from '../../src/kernel/errors.ts';
import { usualTaxRate } from '../../src/orders/order-charges.ts';
import { assertMendable, mendedLines } from '../../src/orders/order-mending.ts';
import { orderLine } from '../support/order-line.ts';

const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

describe('mending an order that follows an award', () => {
  const draft = { state: 'draft', reference: 'PO-1', awardId: 'award' } as const;

  it('is for drafts of an award or an agreement', () => {
    const asked = (over: Partial<typeof draft> | object, isCalledOff = false) =>
      codeOf(() => assertMendable({ ...draft, ...over }, { isCalledOff }));
    expect(asked({})).to.equal(null);
    expect(asked({ awardId: null }, true)).to.equal(null);
    expect(asked({ awardId: null })).to.equal('purchase_order.is-edited-as-a-whole');
    for (const state of ['pending_approval', 'approved', 'sent', 'cancelled'])
      expect(asked({ state }), state).to.equal('purchase_order.is-no-draft');
  });

  const agreed = new Map([['a', 'Bracket']]);
  const mended = (description: string, poLineId = 'a') =>
    mendedLines([orderLine({ description: 'Bracket, blue' })], {
      agreed,
      wanted: [{ poLineId, description, dueOn: '2026-05-04' }],
    });
  it('moves days and says more than was awarded, also less than was said before, and leaves quantity and price', () => {
    const [line] = mended('Bracket, in tens');
    expect(line).to.deep.include({
      description: 'Bracket, in tens',
      dueOn: '2026-05-04',
      quantity: '10',
      unitPrice: '2',
      deliveries: [{ quantity: '10', dueOn: '2026-05-04' }],
    });
    expect(mended('Bracket')[0]?.description).to.equal('Bracket');
  });
  it('says nothing else, and of no other line', () => {
    expect(codeOf(() => mended('Bolt'))).to.equal('purchase_order.text-not-awarded');
    expect(codeOf(() => mended('Bracket', 'b'))).to.equal('po_line.not-found');
  });
});

describe('the tax of an order that says nothing of it', () => {
  const policy = { country: 'CN', rate: '6', plants: { QD01: '13' } };
  const cases: readonly [string, string | null, string | null][] = [
    ['QD01', 'CN', '13'],
    ['SH02', 'CN', '6'],
    ['QD01', 'DE', null],
    ['QD01', null, null],
  ];
  for (const [plantCode, country, rate] of cases)
    it(`is ${rate ?? 'nothing'} at ${plantCode} from ${country ?? 'nowhere known'}`, () =>
      expect(usualTaxRate(policy, { plantCode, country })).to.equal(rate));
});
