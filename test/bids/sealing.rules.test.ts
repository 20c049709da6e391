import { expect } from 'chai';
import { type BidContent, contentBytes, readContent } from '../../src/bids/bid-content.ts';
import { makeEventKeyPair, openContent, pad, sealContent, unpad } from '../../src/bids/sealing.ts';

const id = (n: number): string => `0195e0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const content: BidContent = {
  format: 'portico-bid/2',
  eventId: id(1),
  supplierId: id(2),
  version: 3,
  currency: 'USD',
  lines: [
    {
      eventItemId: id(11),
      unitPrice: '9.99',
      priceBaseQuantity: '1',
      leadTimeDays: 14,
      note: '',
      capacity: null,
      tiers: [],
    },
    {
      eventItemId: id(12),
      unitPrice: null,
      priceBaseQuantity: '1',
      leadTimeDays: null,
      note: 'not made any more',
      capacity: null,
      tiers: [],
    },
  ],
  validUntilOn: null,
  alternates: [],
  note: '',
  files: [],
  nonce: 'A'.repeat(44),
};
const expected = {
  eventId: id(1),
  supplierId: id(2),
  version: 3,
  currencies: ['USD'],
  needsPrice: true,
  asked: [
    { id: id(11), lineNo: 1, quantity: '3' },
    { id: id(12), lineNo: 2, quantity: '1' },
  ],
};
const readBack = (over: object): unknown =>
  readContent(Buffer.from(JSON.stringify({ ...content, ...over })), expected);

describe('sealing a bid', () => {
  it('gives the content back to the event’s key and to no other', async () => {
    const key = await makeEventKeyPair();
    const other = await makeEventKeyPair();
    const sealed = await sealContent(contentBytes(content), key.recipient);
    expect(Buffer.from((await openContent(sealed, key.identity)) ?? [])).to.deep.equal(contentBytes(content));
    expect(await openContent(sealed, other.identity)).to.equal(null);
  });

  it('does not open when any part of it was altered', async () => {
    const key = await makeEventKeyPair();
    const sealed = await sealContent(contentBytes(content), key.recipient);
    for (let at = 0; at < sealed.length; at += 397) {
      const altered = Uint8Array.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(await openContent(altered, key.identity), `byte ${at}`).to.equal(null);
    }
    expect(await openContent(sealed.subarray(0, -1), key.identity)).to.equal(null);
  });

  it('tells nothing by its length: one price and twenty lines look the same', async () => {
    const key = await makeEventKeyPair();
    const long = { ...content, note: 'x'.repeat(3000) };
    const [a, b] = await Promise.all(
      [content, long].map((one) => sealContent(contentBytes(one), key.recipient)),
    );
    expect(a?.length).to.equal(b?.length);
  });

  for (const length of [0, 1, 4091, 4092, 4093, 8188, 8189])
    it(`pads ${length} bytes to a full step and back`, () => {
      const bytes = Buffer.alloc(length, 7);
      expect(pad(bytes).length % 4096).to.equal(0);
      expect(Buffer.from(unpad(pad(bytes)))).to.deep.equal(bytes);
    });
});

describe('reading an opened bid', () => {
  it('computes the amounts from the quantities that were asked for', () => {
    const opened = readContent(contentBytes(content), expected);
    expect(opened).to.deep.include({ total: '29.97' });
    expect('lines' in opened && opened.lines.map((line) => line.amount)).to.deep.equal(['29.97', null]);
  });

  const faults: [string, object][] = [
    ['other-event', { eventId: id(9) }],
    ['other-supplier', { supplierId: id(9) }],
    ['other-version', { version: 2 }],
    ['other-currency', { currency: 'EUR' }],
    ['unknown-line', { lines: [{ ...content.lines[0], eventItemId: id(99) }] }],
    ['line-twice', { lines: [content.lines[0], content.lines[0]] }],
    ['no-price', { lines: [content.lines[1]] }],
    [
      'amount-too-large',
      { lines: [{ ...content.lines[0], unitPrice: '999999999999', priceBaseQuantity: '0.0001' }] },
    ],
    ['not-readable', { lines: [{ ...content.lines[0], priceBaseQuantity: '0' }] }],
    ['not-readable', { lines: [{ ...content.lines[0], unitPrice: '-1' }] }],
    ['not-readable', { lines: [{ ...content.lines[0], unitPrice: 9.99 }] }],
    ['not-readable', { more: 'than was agreed' }],
  ];
  for (const [fault, over] of faults)
    it(`finds ${fault} in ${JSON.stringify(over).slice(0, 60)}`, () => {
      expect(readBack(over)).to.deep.equal({ fault });
    });

  it('reads the first format, which said less, as if it said nothing of the rest', () => {
    const { validUntilOn: _, alternates: __, ...before } = content;
    const lines = before.lines.map(({ capacity: ___, tiers: ____, ...line }) => line);
    const first = { ...before, lines, format: 'portico-bid/1' };
    const opened = readContent(Buffer.from(JSON.stringify(first)), expected);
    if ('fault' in opened) throw new Error(opened.fault);
    expect(opened.total).to.equal('29.97');
    expect(opened.content).to.deep.include({ validUntilOn: null, alternates: [] });
    expect(opened.lines[0]).to.deep.include({ capacity: null, tiers: [] });
  });
  it('takes another currency that was allowed, tiers and alternates that were asked for, and no others', () => {
    const tiers = [{ quantity: '100', unitPrice: '9' }];
    const said = {
      currency: 'JPY',
      lines: [{ ...content.lines[0], tiers }],
      alternates: [{ eventItemId: id(11), description: 'Zinc', unitPrice: '8', leadTimeDays: null }],
    };
    const bytes = Buffer.from(JSON.stringify({ ...content, ...said }));
    const asked = [{ id: id(11), lineNo: 1, quantity: '3', tiers: ['100'], takesAlternates: true }];
    const opened = readContent(bytes, { ...expected, currencies: ['USD', 'JPY'], asked });
    if ('fault' in opened) throw new Error(opened.fault);
    expect(opened.alternates).to.deep.equal([{ ...said.alternates[0], alternateNo: 1, amount: '24' }]);
    for (const [index, less] of [{ tiers: ['99'] }, { tiers: [] }, { takesAlternates: false }].entries())
      expect(
        readContent(bytes, {
          ...expected,
          currencies: ['JPY'],
          asked: asked.map((one) => ({ ...one, ...less })),
        }),
        String(index),
      ).to.deep.equal({ fault: 'not-asked' });
  });

  it('finds what is no JSON at all not readable', () => {
    expect(readContent(Buffer.from('{'), expected)).to.deep.equal({ fault: 'not-readable' });
  });
});
