import { expect } from 'chai';
import type { BillableLine } from '../../src/invoices/figures.ts';
import { figuresOf } from '../../src/invoices/figures.ts';
import {
  assertStillThere,
  contest,
  enteredAgain,
  enteredFor,
  revise,
  type SelfBilledInvoice,
  withdraw,
} from '../../src/invoices/self-billing/self-billed-invoice.ts';
import {
  acceptAgreement,
  assertTerms,
  endProposal,
  giveNotice,
  lastDayOf,
  numberOf,
  type SelfBillingAgreement,
} from '../../src/invoices/self-billing/self-billing-agreement.ts';
import { AppError } from '../../src/kernel/errors.ts';

/** The code that a rule refuses with. */
function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'not refused';
}

const proposed: SelfBillingAgreement = {
  id: 'a',
  reference: 'SBA-1',
  supplierId: 's',
  rhythm: 'receipt',
  numberPrefix: 'SB',
  currencies: ['USD', 'CNY'],
  plantCodes: ['QD01'],
  validFrom: '2026-03-05',
  validUntil: '2026-12-31',
  nextNumber: 1,
  inForceFrom: null,
  endsOn: null,
  state: 'proposed',
  reason: null,
  proposedBy: 'we',
  proposedAt: new Date(0),
  acceptedBy: null,
  acceptedAt: null,
  version: 1,
};
const by = { userId: 'they', at: new Date(1), today: '2026-03-10' };

describe('agreeing on self-billing', () => {
  it('is proposed for days to come, the last not before the first', () => {
    assertTerms(proposed, '2026-03-05');
    expect(refusalOf(() => assertTerms(proposed, '2026-03-06'))).to.equal(
      'self_billing_agreement.begins-in-the-past',
    );
    expect(refusalOf(() => assertTerms({ ...proposed, validUntil: '2026-03-04' }, '2026-03-05'))).to.equal(
      'self_billing_agreement.ends-before-it-begins',
    );
  });

  it('covers nothing before its acceptance, whatever was proposed', () => {
    const active = acceptAgreement(proposed, by);
    expect(active).to.include({ state: 'active', inForceFrom: '2026-03-10', acceptedBy: 'they' });
    expect(acceptAgreement(proposed, { ...by, today: '2026-03-01' })).to.include({
      inForceFrom: '2026-03-05',
    });
    expect(acceptAgreement(proposed, { ...by, today: '2026-12-31' })).to.include({ state: 'active' });
    expect(refusalOf(() => acceptAgreement(proposed, { ...by, today: '2027-01-01' }))).to.equal(
      'self_billing_agreement.is-over',
    );
  });

  it('is ended by either side with notice, never later than it was agreed for', () => {
    const active = acceptAgreement(proposed, by);
    const notice = { reason: 'New system', today: '2026-04-01', noticeDays: 30 };
    for (const act of ['give-notice', 'leave'] as const) {
      const ending = giveNotice(active, act, notice);
      expect(ending).to.include({ state: 'ending', endsOn: '2026-05-01' });
      expect(lastDayOf(ending)).to.equal('2026-05-01');
      expect(refusalOf(() => giveNotice(ending, act, notice))).to.equal(
        `self_billing_agreement.cannot-${act}`,
      );
    }
    expect(giveNotice(active, 'leave', { ...notice, today: '2026-12-20' })).to.include({
      endsOn: '2026-12-31',
    });
  });

  it('is answered once', () => {
    expect(endProposal(proposed, 'refuse', 'No')).to.include({ state: 'refused', reason: 'No' });
    expect(refusalOf(() => endProposal(acceptAgreement(proposed, by), 'withdraw', 'No'))).to.equal(
      'self_billing_agreement.cannot-withdraw',
    );
  });

  it('numbers in a range of its own', () => {
    expect(numberOf('SB-HL', 42)).to.equal('SB-HL-00042');
    expect(numberOf('SB', 123_456)).to.equal('SB-123456');
  });
});

const line = (poLineId: string, open: string, orderTaxRate: string | null = '13'): BillableLine => ({
  poLineId,
  lineNo: Number(poLineId),
  itemCode: null,
  description: 'Bracket',
  unit: 'C62',
  unitPrice: '12.5000',
  priceBaseQuantity: '1.000000',
  orderTaxRate,
  receiptOpen: open,
  orderOpen: '10.000000',
});
const offered = [
  { category: 'S', rate: '13' },
  { category: 'Z', rate: '0' },
] as const;
const figuresFor = (billable: readonly BillableLine[], entered = enteredFor(billable, how)) =>
  figuresOf(entered, {
    lines: billable,
    currency: 'USD',
    taxes: offered,
    orderIssuedOn: '2026-03-01',
    latestDay: '2026-03-10',
  });
const freight = { orderChargeId: 'f', reason: 'freight', planned: '10', invoiced: '0' } as const;
const how = {
  number: 'SB-00001',
  issuedOn: '2026-03-10',
  last: null,
  offered,
  charges: [],
  part: '1',
  currency: 'USD',
};

