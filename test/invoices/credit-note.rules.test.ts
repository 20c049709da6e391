import { expect } from 'chai';
import fc from 'fast-check';
import {
  approveCredit,
  assertMayBeCredited,
  type CreditNote,
  creditFigures,
  leftByTax,
  leftToCredit,
  planCredits,
  reviseDebit,
} from '../../src/invoices/credits/credit-note.ts';
import { type Totals, taxOn, totalsOf } from '../../src/invoices/totals.ts';
import { addDecimals, compareDecimals, isPositive, subtractDecimals } from '../../src/kernel/money.ts';
import { type Tax, taxKey } from '../../src/kernel/tax.ts';

const S13 = { category: 'S', rate: '13' } as const;
const invoice = {
  netAmount: '100.05',
  grossAmount: '113.06',
  taxes: [{ ...S13, taxableAmount: '100.05', taxAmount: '13.01' }],
  currency: 'USD',
};
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'allowed';
};
const note: CreditNote = {
  id: 'note',
  reference: 'DN-2026-0001',
  kind: 'debit_note',
  supplierId: 'supplier',
  orderId: 'order',
  invoiceId: null,
  nonconformanceId: 'ncr',
  supplierNumber: null,
  currency: 'USD',
  issuedOn: '2026-03-02',
  reason: 'Scratched',
  netAmount: '40',
  taxes: [{ category: 'O', rate: '0', taxableAmount: '40', taxAmount: '0' }],
  taxAmount: '0',
  grossAmount: '40',
  state: 'contested',
  answer: 'Ours were fine',
  createdBy: 'buyer',
  createdAt: new Date('2026-03-02T10:00:00Z'),
  decidedBy: 'clerk',
  decidedAt: new Date('2026-03-03T10:00:00Z'),
  version: 2,
};

describe('what is credited of an invoice', () => {
  it('is refused above what is left of it, and taken exactly up to it', () => {
    const first = creditFigures('60', { invoice, earlier: [], only: null });
    expect(first).to.deep.equal({
      netAmount: '60.00',
      taxAmount: '7.80',
      grossAmount: '67.80',
      taxes: [{ ...S13, taxableAmount: '60.00', taxAmount: '7.80' }],
    });
    expect(codeOf(() => creditFigures('40.06', { invoice, earlier: [first], only: null }))).to.equal(
      'credit_note.above-what-is-left',
    );
    const rest = creditFigures('40.05', { invoice, earlier: [first], only: null });
    expect(leftToCredit(invoice, [first, rest])).to.deep.equal({ netAmount: '0', grossAmount: '0' });
    expect(codeOf(() => creditFigures('0.01', { invoice, earlier: [first, rest], only: null }))).to.equal(
      'credit_note.above-what-is-left',
    );
  });

  const cents = (minor: number) => (minor / 100).toFixed(2);
  const invoiceOf = (lines: readonly { tax: Tax; minor: number }[]) => ({
    currency: 'USD',
    ...totalsOf(
      lines.map(({ tax, minor }) => ({
        quantity: '1',
        unitPrice: cents(minor),
        priceBaseQuantity: '1',
        tax,
      })),
      { otherwise: S13, currency: 'USD' },
    ),
  });
  const oneOf = fc.constantFrom(S13, { category: 'S', rate: '19.6' }, { category: 'Z', rate: '0' }, {
    category: 'S',
    rate: '6',
  } as const) as fc.Arbitrary<Tax>;

  it('adds up to the invoice to the cent, group by group, in however many parts and of whichever rates it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tax: oneOf, minor: fc.integer({ min: 1, max: 90_000 }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.array(
          fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), group: fc.nat({ max: 5 }) }),
          { maxLength: 10 },
        ),
        (lines, wanted) => {
          const all = invoiceOf(lines);
          const parts: Totals[] = [];
          const credit = (minor: number, only: string | null) => {
            if (minor < 1) return;
            const part = creditFigures(cents(minor), { invoice: all, earlier: parts, only });
            expect(part.netAmount).to.equal(cents(minor));
            for (const group of part.taxes) expect(isPositive(group.taxableAmount)).to.equal(true);
            parts.push(part);
          };
          const left = (only: string | null) =>
            leftByTax(all, parts)
              .filter((group) => only === null || taxKey(group) === only)
              .reduce((sum, group) => sum + Math.round(Number(group.taxableAmount) * 100), 0);
          for (const { share, group } of wanted) {
            const one = all.taxes[group];
            const only = one === undefined ? null : taxKey(one);
            credit(Math.floor(left(only) * share), only);
            for (const rest of leftByTax(all, parts))
              expect(
                [rest.taxableAmount, rest.taxAmount].every((value) => compareDecimals(value, '0') >= 0),
              ).to.equal(true);
          }
          credit(left(null), null);
          for (const rest of leftByTax(all, parts))
            expect(rest).to.include({ taxableAmount: '0', taxAmount: '0' });
          for (const sum of ['netAmount', 'taxAmount', 'grossAmount'] as const)
            expect(subtractDecimals(addDecimals(parts.map((part) => part[sum])), all[sum])).to.equal('0');
        },
      ),
      { numRuns: 80 },
    );
  });

  it('of one rate is as it was before there were several: what the tax on all that is credited grows by', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 2, maxLength: 8 }), (minors) => {
        const sum = (count: number) => minors.slice(0, count).reduce((total, one) => total + one, 0);
        const all = invoiceOf([{ tax: S13, minor: sum(minors.length) }]);
        const taxUpTo = (count: number) => taxOn(cents(sum(count)), { rate: '13', currency: 'USD' });
        const parts: Totals[] = [];
        for (const [index, minor] of minors.entries()) {
          const part = creditFigures(cents(minor), { invoice: all, earlier: parts, only: null });
          expect(
            subtractDecimals(part.taxAmount, subtractDecimals(taxUpTo(index + 1), taxUpTo(index))),
          ).to.equal('0');
          parts.push(part);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('may be of one rate alone, of at most what is left of that', () => {
    const mixed = invoiceOf([
      { tax: S13, minor: 10_000 },
      { tax: { category: 'S', rate: '6' }, minor: 5_000 },
    ]);
    const both = creditFigures('30', { invoice: mixed, earlier: [], only: null });
    expect(both.taxes.map((one) => `${one.taxableAmount} ${one.taxAmount}`)).to.deep.equal([
      '20.00 2.60',
      '10.00 0.60',
    ]);
    expect(creditFigures('40', { invoice: mixed, earlier: [both], only: 'S:6' })).to.include({
      taxAmount: '2.40',
      grossAmount: '42.40',
    });
    const refused = (netAmount: string, only: string) =>
      codeOf(() => creditFigures(netAmount, { invoice: mixed, earlier: [both], only }));
    expect(refused('40.01', 'S:6')).to.equal('credit_note.above-what-is-left');
    expect(refused('1', 'S:9')).to.equal('credit_note.tax-not-on-invoice');
  });

  it('is of an invoice that was matched, and counts once that is approved', () => {
    for (const state of ['submitted', 'exception', 'corrected', 'rejected'] as const)
      expect(codeOf(() => assertMayBeCredited(state))).to.equal('credit_note.invoice-not-matched');
    const submitted = { ...note, kind: 'credit_note', state: 'submitted' } as const;
    const by = { userId: 'finance', at: new Date() };
    expect(codeOf(() => approveCredit(submitted, { ...by, invoiceState: 'pending_approval' }))).to.equal(
      'credit_note.invoice-not-approved',
    );
    for (const invoiceState of ['approved', 'scheduled', 'paid', 'credited'] as const)
      expect(approveCredit(submitted, { ...by, invoiceState }).state).to.equal('approved');
  });
});

