import { expect } from 'chai';
import fc from 'fast-check';
import { type ExpectedCharge, matchCharges } from '../../src/invoices/charges/charge-match.ts';
import {
  type ChargeToInvoice,
  chargeBookings,
  chargeErrors,
  chargesOf,
  type EnteredCharge,
  type InvoiceCharge,
  partOfRest,
  suggestedAmount,
} from '../../src/invoices/charges/invoice-charge.ts';
import { differencesOf } from '../../src/invoices/match.ts';
import { totalsOf } from '../../src/invoices/totals.ts';
import { addDecimals, compareDecimals, roundMoney } from '../../src/kernel/money.ts';

const S13 = { category: 'S', rate: '13' } as const;
const freight: ChargeToInvoice = {
  orderChargeId: 'f',
  orderId: 'o',
  orderReference: 'PO-1',
  reason: 'freight',
  planned: '50',
  invoiced: '0',
};
const discount: ChargeToInvoice = { ...freight, orderChargeId: 'd', reason: 'discount', planned: '-20' };
const entered = (orderChargeId: string | null, amount: string, over: Partial<EnteredCharge> = {}) => ({
  orderChargeId,
  reason: 'freight' as const,
  description: '',
  amount,
  tax: null,
  row: 0,
  ...over,
});
const invoicedAs = (...charges: EnteredCharge[]): InvoiceCharge[] =>
  chargesOf(charges, { known: [freight, discount], orderId: 'o', otherwise: S13, currency: 'USD' });
const expected = (charge: ChargeToInvoice, part = '1', invoiced = '0'): ExpectedCharge => ({
  ...charge,
  invoiced,
  part,
});
const tolerances = { chargeUp: '1', chargeDown: '2' };
const match = (charges: readonly InvoiceCharge[], against: readonly ExpectedCharge[]) =>
  matchCharges(charges, { expected: against, tolerances, currency: 'USD' }).differences.map(
    (one) => `${one.kind} ${one.chargeReason} ${one.expected}>${one.actual}`,
  );

describe('charges of an invoice', () => {
  it('bear the codes of EN 16931 and the sign of what they are', () => {
    const [first, second] = invoicedAs(entered('f', '12.345'), entered('d', '4'));
    expect(first).to.include({ reason: 'freight', reasonCode: 'FC', amount: '12.35', chargeNo: 1 });
    expect(second).to.include({ reason: 'discount', reasonCode: '95', amount: '-4.00', chargeNo: 2 });
    expect(invoicedAs(entered('f', '0.00'))).to.deep.equal([]);
  });

  it('are refused twice, of another order, and where nobody says what they are for', () => {
    const codes = (...charges: EnteredCharge[]) =>
      chargeErrors(charges, [freight]).map(({ path, code }) => `${path} ${code}`);
    expect(codes(entered('f', '1'), entered('f', '2', { row: 1 }))).to.deep.equal([
      'charges.1.amount invoice.charge-twice',
    ]);
    expect(codes(entered('x', '1'))).to.deep.equal(['charges.0.amount invoice.charge-not-of-order']);
    expect(codes(entered(null, '1'))).to.deep.equal(['charges.0.description invoice.charge-without-reason']);
    expect(codes(entered(null, '1', { description: 'Courier' }), entered(null, '0'))).to.deep.equal([]);
  });

  it('stand in the sums and their tax like lines, and are matched with these', () => {
    const line = { poLineId: 'a', quantity: '10', unitPrice: '10', priceBaseQuantity: '1', tax: S13 };
    const charges = invoicedAs(entered('f', '50'), entered('d', '20'));
    const totals = totalsOf([line], { otherwise: S13, currency: 'USD', charges });
    expect(totals).to.include({ netAmount: '130.00', taxAmount: '16.90', grossAmount: '146.90' });
    const exact = { up: '0' };
    const all = {
      pricePercentUp: exact.up,
      pricePercentDown: '0',
      amountUp: '0',
      amountDown: '0',
      quantityPercent: '0',
      invoiceUp: '0',
      invoiceDown: '0',
      taxUp: '0',
      taxDown: '0',
      ...tolerances,
    };
    const invoice = { ...totals, currency: 'USD', lines: [{ ...line, amount: '100' }], charges };
    const against = {
      lines: [{ ...line, receivable: '10' }],
      charges: [expected(freight), expected(discount)],
      tolerances: all,
    };
    expect(differencesOf(invoice, against)).to.deep.equal([]);
    const more = differencesOf(invoice, {
      ...against,
      charges: [expected({ ...freight, planned: '49.5' }), expected(discount)],
    });
    expect(more.map(({ kind, amountEffect }) => [kind, Number(amountEffect)])).to.deep.equal([
      ['over_billing', 0.5],
    ]);
    expect(
      differencesOf({ ...invoice, charges: [] }, { ...against, charges: [] }).map(({ kind }) => kind),
    ).to.deep.equal(['amount']);
  });
});

