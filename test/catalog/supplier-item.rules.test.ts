import { expect } from 'chai';
import fc from 'fast-check';
import { assertConverts, inSupplierUnit, packagingFault } from '../../src/catalog/supplier-item.ts';
import { compareDecimals, multiplyDecimals, subtractDecimals } from '../../src/kernel/money.ts';

/** Boxes of 12 pairs, sold by two boxes, four at least: 24, and 48 at least. */
const boxes = {
  supplierId: 's',
  itemCode: 'GL-10',
  supplierItemCode: 'N9-12',
  unit: 'PR',
  supplierUnit: 'BX',
  unitsPerSupplierUnit: '12',
  packQuantity: '2',
  minimumQuantity: '4',
};

describe('how a supplier packs an item', () => {
  const cases: readonly [string, string, string | null, string | null][] = [
    ['48', 'PR', null, null],
    ['72.000', 'PR', null, null],
    ['47', 'PR', 'below-minimum', '48'],
    ['1', 'PR', 'below-minimum', '48'],
    ['49', 'PR', 'no-multiple', '72'],
    ['60', 'PR', 'no-multiple', '72'],
    ['4', 'BX', null, null],
    ['5', 'BX', 'no-multiple', '6'],
    ['3', 'BX', 'below-minimum', '4'],
    ['7', 'KGM', null, null],
  ];
  for (const [quantity, unit, code, fits] of cases)
    it(`points out ${quantity} ${unit}: ${code ?? 'nothing'}`, () => {
      expect(packagingFault({ quantity, unit }, boxes)).to.deep.equal(code === null ? null : { code, fits });
    });

  it('knows no bound where none is kept', () => {
    const loose = { ...boxes, packQuantity: null, minimumQuantity: null };
    expect(packagingFault({ quantity: '0.5', unit: 'PR' }, loose)).to.equal(null);
    expect(packagingFault({ quantity: '5', unit: 'PR' }, { ...boxes, packQuantity: null })).to.deep.equal({
      code: 'below-minimum',
      fits: '48',
    });
  });

  it('offers a quantity that it packs, not smaller, and less than one pack away', () => {
    const amount = fc.integer({ min: 1, max: 10_000_000 }).map((value) => (value / 1000).toFixed(3));
    fc.assert(
      fc.property(amount, amount, (quantity, packQuantity) => {
        const item = { ...boxes, packQuantity, minimumQuantity: null };
        const fault = packagingFault({ quantity, unit: 'PR' }, item);
        if (fault === null) return;
        expect(packagingFault({ quantity: fault.fits, unit: 'PR' }, item)).to.equal(null);
        const more = subtractDecimals(fault.fits, quantity);
        expect(compareDecimals(more, '0')).to.equal(1);
        expect(compareDecimals(more, multiplyDecimals(packQuantity, '12'))).to.equal(-1);
      }),
    );
  });

  it('says a quantity in the supplier’s unit, where that is another one that converts', () => {
    expect(inSupplierUnit({ quantity: '72', unit: 'PR' }, boxes)).to.deep.equal({
      quantity: '6',
      unit: 'BX',
    });
    expect(inSupplierUnit({ quantity: '100', unit: 'PR' }, boxes)?.quantity).to.equal('8.333333');
    expect(inSupplierUnit({ quantity: '6', unit: 'BX' }, boxes)).to.equal(null);
    expect(inSupplierUnit({ quantity: '6', unit: 'KGM' }, boxes)).to.equal(null);
    expect(() => assertConverts({ unit: 'PR', supplierUnit: 'PR', unitsPerSupplierUnit: '12' }))
      .to.throw()
      .with.property('code', 'supplier_item.same-unit-converted');
    assertConverts({ unit: 'PR', supplierUnit: 'PR', unitsPerSupplierUnit: '1.0' });
  });
});
