import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals } from '../../src/kernel/money.ts';
import {
  addInvoicedTo,
  addReceivedTo,
  addShippedTo,
  announceableQuantity,
  nextDueOn,
  type OrderLine,
  orderProgress,
  orderShares,
  underWayQuantity,
} from '../../src/orders/fulfilment.ts';
import { orderLine as line } from '../support/order-line.ts';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'allowed';
};

describe('booking quantities on an order line', () => {
  const cases = [
    { says: 'receives all that was ordered', add: addReceivedTo, over: {}, quantity: '10', code: 'allowed' },
    {
      says: 'refuses the smallest over-receipt',
      add: addReceivedTo,
      over: {},
      quantity: '10.000001',
      code: 'po_line.received-more-than-ordered',
    },
    {
      says: 'refuses what is beyond the rest',
      add: addReceivedTo,
      over: { receivedQuantity: '8' },
      quantity: '3',
      code: 'po_line.received-more-than-ordered',
    },
    {
      says: 'takes a receipt back down to what is invoiced',
      add: addReceivedTo,
      over: { receivedQuantity: '8', invoicedQuantity: '5' },
      quantity: '-3',
      code: 'allowed',
    },
    {
      says: 'takes no receipt back that is invoiced',
      add: addReceivedTo,
      over: { receivedQuantity: '8', invoicedQuantity: '5' },
      quantity: '-3.5',
      code: 'po_line.received-less-than-invoiced',
    },
    {
      says: 'takes back no more than there is',
      add: addReceivedTo,
      over: { receivedQuantity: '2' },
      quantity: '-3',
      code: 'po_line.less-than-nothing',
    },
    {
      says: 'invoices all that was received',
      add: addInvoicedTo,
      over: { receivedQuantity: '8' },
      quantity: '8',
      code: 'allowed',
    },
    {
      says: 'refuses an invoice beyond what was received',
      add: addInvoicedTo,
      over: { receivedQuantity: '8' },
      quantity: '8.5',
      code: 'po_line.invoiced-more-than-received',
    },
    {
      says: 'refuses an invoice for what was only announced',
      add: addInvoicedTo,
      over: { shippedQuantity: '10' },
      quantity: '1',
      code: 'po_line.invoiced-more-than-received',
    },
    { says: 'announces all that is open', add: addShippedTo, over: {}, quantity: '10', code: 'allowed' },
    {
      says: 'announces nothing twice',
      add: addShippedTo,
      over: { shippedQuantity: '6' },
      quantity: '5',
      code: 'po_line.announced-more-than-open',
    },
    {
      says: 'announces nothing that came unannounced',
      add: addShippedTo,
      over: { receivedQuantity: '6' },
      quantity: '5',
      code: 'po_line.announced-more-than-open',
    },
    {
      says: 'takes an announcement back',
      add: addShippedTo,
      over: { shippedQuantity: '6' },
      quantity: '-6',
      code: 'allowed',
    },
    {
      says: 'takes back no more than was announced',
      add: addShippedTo,
      over: { shippedQuantity: '6' },
      quantity: '-7',
      code: 'po_line.less-than-nothing',
    },
  ];
  for (const { says, add, over, quantity, code } of cases)
    it(says, () => {
      expect(codeOf(() => add([line(over)], [{ poLineId: 'a', quantity }]))).to.equal(code);
    });

  it('counts a line twice when it is named twice, so that two halves cannot pass one by one', () => {
    const twice = [
      { poLineId: 'a', quantity: '6' },
      { poLineId: 'a', quantity: '6' },
    ];
    expect(codeOf(() => addReceivedTo([line()], twice))).to.equal('po_line.received-more-than-ordered');
  });

  it('refuses a line of another order', () => {
    expect(codeOf(() => addReceivedTo([line()], [{ poLineId: 'z', quantity: '1' }]))).to.equal(
      'po_line.not-found',
    );
  });
});

