import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.ts';
import { compareDecimals } from '../../src/kernel/money.ts';
import { fulfilmentOf, orderProgress, takeAsInvoiced } from '../../src/orders/fulfilment.ts';
import { orderLine } from '../support/order-line.ts';

const line = () => ({ ...orderLine(), quantity: '10' });
const id = orderLine().id;
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
  }
  return 'none';
};

describe('receiving by invoicing', () => {
  it('takes up to what is wanted, and not one more', () => {
    const [taken] = takeAsInvoiced([line()], [{ poLineId: id, quantity: '10' }]);
    expect(taken).to.include({ receivedQuantity: '10', invoicedQuantity: '10', fulfilment: 'received' });
    expect(orderProgress(taken === undefined ? [] : [taken])).to.equal('invoiced');
    expect(codeOf(() => takeAsInvoiced([line()], [{ poLineId: id, quantity: '10.001' }]))).to.equal(
      'po_line.received-more-than-ordered',
    );
    const short = { ...line(), shortClosedQuantity: '4' };
    expect(codeOf(() => takeAsInvoiced([short], [{ poLineId: id, quantity: '7' }]))).to.equal(
      'po_line.received-more-than-ordered',
    );
  });

  it('gives back what a refused invoice took, and no more than that', () => {
    const taken = takeAsInvoiced([line()], [{ poLineId: id, quantity: '6' }]);
    const [back] = takeAsInvoiced(taken, [{ poLineId: id, quantity: '-6' }]);
    expect(back).to.include({
      receivedQuantity: '0',
      invoicedQuantity: '0',
      fulfilment: fulfilmentOf(line()),
    });
    expect(codeOf(() => takeAsInvoiced(taken, [{ poLineId: id, quantity: '-7' }]))).to.equal(
      'po_line.less-than-nothing',
    );
  });

  it('never lets more be invoiced than is received, nor than was ordered, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -12, max: 12 })), (changes) => {
        let lines: ReturnType<typeof takeAsInvoiced> = [line()];
        for (const change of changes) {
          try {
            lines = takeAsInvoiced(lines, [{ poLineId: id, quantity: String(change) }]);
          } catch (error) {
            expect(error).to.be.instanceOf(AppError);
          }
          const [now] = lines;
          expect(compareDecimals(now?.invoicedQuantity ?? '0', now?.receivedQuantity ?? '0')).to.equal(0);
          expect(compareDecimals(now?.receivedQuantity ?? '0', '10')).to.be.at.most(0);
          expect(compareDecimals(now?.invoicedQuantity ?? '0', '0')).to.be.at.least(0);
        }
      }),
    );
  });
});
