import { expect } from 'chai';
import fc from 'fast-check';
import { inspectionDifferences, type MatchedShare } from '../../../src/invoices/four-way/inspected.ts';
import { addDecimals } from '../../../src/kernel/money.ts';
import { matchKindFor } from '../../../src/kernel/scoped-policy.ts';

const line = { poLineId: 'one', quantity: '10', unitPrice: '12.50', priceBaseQuantity: '1' };
const share = (quantity: string, inspection: MatchedShare['inspection'], receiptId = 'r'): MatchedShare => ({
  poLineId: 'one',
  receiptId,
  receiptReference: receiptId,
  quantity,
  inspection,
});
const differences = (...shares: MatchedShare[]) => inspectionDifferences([line], { shares, currency: 'USD' });

describe('matching four ways', () => {
  it('finds nothing where all of it was inspected and accepted', () => {
    expect(differences(share('6', 'accepted'), share('4', 'accepted', 's'))).to.deep.equal([]);
  });

  it('holds what nobody has looked at, and what did not pass, each by its quantity and worth', () => {
    expect(
      differences(share('5', 'accepted'), share('3', 'pending', 's'), share('2', 'rejected', 't')),
    ).to.deep.equal([
      { kind: 'not_inspected', poLineId: 'one', expected: '7', actual: '10', amountEffect: '37.50' },
      { kind: 'inspection_failed', poLineId: 'one', expected: '8', actual: '10', amountEffect: '25.00' },
    ]);
  });

  it('lets nothing through that was not accepted, whatever receipts a line is of', () => {
    const states = fc.constantFrom<MatchedShare['inspection']>('accepted', 'rejected', 'pending');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), states), { minLength: 1 }), (all) => {
        const shares = all.map(([quantity, state], index) => share(String(quantity), state, String(index)));
        const quantity = addDecimals(shares.map((one) => one.quantity));
        const found = inspectionDifferences([{ ...line, quantity }], { shares, currency: 'USD' });
        expect(found.length === 0).to.equal(all.every(([, state]) => state === 'accepted'));
      }),
    );
  });

  it('is asked for by supplier, category or plant, the narrower counting more', () => {
    const rule = {
      kind: 'three_way',
      kindScopes: [
        { supplier: null, category: null, plant: 'QD01', kind: 'four_way' },
        { supplier: null, category: 'OFFICE', kind: 'three_way' },
        { supplier: 'SUP-1', category: null, kind: 'four_way' },
      ],
    } as const;
    const at = (supplierReference: string, categoryCode: string | null, plantCode: string) =>
      matchKindFor(rule, { supplierReference, categoryCode, plantCode });
    expect(at('SUP-2', null, 'NB02')).to.equal('three_way');
    expect(at('SUP-2', null, 'QD01')).to.equal('four_way');
    expect(at('SUP-2', 'OFFICE', 'QD01')).to.equal('three_way');
    expect(at('SUP-1', 'OFFICE', 'NB02')).to.equal('four_way');
  });
});