describe('a contested debit note', () => {
  it('is sent again for less or the same, and never for more', () => {
    expect(reviseDebit(note, { amount: '25.5', answer: 'Half of them' })).to.include({
      state: 'sent',
      grossAmount: '25.50',
      netAmount: '25.50',
      answer: 'Half of them',
      decidedBy: null,
    });
    expect(reviseDebit(note, { amount: '40', answer: 'See the photos' }).grossAmount).to.equal('40.00');
    expect(codeOf(() => reviseDebit(note, { amount: '40.01', answer: 'More' }))).to.equal(
      'credit_note.above-what-was-claimed',
    );
    expect(codeOf(() => reviseDebit({ ...note, state: 'approved' }, { amount: '1', answer: 'x' }))).to.equal(
      'credit_note.cannot-revise',
    );
  });
});

describe('taking credits off invoices', () => {
  it('begins with a credit’s own invoice, then takes the supplier’s in their order', () => {
    const invoices = [
      { id: 'early', supplierId: 's', payable: '50' },
      { id: 'own', supplierId: 's', payable: '30' },
      { id: 'other', supplierId: 't', payable: '80' },
    ];
    const credits = [
      { id: 'debit', supplierId: 's', invoiceId: null, open: '20' },
      { id: 'credit', supplierId: 's', invoiceId: 'own', open: '45' },
    ];
    expect(planCredits(invoices, credits)).to.deep.equal([
      { creditNoteId: 'credit', invoiceId: 'own', amount: '30' },
      { creditNoteId: 'debit', invoiceId: 'early', amount: '20' },
      { creditNoteId: 'credit', invoiceId: 'early', amount: '15' },
    ]);
  });

  it('uses of each supplier’s credits all that its invoices can take, and no more of either', () => {
    const cents = fc.integer({ min: 0, max: 5_000 }).map((value) => (value / 100).toFixed(2));
    const supplierId = fc.constantFrom('s', 't');
    fc.assert(
      fc.property(
        fc.array(fc.record({ supplierId, payable: cents }), { maxLength: 6 }),
        fc.array(fc.record({ supplierId, open: cents, own: fc.nat({ max: 7 }) }), { maxLength: 6 }),
        (asked, given) => {
          const invoices = asked.map((one, index) => ({ ...one, id: `i${index}` }));
          const credits = given.map(({ own, ...one }, index) => {
            const mine = invoices[own];
            return {
              ...one,
              id: `c${index}`,
              invoiceId: mine?.supplierId === one.supplierId ? mine.id : null,
            };
          });
          const planned = planCredits(invoices, credits);
          const sum = (key: 'invoiceId' | 'creditNoteId', id: string) =>
            addDecimals(planned.filter((one) => one[key] === id).map((one) => one.amount));
          for (const { id, payable } of invoices)
            expect(compareDecimals(sum('invoiceId', id), payable)).to.be.at.most(0);
          for (const { id, open } of credits)
            expect(compareDecimals(sum('creditNoteId', id), open)).to.be.at.most(0);
          for (const supplier of ['s', 't']) {
            const of = <T extends { supplierId: string }>(all: readonly T[]) =>
              all.filter((one) => one.supplierId === supplier);
            const asks = addDecimals(of(invoices).map((one) => one.payable));
            const has = addDecimals(of(credits).map((one) => one.open));
            const used = addDecimals(of(invoices).map((one) => sum('invoiceId', one.id)));
            const least = compareDecimals(asks, has) < 0 ? asks : has;
            expect(subtractDecimals(least, used)).to.equal('0');
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