describe('the state that lines make', () => {
  const quantities = (shipped: string, received: string, invoiced: string) =>
    line({ shippedQuantity: shipped, receivedQuantity: received, invoicedQuantity: invoiced });
  const cases = [
    { lines: [quantities('0', '0', '0')], state: null },
    { lines: [quantities('1', '0', '0'), quantities('0', '0', '0')], state: 'open' },
    { lines: [quantities('10', '1', '0')], state: 'part_received' },
    { lines: [quantities('10', '10', '10'), quantities('0', '0', '0')], state: 'part_received' },
    { lines: [quantities('10', '10', '0')], state: 'received' },
    { lines: [quantities('0', '10', '0')], state: 'received' },
    { lines: [quantities('10', '10', '1'), quantities('10', '10', '0')], state: 'part_invoiced' },
    { lines: [quantities('10', '10', '9.999999')], state: 'part_invoiced' },
    { lines: [quantities('10', '10', '10')], state: 'invoiced' },
    { lines: [], state: null },
  ];
  for (const { lines, state } of cases)
    it(`is ${state} for ${JSON.stringify(lines.map((l) => [l.shippedQuantity, l.receivedQuantity, l.invoicedQuantity]))}`, () => {
      expect(orderProgress(lines)).to.equal(state);
    });
});

describe('what an order page says of its lines', () => {
  it('shows the earliest day of what is still to come', () => {
    const lines = [
      line({ dueOn: '2026-04-01', receivedQuantity: '10' }),
      line({ dueOn: '2026-05-01' }),
      line({ dueOn: '2026-04-20', receivedQuantity: '9' }),
      line({ dueOn: null }),
    ];
    expect(nextDueOn(lines)).to.equal('2026-04-20');
  });

  it('weighs received and invoiced by value, for pieces and kilograms do not add', () => {
    const lines = [
      line({ amount: '900', receivedQuantity: '10', invoicedQuantity: '5' }),
      line({ amount: '100', unit: 'KGM' }),
    ];
    expect(orderShares(lines)).to.deep.equal({ received: '90', invoiced: '45' });
  });

  it('counts lines where the whole order is free of charge', () => {
    const lines = [line({ amount: '0', receivedQuantity: '10' }), line({ amount: '0' })];
    expect(orderShares(lines).received).to.equal('50');
  });
});

describe('any sequence of announcing, receiving and invoicing', () => {
  const act = fc.record({
    add: fc.constantFrom(addShippedTo, addReceivedTo, addInvoicedTo),
    poLineId: fc.constantFrom('a', 'b'),
    quantity: fc.integer({ min: -60, max: 120 }).map((tenths) => (tenths / 10).toFixed(1)),
  });

  it('keeps invoiced ≤ received ≤ ordered, announced ≤ ordered, and nothing negative', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        let lines: OrderLine[] = [line(), line({ id: 'b', quantity: '3.5' })];
        for (const { add, poLineId, quantity } of acts) {
          try {
            lines = add(lines, [{ poLineId, quantity }]);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
          for (const one of lines) {
            expect(compareDecimals(one.receivedQuantity, one.quantity)).to.be.at.most(0);
            expect(compareDecimals(one.invoicedQuantity, one.receivedQuantity)).to.be.at.most(0);
            expect(compareDecimals(one.shippedQuantity, one.quantity)).to.be.at.most(0);
            for (const least of [
              one.shippedQuantity,
              one.invoicedQuantity,
              announceableQuantity(one),
              underWayQuantity(one),
            ])
              expect(compareDecimals(least, '0')).to.be.at.least(0);
          }
        }
      }),
    );
  });

  it('comes to "invoiced" exactly when every line is received and invoiced in full', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        let lines: OrderLine[] = [line({ quantity: '2' })];
        for (const { add, quantity } of acts) {
          try {
            lines = add(lines, [{ poLineId: 'a', quantity }]);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
          const isAll = lines.every((one) => compareDecimals(one.invoicedQuantity, one.quantity) === 0);
          expect(orderProgress(lines) === 'invoiced').to.equal(isAll);
        }
      }),
    );
  });
});
