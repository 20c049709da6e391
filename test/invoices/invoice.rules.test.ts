import { expect } from 'chai';
import {
  acceptExceptions,
  approve,
  dueOn,
  type Invoice,
  type InvoiceState,
  invoiceLifecycle,
  isOverdue,
  pay,
  reject,
  stepOf,
} from '../../src/invoices/invoice.ts';
import { AppError } from '../../src/kernel/errors.ts';

const invoice = (over: Partial<Invoice> = {}): Invoice => ({
  id: 'i',
  reference: 'INV-2026-0001',
  supplierNumber: 'A-1',
  orderId: 'o',
  supplierId: 's',
  receiptId: 'r',
  statementId: null,
  instalmentId: null,
  isByOrder: false,
  currency: 'USD',
  issuedOn: '2026-03-02',
  dueOn: '2026-04-01',
  netAmount: '100',
  charges: [],
  taxes: [{ category: 'S', rate: '13', taxableAmount: '100', taxAmount: '13' }],
  taxAmount: '13',
  grossAmount: '113',
  state: 'pending_approval',
  rejectionReason: null,
  submittedBy: 'clerk',
  submittedAt: new Date('2026-03-02T10:00:00Z'),
  currentVersion: 1,
  acceptedBy: null,
  approvedBy: null,
  approvedAt: null,
  paidOn: null,
  paymentReference: null,
  version: 1,
  ...over,
});
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'allowed';
};
const at = new Date('2026-03-03T10:00:00Z');

describe('approving an invoice', () => {
  for (const state of invoiceLifecycle.states.filter((one) => one !== 'pending_approval'))
    it(`is refused while it is ${state}`, () =>
      expect(codeOf(() => approve(invoice({ state }), { userId: 'finance', at }))).to.equal(
        'invoice.cannot-approve',
      ));
});

describe('accepting a difference', () => {
  const accept = (userId: string, kinds: Parameters<typeof acceptExceptions>[1]['kinds']) =>
    codeOf(() => acceptExceptions(invoice({ state: 'exception' }), { userId, kinds }));
  it('is possible for prices and quantities', () =>
    expect(accept('buyer', ['price', 'quantity', 'not_received'])).to.equal('allowed'));
  it('is not possible for sums, which can only be right or wrong', () => {
    expect(accept('buyer', ['price', 'tax'])).to.equal('invoice.sums-not-acceptable');
    expect(accept('buyer', ['amount'])).to.equal('invoice.sums-not-acceptable');
  });
});

describe('paying an invoice', () => {
  const paid = (paidOn: string, state: InvoiceState = 'approved') =>
    codeOf(() => pay(invoice({ state }), { paidOn, paymentReference: 'P', today: '2026-03-10' }));
  it('is noted from its own date until today, both included', () => {
    expect(paid('2026-03-02')).to.equal('allowed');
    expect(paid('2026-03-10')).to.equal('allowed');
    expect(paid('2026-03-01')).to.equal('invoice.paid-before-it-was-issued');
    expect(paid('2026-03-11')).to.equal('invoice.paid-in-the-future');
  });
  it('is noted once', () => expect(paid('2026-03-10', 'paid')).to.equal('invoice.cannot-pay'));
});

describe('rejecting an invoice', () => {
  it('is possible before it is approved, and not after', () => {
    const refused = (state: InvoiceState) => codeOf(() => reject(invoice({ state }), 'no'));
    expect(refused('exception')).to.equal('allowed');
    expect(refused('pending_approval')).to.equal('allowed');
    for (const state of ['approved', 'paid', 'rejected'] as const)
      expect(refused(state), state).to.equal('invoice.cannot-reject');
  });
});

describe('the due date', () => {
  it('counts from the invoice’s date or its arrival, whichever is later', () => {
    const terms = { paymentTermsDays: 30 };
    expect(dueOn({ issuedOn: '2026-03-02', arrivedOn: '2026-03-10', ...terms })).to.equal('2026-04-09');
    expect(dueOn({ issuedOn: '2026-03-11', arrivedOn: '2026-03-10', ...terms })).to.equal('2026-04-10');
    expect(dueOn({ issuedOn: '2026-03-02', arrivedOn: '2026-03-02', paymentTermsDays: 0 })).to.equal(
      '2026-03-02',
    );
  });
  it('is reached on its day and overdue on the next', () => {
    const approved = invoice({ state: 'approved' });
    expect([stepOf(approved, '2026-03-31'), stepOf(approved, '2026-04-01')]).to.deep.equal([2, 3]);
    expect([isOverdue(approved, '2026-04-01'), isOverdue(approved, '2026-04-02')]).to.deep.equal([
      false,
      true,
    ]);
    expect(isOverdue(invoice({ state: 'paid' }), '2027-01-01')).to.equal(false);
  });
});
