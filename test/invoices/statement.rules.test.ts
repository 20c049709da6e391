import { expect } from 'chai';
import fc from 'fast-check';
import { shareOut } from '../../src/invoices/receipt-share.ts';
import {
  confirm,
  dispute,
  linesOf,
  type ReceivedRow,
  reviseLines,
  type Statement,
  type StatementLine,
  send,
  sumsOf,
} from '../../src/invoices/statements/statement.ts';
import { addDecimals, compareDecimals } from '../../src/kernel/money.ts';

const statement: Statement = {
  id: 'statement',
  reference: 'STM-2026-0001',
  supplierId: 's',
  plantCode: 'QD01',
  month: '2026-03-01',
  currency: 'USD',
  state: 'sent',
  revision: 1,
  createdBy: 'buyer',
  createdAt: new Date('2026-04-01T10:00:00Z'),
  sentAt: new Date('2026-04-01T10:00:00Z'),
  answeredBy: null,
  answeredAt: null,
  remark: null,
  version: 2,
};
const received = (over: Partial<ReceivedRow> = {}): ReceivedRow => ({
  kind: 'to_invoice',
  receiptId: 'r1',
  poLineId: 'p1',
  invoiceId: null,
  description: 'Bracket',
  quantity: '6',
  unit: 'C62',
  unitPrice: '12.5',
  priceBaseQuantity: '1',
  orderOpen: '100',
  ...over,
});
const line = (over: Partial<StatementLine> = {}): StatementLine => ({
  ...(linesOf([received()], 'USD')[0] as StatementLine),
  id: 'l1',
  isLeftOut: false,
  dispute: null,
  answer: null,
  ...over,
});
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'allowed';
};
const by = { userId: 'clerk', at: new Date('2026-04-02T10:00:00Z') };

describe('the lines of a statement', () => {
  it('state of an order line no more than the order has open: what went back is not paid for', () => {
    const lines = linesOf(
      [
        received({ orderOpen: '7' }),
        received({ receiptId: 'r2', quantity: '4', orderOpen: '7' }),
        received({ receiptId: 'r3', quantity: '2', orderOpen: '7' }),
        received({ kind: 'invoiced', invoiceId: 'i1', quantity: '9', orderOpen: '0' }),
      ],
      'USD',
    );
    expect(lines.map((one) => [one.lineNo, one.kind, one.receiptId, one.quantity, one.amount])).to.deep.equal(
      [
        [1, 'to_invoice', 'r1', '6', '75.00'],
        [2, 'to_invoice', 'r2', '1', '12.50'],
        [3, 'invoiced', 'r1', '9', '112.50'],
      ],
    );
  });

  it('add up without those that wait for the next month', () => {
    const lines = [line(), line({ isLeftOut: true }), line({ kind: 'invoiced', amount: '9.99' })];
    expect(sumsOf(lines, 'USD')).to.deep.equal({ toInvoice: '75.00', invoiced: '9.99' });
  });
});

describe('agreeing on a statement', () => {
  it('is sent with at least one line, and counts how often', () => {
    const draft: Statement = { ...statement, state: 'draft', revision: 0, sentAt: null };
    expect(codeOf(() => send(draft, [line({ isLeftOut: true })], by.at))).to.equal('statement.is-empty');
    expect(send(draft, [line()], by.at)).to.include({ state: 'sent', revision: 1, sentAt: by.at });
    expect(codeOf(() => send(statement, [line()], by.at))).to.equal('statement.cannot-send');
  });

  it('is confirmed or disputed while it waits for it, and by nobody’s silence', () => {
    expect(confirm(statement, by)).to.include({ state: 'confirmed', answeredBy: 'clerk' });
    for (const state of ['draft', 'disputed', 'confirmed', 'invoiced', 'settled'] as const) {
      expect(codeOf(() => confirm({ ...statement, state }, by))).to.equal('statement.cannot-confirm');
      const of = { statement: { ...statement, state }, lines: [line()] };
      expect(codeOf(() => dispute(of, { ...by, reasons: new Map([['l1', 'x']]), remark: null }))).to.equal(
        'statement.cannot-dispute',
      );
    }
  });

  it('is disputed with words, about lines that it has or beside them', () => {
    const of = { statement, lines: [line(), line({ id: 'l2', answer: 'as before' })] };
    expect(codeOf(() => dispute(of, { ...by, reasons: new Map(), remark: null }))).to.equal(
      'statement.dispute-says-nothing',
    );
    expect(codeOf(() => dispute(of, { ...by, reasons: new Map([['l9', 'x']]), remark: null }))).to.equal(
      'statement_line.not-found',
    );
    const disputed = dispute(of, {
      ...by,
      reasons: new Map([['l1', 'It were 8']]),
      remark: 'ASN 7 is missing',
    });
    expect(disputed.statement).to.include({ state: 'disputed', remark: 'ASN 7 is missing' });
    expect(disputed.lines.map((one) => [one.dispute, one.answer])).to.deep.equal([
      ['It were 8', null],
      [null, null],
    ]);
  });

  it('is revised as things stand now, with what was said and answered', () => {
    const before = [line({ dispute: 'It were 8' }), line({ id: 'l2', receiptId: 'r2', dispute: 'Not ours' })];
    const now = linesOf([received({ quantity: '8' }), received({ receiptId: 'r5', quantity: '1' })], 'USD');
    const lines = reviseLines(before, now, {
      leftOut: new Set(),
      answers: new Map([['l1', 'You are right']]),
    });
    expect(lines.map((one) => [one.receiptId, one.quantity, one.dispute, one.answer])).to.deep.equal([
      ['r1', '8', 'It were 8', 'You are right'],
      ['r5', '1', null, null],
    ]);
    const left = reviseLines(before, now, { leftOut: new Set(['l1']), answers: new Map() });
    expect(left.map((one) => one.isLeftOut)).to.deep.equal([true, false]);
  });
});

describe('which receipts an invoiced quantity is for', () => {
  it('fills each in turn, and gives the last what is too much', () => {
    const receipts = [
      { receiptId: 'a', quantity: '6' },
      { receiptId: 'b', quantity: '0' },
      { receiptId: 'c', quantity: '4' },
    ];
    expect(shareOut('7', receipts)).to.deep.equal([
      { receiptId: 'a', quantity: '6' },
      { receiptId: 'c', quantity: '1' },
    ]);
    expect(shareOut('12', receipts)).to.deep.equal([
      { receiptId: 'a', quantity: '6' },
      { receiptId: 'c', quantity: '6' },
    ]);
  });

  it('adds up to the quantity, whatever the receipts have', () => {
    const quantity = fc.integer({ min: 0, max: 9_999 }).map((value) => (value / 100).toFixed(2));
    fc.assert(
      fc.property(quantity, fc.array(quantity, { minLength: 1, maxLength: 6 }), (asked, has) => {
        const shares = shareOut(
          asked,
          has.map((one, index) => ({ receiptId: String(index), quantity: one })),
        );
        expect(compareDecimals(addDecimals(shares.map((share) => share.quantity)), asked)).to.equal(0);
      }),
      { numRuns: 60 },
    );
  });
});