describe('matching charges', () => {
  const cases: readonly [string, string[], InvoiceCharge[], ExpectedCharge[]][] = [
    ['all of it', [], invoicedAs(entered('f', '50')), [expected(freight)]],
    ['a part of it: the rest is invoiced later', [], invoicedAs(entered('f', '1')), [expected(freight)]],
    ['none of it', [], [], [expected(freight)]],
    ['more, exactly at the limit', [], invoicedAs(entered('f', '51')), [expected(freight)]],
    [
      'more than the limit',
      ['charge freight 50>51.01'],
      invoicedAs(entered('f', '51.01')),
      [expected(freight)],
    ],
    [
      'more than others left of it',
      ['charge freight 10>12'],
      invoicedAs(entered('f', '12')),
      [expected(freight, '1', '40')],
    ],
    [
      'some of what others took all and more of',
      ['charge freight 0>2'],
      invoicedAs(entered('f', '2')),
      [expected(freight, '1', '51')],
    ],
    ['its share of an allowance', [], invoicedAs(entered('d', '10')), [expected(discount, '0.5')]],
    ['less of an allowance, at the limit', [], invoicedAs(entered('d', '9')), [expected(discount, '0.5')]],
    ['no allowance where its share is due', ['charge discount -10>0'], [], [expected(discount, '0.5')]],
    ['all of an allowance at once', [], invoicedAs(entered('d', '20')), [expected(discount, '0.5')]],
    [
      'more of an allowance than there is, beyond what is tolerated down',
      ['charge discount -20>-22.01'],
      invoicedAs(entered('d', '22.01')),
      [expected(discount)],
    ],
    [
      'a charge that no order has, however small',
      ['unplanned_charge freight 0>0.01'],
      invoicedAs(entered(null, '0.01')),
      [expected(freight)],
    ],
    [
      'an allowance that nobody asked for, within what is tolerated down',
      [],
      invoicedAs(entered(null, '2', { reason: 'discount' })),
      [],
    ],
  ];
  for (const [name, found, charges, against] of cases)
    it(name, () => expect(match(charges, against)).to.deep.equal(found));

  it('takes any sequence of proposed shares, to the last cent of each charge', () => {
    const size = fc.integer({ min: 1, max: 90_000 }).map((cents) => (cents / 100).toFixed(2));
    const quantities = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(size, quantities, fc.boolean(), (amount, parts, isAllowance) => {
        const charge = isAllowance ? { ...discount, planned: `-${amount}` } : { ...freight, planned: amount };
        const whole = parts.reduce((sum, one) => sum + one, 0);
        let [rest, invoiced] = [whole, '0'];
        for (const quantity of parts) {
          const line = { unitPrice: '3', priceBaseQuantity: '1' };
          const part = partOfRest([{ ...line, quantity: `${quantity}`, rest: `${rest}` }], 'USD');
          rest -= quantity;
          const now = suggestedAmount({ ...charge, invoiced }, { part, currency: 'USD' });
          const charges = invoicedAs(entered(charge.orderChargeId, now === '' ? '0' : now));
          const soFar = String((whole - rest) / whole);
          const { differences } = matchCharges(charges, {
            expected: [expected(charge, soFar, invoiced)],
            // Rounding of earlier parts may leave a cent.
            tolerances: { chargeUp: '0.05', chargeDown: '0' },
            currency: 'USD',
          });
          if (differences.length > 0) return false;
          invoiced = addDecimals([invoiced, ...charges.map((one) => one.amount)]);
        }
        return compareDecimals(invoiced, roundMoney(charge.planned, 'USD')) === 0;
      }),
    );
  });

  it('books what a correction changes, and nothing where it changes nothing', () => {
    const before = invoicedAs(entered('f', '30'), entered('d', '5'), entered(null, '9'));
    const after = invoicedAs(entered('f', '20'), entered('d', '5'));
    const bookings = chargeBookings(before, after).map(({ orderChargeId, amount }) => [
      orderChargeId,
      Number(amount),
    ]);
    expect(bookings).to.deep.equal([['f', -10]]);
    expect(chargeBookings(before, []).map(({ amount }) => Number(amount))).to.deep.equal([-30, 5]);
  });
});
