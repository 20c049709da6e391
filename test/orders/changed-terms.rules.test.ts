import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals } from '../../src/kernel/money.ts';
import { applyTo, changeOf } from '../../src/orders/change-order.ts';
import {
  isSameOrderTerms,
  type OrderTerms,
  termsChangeOf,
  termsEffect,
  withTerms,
} from '../../src/orders/changed-terms.ts';
import { addInvoicedTo, addReceivedTo } from '../../src/orders/fulfilment.ts';
import { type Charge, totalsOf, withDiscount } from '../../src/orders/order-charges.ts';
import { isWithin } from '../../src/orders/order-response.ts';
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
const freight = (amount: string): Charge => ({ reason: 'freight', percent: null, amount });
const plain: OrderTerms & { currency: string; chargesInvoiced: Record<string, string> } = {
  currency: 'USD',
  charges: [],
  taxRate: null,
  chargesInvoiced: {},
};
const ID = '019a0000-0000-7000-8000-000000000001';
const invoiced = () =>
  addInvoicedTo(addReceivedTo([orderLine()], [{ poLineId: orderLine().id, quantity: '10' }]), [
    { poLineId: orderLine().id, quantity: '1' },
  ]);

describe('changing the charges and the tax of an order', () => {
  it('is no change where they are the same, however they are written', () => {
    const order = { ...plain, charges: [freight('50.00')], taxRate: '13.0000' };
    const after = { charges: [freight('50')], taxRate: '13' };
    expect(termsChangeOf(order, { after, lines: [orderLine()] })).to.equal(null);
  });

  it('never takes a discount that is larger than the order', () => {
    const after = { charges: [{ ...freight('99999'), reason: 'discount' as const }], taxRate: null };
    expect(codeOf(() => termsChangeOf(plain, { after, lines: [orderLine()] }))).to.equal(
      'purchase_order.discount-above-amount',
    );
  });

  it('does not touch what was invoiced with them, neither when proposed nor when applied', () => {
    const after = { charges: [freight('5')], taxRate: null };
    expect(codeOf(() => termsChangeOf(plain, { after, lines: invoiced() }))).to.equal(
      'change_order.terms-of-invoiced',
    );
    const change = termsChangeOf(plain, { after, lines: [orderLine()] });
    expect(codeOf(() => withTerms(plain, { changes: [change], lines: invoiced() }))).to.equal(
      'change_order.terms-of-invoiced',
    );
  });

  it('lets a charge that is invoiced by itself come later, and never fall below what is invoiced of it', () => {
    const order = { ...plain, charges: [{ ...freight('50'), id: ID }], chargesInvoiced: { [ID]: '20' } };
    const to = (charges: Charge[]) =>
      codeOf(() => termsChangeOf(order, { after: { charges, taxRate: null }, lines: invoiced() }));
    const late = { ...freight('9'), id: ID.replace(/1$/, '2') };
    expect(to([...order.charges, late])).to.equal(null);
    expect(to([{ ...freight('20.00'), id: ID }])).to.equal(null);
    expect(to([{ ...freight('19.99'), id: ID }])).to.equal('change_order.charge-below-invoiced');
    expect(to([late])).to.equal('change_order.charge-below-invoiced');
    expect(to([freight('50')]), 'in the prices it is another one').to.equal('change_order.terms-of-invoiced');
    const allowance = { ...freight('30'), id: ID, reason: 'discount' as const };
    const allowed = { ...order, charges: [allowance], chargesInvoiced: { [ID]: '-10' } };
    const less = (amount: string) =>
      codeOf(() =>
        termsChangeOf(allowed, {
          after: { charges: [{ ...allowance, amount }], taxRate: null },
          lines: invoiced(),
        }),
      );
    expect([less('10'), less('9.99')]).to.deep.equal([null, 'change_order.charge-below-invoiced']);
  });

  it('is overtaken where the order says something else meanwhile', () => {
    const change = termsChangeOf(plain, {
      after: { charges: [freight('5')], taxRate: null },
      lines: [orderLine()],
    });
    const now = { ...plain, taxRate: '6' };
    expect(codeOf(() => withTerms(now, { changes: [change], lines: [orderLine()] }))).to.equal(
      'change_order.terms-overtaken',
    );
  });

  it('makes the order cost exactly what its effect says, and is undone by the change back', () => {
    const amount = fc.integer({ min: 0, max: 90_000 }).map((cents) => (cents / 100).toFixed(2));
    const terms = fc.record({
      charges: fc.array(amount.map(freight), { maxLength: 3 }),
      taxRate: fc.constantFrom(null, '0', '6', '13'),
    });
    fc.assert(
      fc.property(terms, terms, (before, after) => {
        const lines = [orderLine(), orderLine({ quantity: '4' })];
        const order: typeof plain = { ...plain, ...before };
        const change = termsChangeOf(order, { after, lines });
        if (change === null) return isSameOrderTerms(before, after);
        const now = withTerms(order, { changes: [change, null], lines });
        const net = (of: typeof order) =>
          totalsOf(
            lines.map((line) => ({ ...line, amount: line.amount ?? '0' })),
            of,
          ).netAmount;
        const effect = termsEffect(change, { lines, currency: 'USD' });
        expect(compareDecimals(net(now), String(Number(net(order)) + Number(effect)))).to.be.within(-1, 1);
        const back = termsChangeOf(now, { after: before, lines });
        return isSameOrderTerms(withTerms(now, { changes: [back], lines }), order);
      }),
    );
  });
});

describe('changing the discount and the tax of a line', () => {
  const discounted = () =>
    changeOf(orderLine(), {
      unitPrice: null,
      deliveries: orderLine().deliveries,
      charges: withDiscount([], '10'),
      taxRate: '6',
    });

  it('says both sides, and the line costs a tenth less', () => {
    const change = discounted();
    expect(change.before).to.deep.include({ charges: [], taxRate: null });
    const [after] = applyTo([orderLine()], [change], 'USD');
    expect(after?.taxRate).to.equal('6');
    expect(Number(after?.amount)).to.equal(Number(orderLine().amount) * 0.9);
  });

  it('is never within tolerance: a person looks', () => {
    const lax = { daysEarly: 99, daysLate: 99, pricePercent: '99', quantityPercent: '99' };
    expect(isWithin(discounted(), lax)).to.equal(false);
  });

  it('is refused once some of the line is invoiced', () => {
    const [line] = invoiced();
    if (line === undefined) throw new Error('no line');
    const terms = { unitPrice: null, deliveries: line.deliveries };
    expect(codeOf(() => changeOf(line, { ...terms, charges: withDiscount([], '10') }))).to.equal(
      'change_order.charges-of-invoiced',
    );
    expect(codeOf(() => changeOf(line, { ...terms, taxRate: '6' }))).to.equal(
      'change_order.charges-of-invoiced',
    );
  });

  it('stands once: another discount takes the place of the first, other charges stay', () => {
    const packing: Charge = { reason: 'packing', percent: null, amount: '3' };
    expect(withDiscount([...withDiscount([], '5'), packing], '7')).to.deep.equal([
      { reason: 'discount', percent: '7', amount: null },
      packing,
    ]);
    expect(withDiscount(withDiscount([packing], '5'), null)).to.deep.equal([packing]);
  });
});