describe('an invoice that we make for its supplier', () => {
  it('has all that the receipt has left, at the order’s price and tax, and no line of nothing', () => {
    const figures = figuresFor([line('1', '4.000000'), line('2', '0'), line('3', '99', '0')]);
    expect(figures.lines.map((one) => [one.lineNo, one.quantity, one.amount, one.tax.rate])).to.deep.equal([
      [1, '4', '50.00', '13'],
      [3, '10', '125.00', '0'],
    ]);
    expect(figures).to.include({ supplierNumber: 'SB-00001', netAmount: '175.00', taxAmount: '6.50' });
  });

  it('is submitted to the letter as it was shown', () => {
    const billable = [line('1', '4.000000'), line('3', '99', '0')];
    const figures = figuresFor(billable);
    expect(figuresFor(billable, enteredAgain(figures))).to.deep.equal(figures);
  });

  it('bears its part of the order’s charges, and an allowance below nothing', () => {
    const known = [
      { ...freight, orderId: 'o', orderReference: 'PO-1' },
      {
        ...freight,
        orderChargeId: 'd',
        reason: 'discount',
        planned: '-8',
        orderId: 'o',
        orderReference: 'PO-1',
      },
    ] as const;
    const billable = [line('1', '4')];
    const limits = {
      lines: billable,
      currency: 'USD',
      taxes: offered,
      orderIssuedOn: '2026-03-01',
      latestDay: '2026-03-10',
      charges: { known, orderId: 'o' },
    };
    const figures = figuresOf(enteredFor(billable, { ...how, charges: known, part: '0.5' }), limits);
    expect(figures.charges.map((charge) => charge.amount)).to.deep.equal(['5.00', '-4.00']);
    expect(figures.netAmount).to.equal('51.00');
    expect(figuresOf(enteredAgain(figures), limits)).to.deep.equal(figures);
  });

  it('is exempt only for a reason that the supplier has given', () => {
    const exempt = { category: 'E', rate: '0' } as const;
    const untaxed = [line('1', '4', null)];
    const taxes = [exempt, { category: 'S', rate: '13' }] as const;
    const given = { ...exempt, exemption: { code: null, reason: 'Training' } };
    const limits = {
      lines: untaxed,
      currency: 'USD',
      taxes,
      orderIssuedOn: '2026-03-01',
      latestDay: '2026-03-10',
    };
    const without = figuresOf(enteredFor(untaxed, { ...how, offered: taxes, last: exempt }), limits);
    expect(without.lines[0]?.tax.category).to.equal('S');
    const figures = figuresOf(enteredFor(untaxed, { ...how, offered: taxes, last: given }), limits);
    expect(figures.taxes[0]).to.deep.include({
      category: 'E',
      exemption: { code: null, reason: 'Training' },
    });
    expect(figuresOf(enteredAgain(figures), limits)).to.deep.equal(figures);
  });

  it('is not accepted once less is left than it says', () => {
    const figures = figuresFor([line('1', '4')]);
    assertStillThere(figures.lines, [line('1', '4')]);
    for (const left of [[line('1', '3.999999')], []])
      expect(refusalOf(() => assertStillThere(figures.lines, left))).to.equal(
        'self_billed_invoice.receipt-changed',
      );
  });

  const sent: SelfBilledInvoice = {
    id: 'i',
    reference: 'SB-00001',
    agreementId: 'a',
    supplierId: 's',
    orderId: 'o',
    receiptId: 'r',
    statementId: null,
    currency: 'USD',
    figures: figuresFor([line('1', '4'), line('3', '2')]),
    sha256: '',
    state: 'sent',
    revision: 1,
    answerBy: '2026-03-17',
    contested: [],
    remark: null,
    answer: null,
    invoiceId: null,
    createdAt: new Date(0),
    decidedBy: null,
    decidedAt: null,
    version: 1,
  };

  it('is contested with words, by line or as a whole', () => {
    const none = { userId: 'they', at: new Date(1), reasons: new Map<string, string>(), remark: null };
    expect(refusalOf(() => contest(sent, none))).to.equal('self_billed_invoice.contest-says-nothing');
    expect(refusalOf(() => contest(sent, { ...none, reasons: new Map([['9', 'Strange']]) }))).to.equal(
      'self_billed_invoice.contest-says-nothing',
    );
    expect(contest(sent, { ...none, reasons: new Map([['3', 'Six came']]) })).to.deep.include({
      state: 'contested',
      contested: [{ poLineId: '3', reason: 'Six came' }],
    });
    expect(contest(sent, { ...none, remark: 'Wrong order' })).to.include({ state: 'contested' });
  });

  it('is made anew or withdrawn while it is contested, and never once it is accepted', () => {
    const contested = { ...sent, state: 'contested' as const };
    const anew = { figures: sent.figures, sha256: 'x', answer: 'Counted again', answerBy: '2026-03-20' };
    expect(revise(contested, anew)).to.include({ state: 'sent', revision: 2, answer: 'Counted again' });
    const back = { userId: 'we', at: new Date(1), answer: 'Send your own' };
    expect(withdraw(sent, back)).to.include({ state: 'withdrawn' });
    const accepted = { ...sent, state: 'accepted' as const };
    expect(refusalOf(() => withdraw(accepted, back))).to.equal('self_billed_invoice.cannot-withdraw');
    expect(refusalOf(() => revise(sent, anew))).to.equal('self_billed_invoice.cannot-revise');
  });
});
