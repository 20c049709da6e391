import { expect } from 'chai';
import {
  assertPaysInTime,
  faultsOf,
  INVOICES_AT_MOST,
  isOffset,
  type PaymentResult,
  type PaymentRun,
  paymentReference,
  planPayments,
  progress,
  release,
} from '../../src/invoices/payment-run.ts';

const run: PaymentRun = {
  id: 'run',
  reference: 'PAY-2026-0001',
  currency: 'USD',
  dueUntil: '2026-03-09',
  payOn: '2026-03-02',
  state: 'draft',
  createdBy: 'maker',
  createdAt: new Date('2026-03-02T10:00:00Z'),
  releasedBy: null,
  releasedAt: null,
  cancellationReason: null,
  version: 1,
};
const payable = (id: string, supplierId: string) => ({ id, supplierId, payable: '10' });

describe('planning payments', () => {
  it('makes one payment a supplier, in the order the suppliers come in', () => {
    const planned = planPayments([payable('a', 'x'), payable('b', 'y'), payable('c', 'x')], []);
    expect(
      planned.map((one) => [one.paymentNo, one.supplierId, one.lines.map(({ invoice }) => invoice.id)]),
    ).to.deep.equal([
      [1, 'x', ['a', 'c']],
      [2, 'y', ['b']],
    ]);
    expect(paymentReference('PAY-2026-0007', 2)).to.equal('PAY-2026-0007-02');
  });

  it('takes at least one invoice and at most what two people can look through', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => payable(String(index), 'x'));
    expect(() => planPayments([], []))
      .to.throw()
      .with.property('code', 'payment_run.is-empty');
    expect(planPayments(many(INVOICES_AT_MOST), [])).to.have.length(1);
    expect(() => planPayments(many(INVOICES_AT_MOST + 1), []))
      .to.throw()
      .with.property('code', 'payment_run.is-too-long');
  });

  it('pays what credits leave, and keeps in what they cover', () => {
    const [payment] = planPayments(
      [payable('a', 'x'), payable('b', 'x')],
      [{ id: 'credit', supplierId: 'x', invoiceId: null, open: '12.5' }],
    );
    expect(payment?.lines.map((line) => line.amount)).to.deep.equal(['0', '7.5']);
    const lines = [{ paymentId: 'p', holds: true }];
    expect(isOffset({ id: 'p', amount: '0.0000' }, lines)).to.equal(true);
    expect(isOffset({ id: 'p', amount: '0.01' }, lines)).to.equal(false);
    // Emptied by taking its invoices out: nothing to settle.
    expect(isOffset({ id: 'p', amount: '0' }, [{ paymentId: 'p', holds: false }])).to.equal(false);
  });

  it('pays today or later', () => {
    expect(() => assertPaysInTime('2026-03-02', '2026-03-02')).not.to.throw();
    expect(() => assertPaysInTime('2026-03-01', '2026-03-02'))
      .to.throw()
      .with.property('code', 'payment_run.pays-in-the-past');
  });
});

describe('releasing a run', () => {
  const by = { userId: 'other', at: new Date('2026-03-04T10:00:00Z') };
  it('moves a planned day that is over to today, and keeps one that is to come', () => {
    expect(release(run, { ...by, today: '2026-03-04' }).payOn).to.equal('2026-03-04');
    expect(release(run, { ...by, today: '2026-03-01' }).payOn).to.equal('2026-03-02');
  });

  it('completes with the last payment that is with the bank', () => {
    const released = release(run, { ...by, today: '2026-03-04' });
    expect(progress(released, [{ state: 'paid' }, { state: 'ordered' }]).state).to.equal('released');
    expect(progress(released, [{ state: 'paid' }, { state: 'refused' }]).state).to.equal('completed');
  });
});

describe('reading what the bank paid', () => {
  const of = {
    payments: [
      { reference: 'P-1', state: 'ordered', amount: '100.0000' },
      { reference: 'P-2', state: 'paid', amount: '50' },
      { reference: 'P-3', state: 'refused', amount: '50' },
    ],
    releasedOn: '2026-03-02',
    today: '2026-03-05',
  } as const;
  const result = (over: Partial<PaymentResult> = {}): PaymentResult => ({
    reference: 'P-1',
    paidOn: '2026-03-02',
    amount: '100',
    bankReference: null,
    ...over,
  });
  const codes = (...results: PaymentResult[]) =>
    faultsOf(results, of).map(({ index, code }) => [index, code]);

  it('takes a payment in full, on the day of its release and until today', () => {
    expect(codes(result())).to.deep.equal([]);
    expect(codes(result({ paidOn: '2026-03-05' }))).to.deep.equal([]);
  });

  for (const [says, over, code] of [
    ['a cent less', { amount: '99.99' }, 'payment.other-amount'],
    ['a cent more', { amount: '100.01' }, 'payment.other-amount'],
    ['the day before the release', { paidOn: '2026-03-01' }, 'payment.paid-before-release'],
    ['tomorrow', { paidOn: '2026-03-06' }, 'payment.paid-in-the-future'],
    ['another reference', { reference: 'P-9' }, 'payment.not-of-this-run'],
    ['one that is paid', { reference: 'P-2' }, 'payment.is-paid'],
    ['one that the bank refused', { reference: 'P-3' }, 'payment.is-not-ordered'],
  ] as const)
    it(`finds ${says}`, () => {
      expect(codes(result(over))).to.deep.equal([[0, code]]);
    });

  it('finds the second of two rows about one payment', () => {
    expect(codes(result(), result())).to.deep.equal([[1, 'payment.twice-in-the-file']]);
  });
});
