import { expect } from 'chai';
import { saveDraft } from '../../src/bids/index.ts';
import { type BidSaid, differenceOf, type LineSaid } from '../../src/bids/version-difference.ts';
import { submittedBid, typedLines } from '../support/factories/bids.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

const line = (lineNo: number, over: Partial<LineSaid> = {}): LineSaid => ({
  eventItemId: `line-${lineNo}`,
  lineNo,
  description: `Bracket ${lineNo}`,
  unitPrice: '1',
  priced: null,
  amount: '10',
  leadTimeDays: null,
  note: '',
  capacity: null,
  extras: '',
  ...over,
});
const bid = (over: Partial<BidSaid> = {}): BidSaid => ({
  currency: 'USD',
  total: '10',
  validUntilOn: null,
  note: '',
  files: [],
  lines: [line(1), line(2)],
  ...over,
});

describe('what two versions of a bid say differently', () => {
  it('is nothing for the same, also where one has no row for a line it does not bid on', () => {
    const blank = line(3, { unitPrice: null, amount: null });
    expect(differenceOf(bid(), bid({ lines: [line(1), line(2), blank] })).isNothing).to.equal(true);
  });

  it('is every line whose price, time, note, capacity or extras differ, in their order', () => {
    const after = bid({ lines: [line(2, { note: 'x' }), line(1, { unitPrice: '2' })] });
    expect(differenceOf(bid(), after).lines.map((one) => one.lineNo)).to.deep.equal([1, 2]);
    for (const over of [
      { leadTimeDays: 3 },
      { priced: { unit: 'BX', per: '12', unitPrice: '1' } },
      { capacity: '5' },
      { extras: '100: 0.9' },
    ])
      expect(differenceOf(bid(), bid({ lines: [line(1), line(2, over)] })).lines).to.have.length(1);
  });

  it('tells a file by its content, not by its name alone', () => {
    const before = bid({ files: [{ fileName: 'a.pdf', sha256: '1' }] });
    const after = bid({ files: [{ fileName: 'a.pdf', sha256: '2' }] });
    expect(differenceOf(before, after)).to.deep.include({ filesAdded: ['a.pdf'], filesRemoved: ['a.pdf'] });
  });
});

describe('looking at what changed since a submission', () => {
  let world: World;
  let event: PublishedEvent;
  let supplier: PublishedEvent['suppliers'][number];
  before(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    supplier = event.suppliers[0] as typeof supplier;
  });
  after(() => world.close());

  it('shows each line before and after, and is nobody else’s to see', async () => {
    const { bidId, revision } = await submittedBid(world, { supplier, ...event, prices: ['2.40', '3'] });
    const visitor = await world.as(supplier.actor);
    const address = `/bids/${bidId}/difference?from=1&to=draft`;
    await visitor.get(address).expect(200, /No difference/);
    const lines = typedLines(event.items, ['2.10', '3', '9']);
    await world.runInTx(supplier.actor, (ctx) => saveDraft(ctx, { bidId, revision, lines }));
    const page = await visitor.get(address).expect(200);
    expect(page.text)
      .to.include('2 lines differ')
      .and.to.match(/<del[^>]*>2\.40<\/del> <strong>2\.10</);
    await visitor.get(`/bids/${bidId}`).expect(200, /See what changed/);
    await visitor.get(`/bids/${bidId}/difference?from=1&to=7`).expect(404);
    const [, other] = event.suppliers as [typeof supplier, typeof supplier];
    await (await world.as(other.actor)).get(address).expect(404);
  });
});
