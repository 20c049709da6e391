import { expect } from 'chai';
import fc from 'fast-check';
import {
  assertSubmittable,
  type BidDraft,
  emptyDraft,
  isSameDraft,
  readDraft,
} from '../../src/bids/bid-draft.ts';
import { linesBeside } from '../../src/bids/offer.ts';

const id = (n: number): string => `0195e0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const asked = [
  { id: id(1), lineNo: 1, quantity: '10' },
  { id: id(2), lineNo: 2, quantity: '2.500000' },
];
const rules = { currencies: ['USD'], needsPrice: true, takesPartialBids: true, validUntilAtLeast: null };
const draftOf = (...prices: string[]): BidDraft => ({
  ...emptyDraft,
  lines: Object.fromEntries(
    prices.map((unitPrice, index) => [id(index + 1), { unitPrice, leadTimeDays: '', note: '' }]),
  ),
});
const read = (...prices: string[]) => readDraft(draftOf(...prices), asked, rules);
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
        rules,
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
        const { total } = readDraft(draft, lines, rules);
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

describe('something else that is offered alone', () => {
  it('has a line without a price beside it, once, and none where the line says something', () => {
    const beside = linesBeside(
      [{ eventItemId: id(1) }, { eventItemId: id(2) }, { eventItemId: id(2) }],
      [{ eventItemId: id(1) }],
    );
    expect(beside.map((line) => [line.eventItemId, line.unitPrice])).to.deep.equal([[id(2), null]]);
  });
});

describe('what a draft says beyond prices', () => {
  const detailed = [
    { id: id(1), lineNo: 1, quantity: '10', lotId: id(91), tiers: ['100', '1000.5'], takesAlternates: true },
    { id: id(2), lineNo: 2, quantity: '2', lotId: id(91), asksCapacity: true },
    { id: id(3), lineNo: 3, quantity: '1', lotId: id(92) },
  ];
  const line = { unitPrice: '1', leadTimeDays: '', note: '' };
  const readLines = (lines: BidDraft['lines'], over: object = {}, more: Partial<BidDraft> = {}) =>
    readDraft({ ...emptyDraft, lines, ...more }, detailed, { ...rules, ...over });
  const errorsOf = (lines: BidDraft['lines'], over: object = {}, more: Partial<BidDraft> = {}) =>
    readLines(lines, over, more).errors.map((error) => [error.path, error.code]);

  it('is prices at the quantities that were asked for, and at no other', () => {
    const found = readLines({ [id(1)]: { ...line, tiers: { q100: '0.9', q1000_5: '0.8', q7: '0.1' } } });
    expect(found.lines[0]?.tiers).to.deep.equal([
      { quantity: '100', unitPrice: '0.9' },
      { quantity: '1000.5', unitPrice: '0.8' },
    ]);
    expect(errorsOf({ [id(1)]: { ...line, tiers: { q1000_5: 'x' } } })).to.deep.equal([
      [`lines.${id(1)}.tiers.q1000_5`, 'bid.price-not-a-number'],
    ]);
  });
  it('is alternates with words and a price, where they are taken', () => {
    const offered = { description: ' Zinc instead ', unitPrice: '0.5', leadTimeDays: '9' };
    const alternates = [offered, { description: '', unitPrice: '', leadTimeDays: '' }];
    const found = readLines({ [id(1)]: { ...line, alternates }, [id(2)]: { ...line, alternates } });
    expect(found.lines[0]?.alternates).to.deep.equal([
      { description: 'Zinc instead', unitPrice: '0.5', leadTimeDays: 9, amount: '5.00' },
    ]);
    expect(found.lines[1]?.alternates).to.deep.equal([]);
    expect(found.total).to.equal('12.00');
    const half = [
      { ...offered, unitPrice: '' },
      { ...offered, description: '' },
    ];
    expect(errorsOf({ [id(1)]: { ...line, alternates: half } })).to.deep.equal([
      [`lines.${id(1)}.alternates.0.unitPrice`, 'bid.alternate-incomplete'],
      [`lines.${id(1)}.alternates.1.description`, 'bid.alternate-incomplete'],
    ]);
  });
  it('is a capacity above zero, where it is asked for', () => {
    const found = readLines({ [id(1)]: { ...line, capacity: '5' }, [id(2)]: { ...line, capacity: '5000' } });
    expect(found.lines.map((one) => one.capacity)).to.deep.equal([null, '5000', null]);
    expect(errorsOf({ [id(2)]: { ...line, capacity: '0' } })[0]?.[1]).to.equal('bid.capacity-not-a-number');
  });
  it('is a currency that the event takes', () => {
    const currencies = ['USD', 'JPY'];
    expect(readLines({ [id(1)]: line }, { currencies }, { currency: 'JPY' })).to.include({
      currency: 'JPY',
      total: '10',
    });
    expect(errorsOf({}, { currencies }, { currency: 'EUR' })).to.deep.equal([
      ['currency', 'bid.currency-not-asked'],
    ]);
  });
  for (const { validUntilOn, code } of [
    { validUntilOn: '2026-06-01', code: undefined },
    { validUntilOn: '2026-05-31', code: 'bid.valid-too-short' },
    { validUntilOn: '', code: 'bid.valid-too-short' },
    { validUntilOn: '2026-13-01', code: 'bid.day-not-a-day' },
  ])
    it(`holds until ${validUntilOn || 'no day'}: ${code ?? 'long enough'}, where 2026-06-01 is asked for`, () => {
      const errors = errorsOf({}, { validUntilAtLeast: '2026-06-01' }, { validUntilOn });
      expect(errors[0]?.[1]).to.equal(code);
    });
  it('leaves out whole lots, and no line of one that it bids on, where single lines may not be left out', () => {
    const owed = (...ids: string[]) =>
      readLines(Object.fromEntries(ids.map((one) => [one, line])), { takesPartialBids: false }).owed;
    expect(owed(id(3))).to.deep.equal([]);
    expect(owed(id(1), id(3))).to.deep.equal([2]);
    expect(owed(id(1), id(2))).to.deep.equal([]);
    const draft = readLines({ [id(1)]: line }, { takesPartialBids: false });
    expect(codeOf(() => assertSubmittable(draft, { isConfirmed: false }))).to.equal('bid.leaves-out-lines');
    expect(readLines({ [id(1)]: line }).owed).to.deep.equal([]);
  });
  it('adds up by lot', () => {
    const found = readLines({ [id(1)]: line, [id(3)]: { ...line, unitPrice: '7' } });
    expect(found.lots).to.deep.equal([
      { lotId: id(91), lineCount: 2, pricedCount: 1, total: '10.00' },
      { lotId: id(92), lineCount: 1, pricedCount: 1, total: '7.00' },
    ]);
  });
  it('needs no price where none is asked for', () => {
    const draft = readLines({}, { needsPrice: false });
    expect(codeOf(() => assertSubmittable(draft, { isConfirmed: false }))).to.equal('nothing thrown');
  });
});
