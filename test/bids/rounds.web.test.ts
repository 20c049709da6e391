import { expect } from 'chai';
import { openBids, saveDraft, submitBid } from '../../src/bids/index.ts';
import { newId } from '../../src/kernel/id.ts';
import { type Compared, feedbackFor, linesAskedAgain } from '../../src/sourcing/round.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('which lines a round asks again', () => {
  const asked = (chosen: readonly string[] | null) => {
    try {
      return linesAskedAgain(chosen, { itemIds: ['a', 'b'] });
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  for (const [chosen, lines] of [
    [null, null],
    [['b', 'a', 'a'], null],
    [['b'], ['b']],
    [[], 'round.chooses-no-line'],
    [['c'], 'round.line-unknown'],
    [['a', 'b'], null],
  ] as const)
    it(`of ${JSON.stringify(chosen)} are ${JSON.stringify(lines)}`, () =>
      expect(asked(chosen)).to.deep.equal(lines));
});

describe('what a bidder is told of where it stands', () => {
  const bid = (supplierId: string, total: string | null, lines: Record<string, string> = {}): Compared => ({
    supplierId,
    total,
    lines: new Map(Object.entries(lines)),
  });
  const bids = [
    bid('a', '100', { x: '10' }),
    bid('b', '103.24', { x: '9' }),
    bid('c', '100'),
    bid('d', null),
  ];
  const of = (supplierId: string, kind: 'rank' | 'gap', reach: 'total' | 'line' = 'total') =>
    feedbackFor(supplierId, bids, { kind, reach });
  it('is nothing where nothing is to be told', () =>
    expect(feedbackFor('a', bids, { kind: 'none', reach: 'line' })).to.equal(null));
  it('is a rank, the same for equal prices', () =>
    expect(['a', 'b', 'c'].map((id) => of(id, 'rank')?.total)).to.deep.equal([
      { rank: 1 },
      { rank: 3 },
      { rank: 1 },
    ]));
  it('is a gap to the best in percent, in one decimal', () =>
    expect(['a', 'b'].map((id) => of(id, 'gap')?.total)).to.deep.equal([
      { gapPercent: '0' },
      { gapPercent: '3.2' },
    ]));
  it('is nothing of a total that there is not', () => expect(of('d', 'rank')?.total).to.equal(null));
  it('is of lines where that is wanted, among those that were offered', () => {
    expect(of('a', 'rank', 'line')?.lines).to.deep.equal({ x: { rank: 2 } });
    expect(of('a', 'rank')?.lines).to.deep.equal({});
    expect(of('c', 'gap', 'line')?.lines).to.deep.equal({});
  });
  it('is no division by a price of zero', () =>
    expect(
      feedbackFor('a', [bid('a', '5'), bid('b', '0')], { kind: 'gap', reach: 'total' })?.total,
    ).to.deep.equal({ gapPercent: '0' }));
});

