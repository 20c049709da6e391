import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals, multiplyDecimals } from '../../src/kernel/money.ts';
import { assertKeepsWhatMoved } from '../../src/orders/change-order.ts';
import {
  addArrivedTo,
  addInvoicedTo,
  addShippedTo,
  announceableQuantity,
  closeShortOf,
  invoiceableQuantity,
  type OrderLine,
  openQuantity,
  orderProgress,
  orderShares,
  overQuantity,
  receivableQuantity,
  spreadOver,
  wantedQuantity,
} from '../../src/orders/fulfilment.ts';
import { nextAct, stateOf } from '../../src/orders/purchase-order.ts';
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
const arrival = (quantity: string) => [{ poLineId: 'a', quantity, underWayQuantity: '0' }];

describe('taking more than was ordered', () => {
  for (const [says, over, percent, most] of [
    ['nothing without a tolerance', {}, '0', '10'],
    ['whole pieces of what is counted', { quantity: '30' }, '5', '31'],
    ['not half a piece', { quantity: '10' }, '5', '10'],
    ['a part of what is measured', { quantity: '10', unit: 'KGM' }, '5', '10.5'],
    ['less by what came already', { quantity: '100', receivedQuantity: '103' }, '5', '2'],
    ['nothing beyond the tolerance', { quantity: '100', receivedQuantity: '105' }, '5', '0'],
    ['so much of what is still wanted', { quantity: '100', shortClosedQuantity: '60' }, '5', '42'],
    ['nothing of a cancelled line', { quantity: '0' }, '5', '0'],
  ] as const)
    it(`allows ${says}`, () => {
      expect(compareDecimals(receivableQuantity(line(over), percent), most)).to.equal(0);
    });

  it('is refused beyond the limit, and leaves nothing open, nor less than nothing to announce', () => {
    const lines = [line({ quantity: '100', amount: '200' })];
    expect(codeOf(() => addArrivedTo(lines, arrival('106'), '5'))).to.equal(
      'po_line.received-more-than-ordered',
    );
    expect(codeOf(() => addArrivedTo(lines, arrival('101')))).to.equal('po_line.received-more-than-ordered');
    const [over] = addArrivedTo(lines, arrival('105'), '5') as [OrderLine];
    expect([openQuantity(over), announceableQuantity(over), overQuantity(over)].map(Number)).to.deep.equal([
      0, 0, 5,
    ]);
    expect(over.fulfilment).to.equal('received');
    expect(Number(over.shippedQuantity), 'announced is never more than ordered').to.equal(100);
    expect(Number(orderShares([over]).received)).to.equal(100);
  });

  it('belongs to the last delivery of the line', () => {
    const deliveries = [
      { quantity: '6', dueOn: '2026-04-01' },
      { quantity: '4', dueOn: '2026-05-01' },
    ];
    const moved = line({ deliveries, receivedQuantity: '11', invoicedQuantity: '11', shippedQuantity: '10' });
    expect(
      spreadOver(moved).map((one) => [one.shippedQuantity, one.receivedQuantity, one.invoicedQuantity]),
    ).to.deep.equal([
      ['6', '6', '6'],
      ['4', '5', '5'],
    ]);
  });

  it('is invoiced before the order is', () => {
    const over = { quantity: '100', receivedQuantity: '105' };
    expect(orderProgress([line({ ...over, invoicedQuantity: '100' })])).to.equal('part_invoiced');
    expect(orderProgress([line({ ...over, invoicedQuantity: '105' })])).to.equal('invoiced');
  });
});

