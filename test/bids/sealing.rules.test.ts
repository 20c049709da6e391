import { expect } from 'chai';
import fc from 'fast-check';
import { combine, split } from 'shamir-secret-sharing';
import { type BidContent, readContent, type SubmissionRules } from '../../src/bids/bid-content.ts';
import { type BidDraft, readDraft } from '../../src/bids/bid-draft.ts';
import { type ContentFrame, contentBytes, toContents } from '../../src/bids/envelope-content.ts';
import {
  combineShares,
  isKeyOf,
  makeKeyPair,
  openContent,
  openShare,
  pad,
  rebuildIdentity,
  type SealedEnvelope,
  type SealingKeys,
  sealEnvelope,
  sha256Of,
  unpad,
} from '../../src/bids/sealing.ts';
import type { Envelope, Requirement } from '../../src/sourcing/index.ts';
import { someQuestion } from '../support/factories/evaluation.ts';

const id = (n: number): string => `0195e0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const hash = (digit: string): string => digit.repeat(64);
const content: BidContent = {
  format: 'portico-bid/2',
  envelope: 'commercial',
  eventId: id(1),
  eventSha256: hash('e'),
  supplierId: id(2),
  version: 3,
  currency: 'USD',
  lines: [
    {
      eventItemId: id(11),
      unitPrice: '9.99',
      priceBaseQuantity: '1',
      pricedIn: null,
      leadTimeDays: 14,
      note: '',
      capacity: null,
      tiers: [],
    },
    {
      eventItemId: id(12),
      unitPrice: null,
      priceBaseQuantity: '1',
      pricedIn: null,
      leadTimeDays: null,
      note: 'not made any more',
      capacity: null,
      tiers: [],
    },
  ],
  validUntilOn: null,
  alternates: [],
  answers: [],
  note: '',
  files: [],
  nonce: 'A'.repeat(44),
};
const asked = [
  { id: id(11), lineNo: 1, quantity: '3' },
  { id: id(12), lineNo: 2, quantity: '1' },
];
const expected = {
  envelope: 'commercial' as Envelope,
  eventId: id(1),
  eventSha256: hash('e'),
  supplierId: id(2),
  version: 3,
  currencies: ['USD'],
  needsPrice: true,
  holdsLines: true,
  asked,
  rules: null,
};
const readBack = (over: object, of: object = {}): unknown =>
  readContent(Buffer.from(JSON.stringify({ ...content, ...over })), { ...expected, ...of });

/** Everybody's keys, and what each can open of a sealed envelope. */
async function makeKeys(of: { openers: number; threshold: number | null }) {
  const time = await makeKeyPair();
  const house = await makeKeyPair();
  const openers = await Promise.all(
    Array.from({ length: of.openers }, async (_, index) => ({
      openerId: id(100 + index),
      ...(await makeKeyPair()),
    })),
  );
  const keys: SealingKeys = {
    timeRecipient: time.recipient,
    houseRecipient: of.threshold === null ? house.recipient : null,
    openers: openers.map(({ openerId, recipient }) => ({ openerId, recipient })),
    threshold: of.threshold,
  };
  return { keys, time, house, openers };
}
type Keys = Awaited<ReturnType<typeof makeKeys>>;

const sharesOf = (
  sealed: SealedEnvelope,
  { openers }: Keys,
  which: readonly number[],
): Promise<Uint8Array[]> =>
  Promise.all(
    which.map(async (index) => {
      const share = await openShare(
        sealed.openerShares[index]?.sealed ?? new Uint8Array(),
        openers[index]?.identity ?? '',
      );
      return share ?? new Uint8Array();
    }),
  );

async function openBy(sealed: SealedEnvelope, keys: Keys, which: readonly number[]): Promise<string | null> {
  const ofTime = (await openShare(sealed.timeShare, keys.time.identity)) ?? new Uint8Array();
  const ofOpening = await combineShares(await sharesOf(sealed, keys, which));
  return ofOpening === null ? null : rebuildIdentity({ ofTime, ofOpening }, sealed.recipient);
}

describe('sealing an envelope', () => {
  it('opens by the time key together with the house, and gives back every byte', async () => {
    const { keys, time, house } = await makeKeys({ openers: 0, threshold: null });
    const bytes = contentBytes(content);
    const sealed = await sealEnvelope(bytes, keys);
    const ofTime = (await openShare(sealed.timeShare, time.identity)) as Uint8Array;
    const ofOpening = (await openShare(sealed.houseShare as Uint8Array, house.identity)) as Uint8Array;
    const identity = await rebuildIdentity({ ofTime, ofOpening }, sealed.recipient);
    expect(identity).to.equal(sealed.identity);
    expect(Buffer.from((await openContent(sealed.sealed, identity as string)) ?? [])).to.deep.equal(
      Buffer.from(bytes),
    );
    // Neither half is a key, nor says a byte of it.
    for (const half of [ofTime, ofOpening]) {
      expect(await isKeyOf(new TextDecoder().decode(half), sealed.recipient)).to.equal(false);
      expect(await rebuildIdentity({ ofTime: half, ofOpening: half }, sealed.recipient)).to.equal(null);
    }
    expect(await openShare(sealed.timeShare, house.identity)).to.equal(null);
  });

  it('opens by any k of n openers and by no fewer', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }).chain((openers) =>
          fc.record({
            openers: fc.constant(openers),
            threshold: fc.integer({ min: 2, max: openers }),
            order: fc.shuffledSubarray(
              Array.from({ length: openers }, (_, index) => index),
              { minLength: openers },
            ),
          }),
        ),
        async ({ openers, threshold, order }) => {
          const keys = await makeKeys({ openers, threshold });
          const sealed = await sealEnvelope(contentBytes(content), keys.keys);
          expect(await openBy(sealed, keys, order.slice(0, threshold))).to.equal(sealed.identity);
          expect(await openBy(sealed, keys, order.slice(0, threshold - 1))).to.equal(null);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('makes nothing of all openers without the time key, and nothing of a share that was bent', async () => {
    const keys = await makeKeys({ openers: 3, threshold: 2 });
    const sealed = await sealEnvelope(contentBytes(content), keys.keys);
    const ofOpening = (await combineShares(await sharesOf(sealed, keys, [0, 1, 2]))) as Uint8Array;
    expect(await rebuildIdentity({ ofTime: ofOpening, ofOpening }, sealed.recipient)).to.equal(null);
    const [first, second] = (await sharesOf(sealed, keys, [0, 1])) as [Uint8Array, Uint8Array];
    const bent = Uint8Array.from(first);
    bent[3] = (bent[3] ?? 0) ^ 1;
    expect(await sha256Of(first)).to.equal(sealed.openerShares[0]?.shareSha256);
    expect(await sha256Of(bent)).not.to.equal(sealed.openerShares[0]?.shareSha256);
    const ofTime = (await openShare(sealed.timeShare, keys.time.identity)) as Uint8Array;
    const wrong = (await combineShares([bent, second])) as Uint8Array;
    expect(await rebuildIdentity({ ofTime, ofOpening: wrong }, sealed.recipient)).to.equal(null);
  });

  it('makes a key of its own each time, so that one envelope opens nothing of another', async () => {
    const { keys } = await makeKeys({ openers: 0, threshold: null });
    const [a, b] = [
      await sealEnvelope(contentBytes(content), keys),
      await sealEnvelope(contentBytes(content), keys),
    ];
    expect(a.recipient).not.to.equal(b.recipient);
    expect(await openContent(a.sealed, b.identity)).to.equal(null);
  });

  it('does not open when any part of it was altered', async () => {
    const { keys } = await makeKeys({ openers: 0, threshold: null });
    const { sealed, identity } = await sealEnvelope(contentBytes(content), keys);
    for (let at = 0; at < sealed.length; at += 397) {
      const altered = Uint8Array.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(await openContent(altered, identity), `byte ${at}`).to.equal(null);
    }
    expect(await openContent(sealed.subarray(0, -1), identity)).to.equal(null);
  });

  it('tells nothing by its length: one price and twenty lines look the same', async () => {
    const { keys } = await makeKeys({ openers: 0, threshold: null });
    const long = { ...content, note: 'x'.repeat(3000) };
    const [a, b] = await Promise.all([content, long].map((one) => sealEnvelope(contentBytes(one), keys)));
    expect(a?.sealed.length).to.equal(b?.sealed.length);
  });

  for (const length of [0, 1, 4091, 4092, 4093, 8188, 8189])
    it(`pads ${length} bytes to a full step and back`, () => {
      const bytes = Buffer.alloc(length, 7);
      expect(pad(bytes).length % 4096).to.equal(0);
      expect(Buffer.from(unpad(pad(bytes)))).to.deep.equal(bytes);
    });

  it('stands on a scheme that gives nothing away by too few shares', async () => {
    const secret = new TextEncoder().encode('AGE-SECRET-KEY-1EXAMPLE');
    const shares = await split(secret, 3, 2);
    expect(await combine(shares.slice(1))).to.deep.equal(secret);
    expect(await combineShares(shares.slice(0, 1))).to.equal(null);
  });
});

describe('putting a bid into its envelopes', () => {
  const draft: BidDraft = {
    lines: { [id(11)]: { unitPrice: '9.99', leadTimeDays: '14', note: '' } },
    note: 'with the prices',
    notes: { technical: 'how we make it' },
    files: [
      { fileId: id(31), fileName: 'drawing.pdf', sizeBytes: 1, sha256: hash('a'), envelope: 'technical' },
      { fileId: id(32), fileName: 'prices.pdf', sizeBytes: 1, sha256: hash('b') },
      {
        fileId: id(33),
        fileName: 'certificate.pdf',
        sizeBytes: 1,
        sha256: hash('c'),
        envelope: 'qualification',
      },
    ],
    answers: {
      [id(21)]: { answer: 'yes', fileIds: [] },
      [id(22)]: { answer: '30 days', fileIds: [] },
      [id(23)]: { answer: '', fileIds: [] },
    },
  };
  const rules = { currencies: ['USD'], needsPrice: true, takesPartialBids: true, validUntilAtLeast: null };
  const frame = (envelopes: readonly Envelope[]): ContentFrame => ({
    eventId: id(1),
    eventSha256: hash('e'),
    supplierId: id(2),
    version: 3,
    currency: 'USD',
    envelopes,
    lotIds: [id(41)],
    envelopeOf: { [id(21)]: 'technical', [id(22)]: 'commercial' },
    fileKeys: { [id(31)]: 'KEY-31' },
    makeNonce: () => 'N'.repeat(44),
  });
  const contentsFor = (envelopes: readonly Envelope[]): BidContent[] =>
    toContents({ typed: draft, read: readDraft(draft, asked, rules) }, frame(envelopes));

  it('has prices in the commercial one alone, and everything else where it belongs', () => {
    const [technical, commercial] = contentsFor(['technical', 'commercial']) as [BidContent, BidContent];
    expect(technical).to.include({ envelope: 'technical', note: 'how we make it' });
    expect(technical.lines).to.deep.equal([]);
    // Which lots it is for is known before its prices; those say it by themselves.
    expect([technical.lotIds, commercial.lotIds]).to.deep.equal([[id(41)], undefined]);
    expect(JSON.stringify(technical)).not.to.include('9.99');
    expect(technical.answers.map((one) => one.requirementId)).to.deep.equal([id(21)]);
    expect(technical.files).to.deep.equal([
      { fileId: id(31), fileName: 'drawing.pdf', sizeBytes: 1, sha256: hash('a'), key: 'KEY-31' },
    ]);
    expect(commercial.lines.map((line) => line.unitPrice)).to.deep.equal(['9.99']);
    expect(commercial.answers.map((one) => one.answer)).to.deep.equal(['30 days']);
    // Its envelope is none of this event's: it goes with the prices, and nothing is lost.
    expect(commercial.files.map((file) => file.fileName)).to.deep.equal(['prices.pdf', 'certificate.pdf']);
  });

  it('puts everything into the one envelope of a simple request', () => {
    const [only, ...more] = contentsFor(['commercial']) as [BidContent];
    expect(more).to.deep.equal([]);
    expect(only.files).to.have.length(3);
    expect(only.answers).to.have.length(2);
    expect(readContent(contentBytes(only), expected)).to.include({ total: '29.97' });
  });

  it('reads back what it wrote, and refuses prices in an envelope that has none', () => {
    const [technical] = contentsFor(['technical', 'commercial']) as [BidContent];
    const of = { ...expected, envelope: 'technical' as const, holdsLines: false };
    expect(readContent(contentBytes(technical), of)).to.deep.include({ total: null, lines: [] });
    expect(readBack({ envelope: 'technical' }, of)).to.deep.equal({ fault: 'not-readable' });
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
    ['other-requirement', { eventSha256: hash('f') }],
    ['other-envelope', { envelope: 'technical', lines: [] }],
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

  it('adds what stays as it was offered in an earlier round, in its currency, and takes it from nowhere else', () => {
    const [own, ...others] = content.lines;
    const sealed = Buffer.from(JSON.stringify({ ...content, lines: [own] }));
    const line = {
      ...own,
      eventItemId: asked[1]?.id ?? '',
      unitPrice: '5',
    } as (typeof content.lines)[number];
    const kept = { currency: 'USD', lines: [line], alternates: [] };
    const opened = readContent(sealed, { ...expected, kept });
    if ('fault' in opened) throw new Error(opened.fault);
    expect(opened.lines.map((one) => one.eventItemId)).to.deep.equal([own?.eventItemId, line.eventItemId]);
    expect(opened.content.lines).to.have.length(1);
    const isFault = (of: object, over: object = {}) =>
      readContent(Buffer.from(JSON.stringify({ ...content, lines: [own], ...over })), {
        ...expected,
        kept: { ...kept, ...of },
      });
    expect(isFault({ currency: 'EUR' })).to.deep.equal({ fault: 'other-currency' });
    expect(isFault({}, { lines: [own, ...others] })).to.deep.equal({ fault: 'line-twice' });
  });
  it('takes another currency that was allowed, tiers and alternates that were asked for, and no others', () => {
    const tiers = [{ quantity: '100', unitPrice: '9' }];
    const said = {
      currency: 'JPY',
      lines: [{ ...content.lines[0], tiers }],
      alternates: [{ eventItemId: id(11), description: 'Zinc', unitPrice: '8', leadTimeDays: null }],
    };
    const bytes = Buffer.from(JSON.stringify({ ...content, ...said }));
    const offered = [{ id: id(11), lineNo: 1, quantity: '3', tiers: ['100'], takesAlternates: true }];
    const opened = readContent(bytes, { ...expected, currencies: ['USD', 'JPY'], asked: offered });
    if ('fault' in opened) throw new Error(opened.fault);
    expect(opened.alternates).to.deep.equal([{ ...said.alternates[0], alternateNo: 1, amount: '24' }]);
    for (const [index, less] of [{ tiers: ['99'] }, { tiers: [] }, { takesAlternates: false }].entries())
      expect(
        readContent(bytes, {
          ...expected,
          currencies: ['JPY'],
          asked: offered.map((one) => ({ ...one, ...less })),
        }),
        String(index),
      ).to.deep.equal({ fault: 'not-asked' });
  });

  it('holds what a browser sealed to the rules of every submission, as nobody had read it before', () => {
    const requirement: Requirement = {
      ...someQuestion({ envelope: 'commercial' }),
      id: id(21),
      number: 1,
      lotId: null,
    };
    const rules = (over: Partial<SubmissionRules> = {}) => ({
      rules: { takesPartialBids: true, requirements: [], ...over },
    });
    // The second line has no price.
    expect(readBack({}, rules())).not.to.have.property('fault');
    expect(readBack({}, rules({ takesPartialBids: false }))).to.deep.equal({ fault: 'leaves-out-lines' });
    const lots = { asked: asked.map((line, at) => ({ ...line, lotId: id(31 + at) })) };
    expect(readBack({}, { ...rules({ takesPartialBids: false }), ...lots })).not.to.have.property('fault');
    const questions = rules({ requirements: [requirement] });
    expect(readBack({}, questions)).to.deep.equal({ fault: 'answers-missing' });
    const answers = [{ requirementId: id(21), answer: 'yes', fileIds: [] }];
    expect(readBack({ answers }, questions)).not.to.have.property('fault');
    const byFile = rules({ requirements: [{ ...requirement, kind: 'file' }] });
    expect(readBack({ answers }, byFile)).to.deep.equal({ fault: 'answers-missing' });
  });

  it('finds what is no JSON at all not readable', () => {
    expect(readContent(Buffer.from('{'), expected)).to.deep.equal({ fault: 'not-readable' });
  });
});