describe('a new round of bids', () => {
  let world: World;
  let made: PublishedEvent;
  let buyer: Visitor;
  const supplierAt = (index: number) => made.suppliers[index] as PublishedEvent['suppliers'][number];
  const row = () => world.db('sourcing_event').where({ id: made.eventId }).first();
  const open = async () => {
    const opener = await world.staff('bid_opener');
    await world.runInTx(opener, (ctx) => openBids(ctx, made.eventId));
    buyer = await world.as(made.buyer);
  };
  const form = async (over: Record<string, unknown> = {}) => ({
    version: String((await row()).version),
    timeZone: 'Asia/Shanghai',
    closesAt: '2026-03-12T17:00',
    reason: 'The prices are close',
    feedback: 'rank',
    feedbackOn: 'total',
    supplierId: [supplierAt(0).supplierId, supplierAt(1).supplierId],
    ...over,
  });
  const start = async (over: Record<string, unknown> = {}) =>
    buyer.post(`/events/${made.eventId}/rounds`, await form(over));
  beforeEach(async () => {
    world = await makeWorld();
    made = await publishedEvent(world, {
      suppliers: [await makeSupplier(world), await makeSupplier(world), await makeSupplier(world)],
    });
    for (const [index, price] of ['2.5', '2.4', '3'].entries())
      await submittedBid(world, { supplier: supplierAt(index), ...made, prices: [price, '12', '0.1'] });
    await closeEvent(world, made.event);
    await world.drainJobs();
    await open();
  });
  afterEach(() => world.close());

  it('asks two of three for better bids with their ranks, starts from their last, and is opened like the first', async () => {
    expect((await buyer.get(`/events/${made.eventId}/rounds`).expect(200)).text).to.include('A new round');
    expect((await start()).status).to.equal(303);
    const begun = await row();
    expect([begun.state, begun.round, begun.closes_at.toISOString()]).to.deep.equal([
      'open',
      2,
      '2026-03-12T09:00:00.000Z',
    ]);
    // What was opened stays open to the buyer, line by line, while the next round takes bids.
    expect((await buyer.get(`/events/${made.eventId}/rounds`).expect(200)).text)
      .to.include('2.50')
      .and.include('930');
    await world.drainJobs();
    const asked = world.mails.filter((mail) => mail.subject.includes('a better bid is asked for'));
    expect(asked.map((mail) => mail.to.address)).to.have.members([supplierAt(0).email, supplierAt(1).email]);
    const others = world.mails.filter((mail) => mail.subject.includes('is being evaluated'));
    expect(others.map((mail) => mail.to.address)).to.deep.equal([supplierAt(2).email]);

    const first = await world.as(supplierAt(0).actor);
    const page = (await first.get(`/bids/invitations/${made.eventId}`).expect(200)).text;
    expect(page).to.include('rank 2').and.include('The prices are close');
    expect(
      (await (await world.as(supplierAt(1).actor)).get(`/bids/invitations/${made.eventId}`)).text,
    ).to.include('rank 1');
    const left = await world.as(supplierAt(2).actor);
    const leftPage = (await left.get(`/bids/invitations/${made.eventId}`).expect(200)).text;
    expect(leftPage).not.to.match(/rank|better bid|The prices are close|2026-03-12|12 Mar/);
    expect((await left.get('/bids')).text).not.to.match(/12 Mar/);
    // It goes to the bid it has; there is no other, and this one is not changed any more.
    const old = await left.post(`/bids/invitations/${made.eventId}/bid`).expect(303);
    await left.get(String(old.headers['location'])).expect(303);
    expect(await world.db('bid')).to.have.length(3);

    const started = await first.post(`/bids/invitations/${made.eventId}/bid`).expect(303);
    const edit = String(started.headers['location']);
    expect((await first.get(edit).expect(200)).text).to.include('value="2.5"');
    const bidId = edit.split('/')[2] ?? '';
    await first.post(`/bids/${bidId}/draft`, {
      revision: '1',
      note: '',
      lines: Object.fromEntries(
        made.items.map((item, index) => [
          item.id,
          { unitPrice: ['2.2', '12', '0.1'][index], leadTimeDays: '', note: '' },
        ]),
      ),
      next: 'review',
    });
    await world.runInTx(supplierAt(0).actor, (ctx) =>
      submitBid(ctx, { bidId, revision: 2, idempotencyKey: newId(), isFreeMeant: false }),
    );
    await closeEvent(world, { closesAt: begun.closes_at });
    await world.drainJobs();
    await open();
    const bids = await world.db('bid').where({ event_id: made.eventId }).orderBy(['supplier_id', 'round']);
    const standing = (index: number) =>
      bids
        .filter((bid) => bid.supplier_id === supplierAt(index).supplierId)
        .map((bid) => [bid.round, bid.state, Number(bid.total_amount)]);
    expect([0, 1, 2].map(standing)).to.deep.equal([
      [
        [1, 'superseded', 930],
        [2, 'valid', 900],
      ],
      [[1, 'valid', 920]],
      [[1, 'valid', 980]],
    ]);
    expect((await row()).state).to.equal('evaluation');
    const rounds = (await buyer.get(`/events/${made.eventId}/rounds`).expect(200)).text;
    expect(rounds).to.include('930').and.include('900').and.include('Replaced in a later round');
    const compared = (await buyer.get(`/events/${made.eventId}/comparison`).expect(200)).text;
    expect(compared).to.include('2.2').and.include('2.4');
  });

  it('asks chosen lines alone again: the others stay as they were offered, whatever a form says', async () => {
    const [line, other] = made.items as [PublishedEvent['items'][number], PublishedEvent['items'][number]];
    const lines = { choosesLines: 'yes', itemId: [line.id] };
    expect((await start({ ...lines, itemId: [] })).status).to.equal(422);
    expect((await start({ ...lines, itemId: [made.eventId] })).status).to.equal(409);
    expect(await world.db('round')).to.have.length(0);
    expect((await start(lines)).status).to.equal(303);
    expect((await world.db('round').first()).item_ids).to.deep.equal([line.id]);
    const first = await world.as(supplierAt(0).actor);
    const told = (await first.get(`/bids/invitations/${made.eventId}`).expect(200)).text;
    expect(told).to.include('Only these lines are asked again: 1.');
    const begun = await first.post(`/bids/invitations/${made.eventId}/bid`).expect(303);
    const edit = String(begun.headers['location']);
    expect((await first.get(edit).expect(200)).text).to.include('not asked again; stays as offered');
    const bidId = edit.split('/')[2] ?? '';
    const page = await world.runInTx(supplierAt(0).actor, (ctx) =>
      saveDraft(ctx, {
        bidId,
        revision: 1,
        lines: { [line.id]: { unitPrice: '2.2' }, [other.id]: { unitPrice: '99' } },
        currency: 'EUR',
      }),
    );
    expect([page.draft.lines[line.id]?.unitPrice, page.draft.lines[other.id]?.unitPrice]).to.deep.equal([
      '2.2',
      '12',
    ]);
    expect(page.read.currency).to.equal('USD');
    expect((await buyer.get(`/events/${made.eventId}/rounds`).expect(200)).text).to.match(/<dt>Lines<\/dt>/);
  });

  it('in which nobody bids leaves the earlier bids as they are', async () => {
    await start({ feedback: 'none' });
    await closeEvent(world, { closesAt: (await row()).closes_at });
    await world.drainJobs();
    buyer = await world.as(made.buyer);
    expect((await buyer.get(`/events/${made.eventId}/rounds`)).text).to.include('Nobody bid in this round');
    await buyer.post(`/events/${made.eventId}/rounds/ending`).expect(303);
    expect((await row()).state).to.equal('evaluation');
    expect(await world.db('bid').pluck('state')).to.deep.equal(['valid', 'valid', 'valid']);
  });

  it('is refused for nobody, for who has not bid, to the past, without a reason and a second time', async () => {
    const before = await row();
    const refused = async (over: Record<string, unknown>, status: number): Promise<void> => {
      expect((await start(over)).status).to.equal(status);
      expect(await row()).to.deep.equal(before);
    };
    await refused({ supplierId: [] }, 422);
    await refused({ supplierId: [(await makeSupplier(world)).supplierId] }, 409);
    await refused({ closesAt: '2026-03-09T17:00' }, 422);
    await refused({ reason: ' ' }, 422);
    await refused({ version: '1' }, 409);
    await buyer.post(`/events/${made.eventId}/rounds/ending`).expect(422);
    expect(await world.db('round')).to.have.length(0);
    expect((await start()).status).to.equal(303);
    expect((await start()).status).to.equal(422);
    expect(await world.db('round')).to.have.length(1);
  });
});