describe('closing a line short', () => {
  it('gives up what is neither received nor announced', () => {
    const [closed] = closeShortOf([line({ shippedQuantity: '7', receivedQuantity: '5' })], ['a']) as [
      OrderLine,
    ];
    expect(closed.shortClosedQuantity).to.equal('3');
    expect(Number(openQuantity(closed)), 'what is announced still comes').to.equal(2);
    expect(closed.fulfilment).to.equal('part_received');
    const [come] = addArrivedTo([closed], arrival('2')) as [OrderLine];
    expect(come.fulfilment).to.equal('short_closed');
    expect(orderProgress([come])).to.equal('received');
    expect(codeOf(() => addShippedTo([come], [{ poLineId: 'a', quantity: '1' }]))).to.equal(
      'po_line.announced-more-than-open',
    );
  });

  for (const [says, over] of [
    ['has all come', { shippedQuantity: '10', receivedQuantity: '10' }],
    ['is all announced', { shippedQuantity: '10' }],
    ['is closed short already', { shortClosedQuantity: '10' }],
    ['has come with more than was ordered', { receivedQuantity: '10.5' }],
  ] as const)
    it(`is refused where the line ${says}`, () => {
      expect(codeOf(() => closeShortOf([line(over)], ['a']))).to.equal('po_line.nothing-to-close-short');
    });

  it('is refused for a line of another order', () => {
    expect(codeOf(() => closeShortOf([line()], ['b']))).to.equal('po_line.not-found');
  });

  it('cancels an order of which nothing came at all, and finishes one that is invoiced', () => {
    const order = { state: 'acknowledged', acknowledgedAt: new Date(0) } as const;
    expect(stateOf(order, closeShortOf([line()], ['a']))).to.equal('cancelled');
    const part = line({ shippedQuantity: '4', receivedQuantity: '4', invoicedQuantity: '4' });
    expect(stateOf(order, [part])).to.equal('part_received');
    expect(stateOf(order, closeShortOf([part], ['a']))).to.equal('invoiced');
  });

  it('ends what a version could change about the line', () => {
    const terms = { unitPrice: '2', deliveries: [{ quantity: '12', dueOn: '2026-04-01' }] };
    expect(codeOf(() => assertKeepsWhatMoved(line(), terms))).to.equal('allowed');
    expect(codeOf(() => assertKeepsWhatMoved(line({ shortClosedQuantity: '1' }), terms))).to.equal(
      'change_order.line-closed-short',
    );
  });
});

describe('any course of a line', () => {
  it('never receives more than is tolerated, nor invoices more than is received, nor loses a piece', () => {
    const act = fc.record({
      kind: fc.constantFrom('ship', 'arrive', 'invoice', 'close'),
      quantity: fc.integer({ min: 1, max: 60 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        let lines = [line({ quantity: '100', unit: 'KGM', deliveries: [{ quantity: '100', dueOn: null }] })];
        for (const { kind, quantity } of acts) {
          const change = [{ poLineId: 'a', quantity }];
          const before = lines;
          const code = codeOf(() => {
            if (kind === 'ship') lines = addShippedTo(lines, change);
            if (kind === 'arrive')
              lines = addArrivedTo(lines, [{ poLineId: 'a', quantity, underWayQuantity: '0' }], '5');
            if (kind === 'invoice') lines = addInvoicedTo(lines, change);
            if (kind === 'close') lines = closeShortOf(lines, ['a']);
          });
          if (code !== 'allowed') expect(lines).to.equal(before);
          const [now] = lines as [OrderLine];
          const wanted = wantedQuantity(now);
          expect(compareDecimals(now.receivedQuantity, multiplyDecimals(wanted, '1.05'))).to.be.at.most(0);
          expect(compareDecimals(now.invoicedQuantity, now.receivedQuantity)).to.be.at.most(0);
          expect(compareDecimals(now.shippedQuantity, now.quantity)).to.be.at.most(0);
          for (const left of [openQuantity(now), announceableQuantity(now), invoiceableQuantity(now), wanted])
            expect(compareDecimals(left, '0')).to.be.at.least(0);
          expect(orderProgress(lines) === 'invoiced').to.equal(
            Number(openQuantity(now)) === 0 &&
              compareDecimals(now.invoicedQuantity, now.receivedQuantity) === 0,
          );
        }
      }),
    );
  });
});

describe('who acts next on an order of work', () => {
  const hours = (over: object = {}) => line({ id: 'w', unit: 'HUR', ...over });
  const next = (
    lines: Parameters<typeof nextAct>[1],
    over: { state?: 'acknowledged' | 'open'; isWorkStated?: boolean } = {},
  ) => {
    const { state = 'acknowledged', ...of } = over;
    const { who, act } = nextAct({ state }, lines, { serviceUnits: ['HUR'], ...of });
    return `${who} ${act}`;
  };
  it('is its supplier, who states it and delivers nothing, as long as all that is open is work', () => {
    expect(next([hours()])).to.equal('supplier state-work');
    expect(next([hours()], { state: 'open' })).to.equal('supplier state-work');
    expect(next([hours(), line()])).to.equal('supplier announce');
    expect(next([line()])).to.equal('supplier announce');
    expect(next([line()], { state: 'open' })).to.equal('supplier announce-rest');
    // Nothing is open: no line says that it is work.
    expect(next([], { state: 'open' })).to.equal('supplier announce-rest');
  });
  it('is who ordered or needs it once work is stated', () => {
    for (const state of ['acknowledged', 'open'] as const)
      expect(next([hours()], { state, isWorkStated: true })).to.equal('buyer accept-work');
  });
});
