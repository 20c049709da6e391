import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertSubmittable,
  type BidDraft,
  emptyDraft,
  isSameDraft,
  readDraft,
} from '../../src/bids/bid-draft.ts';

const id = (n: number): string => `0195e0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const asked = [
  { id: id(1), lineNo: 1, quantity: '10' },
  { id: id(2), lineNo: 2, quantity: '2.500000' },
];
const draftOf = (...prices: string[]): BidDraft => ({
  ...emptyDraft,
  lines: Object.fromEntries(
    prices.map((unitPrice, index) => [id(index + 1), { unitPrice, leadTimeDays: '', note: '' }]),
  ),
});
const read = (...prices: string[]) => readDraft(draftOf(...prices), asked, 'USD');
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing thrown';
};

describe('reading a draft', () => {
  it('takes a blank for no bid, never for zero', () => {
    const draft = read('12.30', '');
    expect(draft.lines.map((line) => line.unitPrice)).to.deep.equal(['12.3', null]);
    expect(draft.lines.map((line) => line.amount)).to.deep.equal(['123.00', null]);
    expect(draft).to.include({ total: '123.00', pricedCount: 1 });
    expect(draft.missing).to.deep.equal([2]);
    expect(draft.free).to.deep.equal([]);
  });

  const prices = [
    ['12.5', '12.5', null],
    ['０．５', '0.5', null],
    [' 7 ', '7', null],
    ['0', '0', null],
    ['0.000001', '0.000001', null],
    ['999999999999', '999999999999', null],
    ['0.0000001', null, 'bid.price-too-precise'],
    ['1000000000000', null, 'bid.amount-too-large'],
    ['12,5', null, 'bid.price-not-a-number'],
    ['1.234,50', null, 'bid.price-not-a-number'],
    ['1,234.50', null, 'bid.price-not-a-number'],
    ['-1', null, 'bid.price-not-a-number'],
    ['1e3', null, 'bid.price-not-a-number'],
    ['12 USD', null, 'bid.price-not-a-number'],
    ['.5', null, 'bid.price-not-a-number'],
    ['NaN', null, 'bid.price-not-a-number'],
  ] as const;
  for (const [typed, unitPrice, code] of prices)
    it(`reads a price typed as “${typed}” as ${unitPrice ?? 'an error, and does not guess'}`, () => {
      const draft = read(typed);
      expect(draft.lines[0]?.unitPrice).to.equal(unitPrice);
      expect(draft.errors.map((error) => error.code)).to.deep.equal(code === null ? [] : [code]);
    });

  it('keeps what cannot be read as it was typed, and says where it stands', () => {
    const draft = read('10', '1,2');
    expect(draft.lines[1]?.typed.unitPrice).to.equal('1,2');
    expect(draft.errors[0]).to.include({ path: `lines.${id(2)}.unitPrice` });
    expect(draft.errors[0]?.params).to.include({ line: 2 });
  });

  const days = [
    ['', null, 0],
    ['0', 0, 0],
    ['3650', 3650, 0],
    ['3651', null, 1],
    ['2.5', null, 1],
    ['-1', null, 1],
    ['soon', null, 1],
  ] as const;
  for (const [typed, leadTimeDays, errorCount] of days)
    it(`reads a lead time typed as “${typed}” as ${leadTimeDays ?? 'nothing'}, with ${errorCount} errors`, () => {
      const draft = readDraft(
        { ...emptyDraft, lines: { [id(1)]: { unitPrice: '1', leadTimeDays: typed, note: '' } } },
        asked,
        'USD',
      );
      expect(draft.lines[0]?.leadTimeDays).to.equal(leadTimeDays);
      expect(draft.errors).to.have.length(errorCount);
    });

  it('rounds each line once and adds the rounded amounts, exactly as integers would', () => {
    const cents = fc.bigInt({ min: 0n, max: 999_999_999_999n });
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, cents), { minLength: 1, maxLength: 20 }), (rows) => {
        const micro = (value: bigint): string =>
          `${value / 1_000_000n}.${String(value % 1_000_000n).padStart(6, '0')}`;
        const lines = rows.map(([quantity], index) => ({
          id: id(index),
          lineNo: index + 1,
          quantity: micro(quantity + 1n),
        }));
        const draft: BidDraft = {
          ...emptyDraft,
          lines: Object.fromEntries(
            rows.map(([, price], index) => [
              id(index),
              { unitPrice: micro(price), leadTimeDays: '', note: '' },
            ]),
          ),
        };
        const expected = rows
          .map(([quantity, price]) => ((quantity + 1n) * price + 5_000_000_000n) / 10_000_000_000n)
          .reduce((sum, amount) => sum + amount, 0n);
        const { total } = readDraft(draft, lines, 'USD');
        expect(BigInt(total.replace('.', ''))).to.equal(expected);
      }),
    );
  });
});

describe('deciding whether a draft may be submitted', () => {
  const decide = (isConfirmed: boolean, ...prices: string[]) =>
    codeOf(() => assertSubmittable(read(...prices), { isConfirmed }));
  it('takes a bid on some of the lines', () => expect(decide(false, '1')).to.equal('nothing thrown'));
  it('refuses a bid without any price', () => expect(decide(true, '', '')).to.equal('bid.no-line-priced'));
  it('refuses what cannot be read, rather than leaving it out', () =>
    expect(decide(true, '1', '2,5')).to.equal('bid.has-errors'));
  it('refuses a price of zero until it is confirmed, because it is mostly a slip', () => {
    expect(decide(false, '1', '0.00')).to.equal('bid.free-line-not-confirmed');
    expect(decide(true, '1', '0.00')).to.equal('nothing thrown');
  });
});

describe('telling whether a draft changed', () => {
  it('takes lines that are empty for lines that were never touched, in any order', () => {
    expect(isSameDraft(draftOf('1', ''), draftOf('1'))).to.equal(true);
    expect(isSameDraft({ ...emptyDraft, note: 'a' }, emptyDraft)).to.equal(false);
    expect(isSameDraft(draftOf('1'), draftOf('1.0'))).to.equal(false);
  });
});
