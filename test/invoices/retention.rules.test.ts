import { expect } from 'chai';
import fc from 'fast-check';
import {
  approveRelease,
  askRelease,
  fallDue,
  type Retained,
  refuseRelease,
  retainedOf,
} from '../../src/invoices/retentions/retention.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';

const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};
const now = new Date('2026-04-01T10:00:00Z');
const one = (over: Partial<Retained> = {}): Retained => ({
  id: 'r',
  invoiceId: 'i',
  orderId: 'o',
  supplierId: 's',
  currency: 'USD',
  percent: '5',
  amount: '50',
  state: 'held',
  reason: '',
  answer: '',
  askedBy: null,
  askedAt: null,
  releasedBy: null,
  releasedAt: null,
  releaseOn: '2026-04-01',
  invoiceState: 'paid',
  version: 1,
  ...over,
});

describe('what is held back of an invoice', () => {
  const cases: readonly (readonly [string, string, string, string, string])[] = [
    ['a percentage of all it comes to', '5', '1130', '0', '56.50'],
    ['whatever of it was paid in advance', '5', '1130', '565', '56.50'],
    ['never more than is left to pay', '5', '1130', '1100', '30'],
    ['nothing where all was paid in advance', '5', '1130', '1130', '0'],
    ['nothing where the plan holds nothing back', '0', '1130', '0', '0'],
    ['rounded once', '3.3333', '10.01', '0', '0.33'],
  ];
  for (const [what, percent, grossAmount, deducted, expected] of cases)
    it(`is ${what}`, () =>
      expect(
        compareDecimals(retainedOf({ percent, grossAmount, deducted, currency: 'USD' }), expected),
      ).to.equal(0));

  it('leaves a payment that is never below nothing, whatever is deducted', () => {
    const cents = (most: number) =>
      fc.integer({ min: 0, max: most }).map((minor) => (minor / 100).toFixed(2));
    fc.assert(
      fc.property(cents(9_900), cents(100_000), cents(100_000), (percent, gross, taken) => {
        const deducted = compareDecimals(taken, gross) > 0 ? gross : taken;
        const retained = retainedOf({ percent, grossAmount: gross, deducted, currency: 'USD' });
        expect(compareDecimals(retained, '0')).to.be.at.least(0);
        expect(compareDecimals(addDecimals([retained, deducted]), gross)).to.be.at.most(0);
      }),
    );
  });
});

describe('releasing it', () => {
  it('is asked for once its invoice is approved, decided by another, and refused back to where it was', () => {
    const by = { userId: 'u', at: now, reason: 'Bond given' };
    expect(codeOf(() => askRelease(one({ invoiceState: 'pending_approval' }), by))).to.equal(
      'retention.invoice-not-approved',
    );
    const asked = askRelease(one(), by);
    expect(asked).to.include({ state: 'asked', askedBy: 'u', reason: 'Bond given' });
    expect(approveRelease(asked, { userId: 'v', at: now })).to.include({
      state: 'released',
      releasedBy: 'v',
    });
    expect(refuseRelease(asked, 'No bond')).to.include({ state: 'held', answer: 'No bond' });
    expect(codeOf(() => approveRelease(one(), { userId: 'v', at: now }))).to.equal(
      'retention.cannot-approve',
    );
  });

  it('comes by itself on its day and not the day before, and never where there is none', () => {
    expect(codeOf(() => fallDue(one(), { today: '2026-03-31', now }))).to.equal('retention.before-its-date');
    expect(fallDue(one(), { today: '2026-04-01', now })).to.include({ state: 'released', releasedBy: null });
    expect(codeOf(() => fallDue(one({ releaseOn: null }), { today: '2030-01-01', now }))).to.equal(
      'retention.before-its-date',
    );
    expect(codeOf(() => fallDue(one({ state: 'paid' }), { today: '2026-04-01', now }))).to.equal(
      'retention.cannot-fall-due',
    );
  });
});
