import { expect } from 'chai';
import fc from 'fast-check';
import {
  approveCredit,
  assertMayBeCredited,
  type CreditNote,
  creditFigures,
  leftToCredit,
  planCredits,
  reviseDebit,
} from '../../src/invoices/credits/credit-note.ts';
import { addDecimals, compareDecimals, subtractDecimals } from '../../src/kernel/money.ts';

const invoice = { netAmount: '100.05', grossAmount: '113.06', taxRate: '13', currency: 'USD' };
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
  taxRate: '0',
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
    const first = creditFigures('60', { invoice, earlier: [] });
    expect(first).to.deep.equal({ netAmount: '60.00', taxAmount: '7.80', grossAmount: '67.80' });
    expect(codeOf(() => creditFigures('40.06', { invoice, earlier: [first] }))).to.equal(
      'credit_note.above-what-is-left',
    );
    const rest = creditFigures('40.05', { invoice, earlier: [first] });
    expect(leftToCredit(invoice, [first, rest])).to.deep.equal({ netAmount: '0', grossAmount: '0' });
    expect(codeOf(() => creditFigures('0.01', { invoice, earlier: [first, rest] }))).to.equal(
      'credit_note.above-what-is-left',
    );
  });

  it('adds up to the invoice to the cent, in however many parts it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('6', '9', '13', '19.6'),
        (cents, taxRate) => {
          const netAmount = (cents.reduce((sum, one) => sum + one, 0) / 100).toFixed(2);
          const whole = creditFigures(netAmount, {
            invoice: { ...invoice, netAmount, grossAmount: '99999999', taxRate },
            earlier: [],
          });
          const all = { netAmount, grossAmount: whole.grossAmount, taxRate, currency: 'USD' };
          const parts: ReturnType<typeof creditFigures>[] = [];
          for (const part of cents)
            parts.push(creditFigures((part / 100).toFixed(2), { invoice: all, earlier: parts }));
          expect(addDecimals(parts.map((part) => part.grossAmount))).to.equal(
            addDecimals([whole.grossAmount]),
          );
        },
      ),
      { numRuns: 60 },
    );
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
