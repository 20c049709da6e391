import { expect } from 'chai';
import fc from 'fast-check';
import { exemptionErrors, exemptionFields, withExemptions } from '../../src/invoices/exemptions.ts';
import { totalsOf } from '../../src/invoices/totals.ts';
import { readTax, type Tax, type TaxCategory, taxCategories, taxKey } from '../../src/kernel/tax.ts';
import { exemptionCodes, needsExemption, untaxedCategories } from '../../src/kernel/tax-exemption.ts';

const tax = (category: TaxCategory): Tax => ({ category, rate: category === 'S' ? '13' : '0' });
const line = (category: TaxCategory) => ({
  quantity: '1',
  unitPrice: '10',
  priceBaseQuantity: '1',
  tax: tax(category),
});
const totals = (...categories: TaxCategory[]) =>
  totalsOf(categories.map(line), { otherwise: tax('S'), currency: 'EUR' });
const of = (category: TaxCategory, exemptions = {}) => ({
  tax: tax(category),
  lines: [{ tax: null }],
  exemptions,
});

describe('why no tax is charged', () => {
  it('is said of all that is not taxed, and of nothing that is, if at zero', () => {
    expect(taxCategories.filter(needsExemption)).to.deep.equal([...untaxedCategories]);
    const groups = withExemptions(totals('S', 'Z', 'AE', 'K', 'G'), {}).taxes;
    expect(groups.map((group) => [group.category, group.exemption?.code ?? null])).to.deep.equal([
      ['S', null],
      ['Z', null],
      ['AE', 'VATEX-EU-AE'],
      ['K', 'VATEX-EU-IC'],
      ['G', 'VATEX-EU-G'],
    ]);
  });

  it('has to be entered of what is exempt, in words or by a code', () => {
    expect(exemptionErrors(of('E'))).to.deep.include.members([
      {
        path: 'exemptions.E.reason',
        code: 'invoice.exemption-reason-missing',
        message: 'exemption-reason-missing',
      },
    ]);
    for (const entered of [
      { code: null, reason: '§ 4 Nr. 28 UStG' },
      { code: 'VATEX-EU-132', reason: null },
    ]) {
      expect(exemptionErrors(of('E', { E: entered }))).to.deep.equal([]);
      expect(withExemptions(totals('E'), { E: entered }).taxes[0]?.exemption).to.deep.equal(entered);
    }
  });

  it('is not asked of what no line bears', () => {
    const entered = { tax: tax('E'), lines: [{ tax: tax('S') }] };
    expect(exemptionErrors(entered)).to.deep.equal([]);
  });

  it('bears no code of another category', () => {
    const found = exemptionErrors(of('AE', { AE: { code: 'VATEX-EU-G', reason: null } }));
    expect(found.map((one) => one.code)).to.deep.equal(['invoice.exemption-code-unknown']);
  });

  it('changes no sum', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...taxCategories), { minLength: 1 }), (categories) => {
        const plain = totals(...categories);
        const { taxes, ...sums } = withExemptions(plain, {});
        expect(sums).to.deep.equal({
          netAmount: plain.netAmount,
          taxAmount: plain.taxAmount,
          grossAmount: plain.grossAmount,
        });
        expect(taxes.map(taxKey)).to.deep.equal(plain.taxes.map(taxKey));
      }),
    );
  });

  it('is offered for what the house offers untaxed', () => {
    const offered = ['S:13', 'E:0', 'AE:0'].flatMap((key) => readTax(key) ?? []);
    const fields = exemptionFields(offered, { E: { code: null, reason: 'because' } });
    expect(fields).to.deep.equal([
      { category: 'E', codes: exemptionCodes.E, code: '', reason: 'because' },
      { category: 'AE', codes: exemptionCodes.AE, code: '', reason: '' },
    ]);
  });
});
