import { expect } from 'chai';
import { chooseLowest } from '../../src/awards/allocation.ts';
import { findAwardBasis } from '../../src/awards/award-basis.service.ts';
import { type AwardSort, awardSorts, findAwards } from '../../src/awards/award-list.queries.ts';
import { proposeAward } from '../../src/awards/index.ts';
import { findEvent } from '../../src/sourcing/index.ts';
import { evaluatedEvent } from '../support/factories/awards.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('listing awards', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  /** An award of everything to its one bidder, at this price a line. */
  const awarded = async (title: string, price: string) => {
    const bids = [{ name: `Bidder of ${title}`, prices: [price, price, price] }];
    const { eventId, buyer } = await evaluatedEvent(world, { title, bids });
    const awardId = await world.runInTx(buyer, async (ctx) => {
      const { asked, bidders } = await findAwardBasis(ctx, await findEvent(ctx, eventId));
      const lines = chooseLowest(
        asked,
        bidders.flatMap((bidder) => bidder.offers),
      );
      return proposeAward(ctx, { eventId, lines, justification: '', debrief: '' });
    });
    return { awardId, eventId, buyer };
  };
  const references = (html: string): string[] =>
    [...html.matchAll(/AWD-2026-\d{4}(?=<\/a>)/g)].map(([found]) => found);

  it('is sorted, searched, paged without loss, and exported', async () => {
    const { buyer } = await awarded('Copper', '2');
    await awarded('100%_steel', '3');
    await awarded('Brass', '1');
    const visitor = await world.as(buyer);
    const listed = async (query: string): Promise<string[]> =>
      references((await visitor.get(`/awards?${query}`).expect(200)).text);
    expect(await listed('')).to.deep.equal(['AWD-2026-0003', 'AWD-2026-0002', 'AWD-2026-0001']);
    expect(await listed('sort=largest')).to.deep.equal(['AWD-2026-0002', 'AWD-2026-0001', 'AWD-2026-0003']);
    expect(await listed('q=0%25_s')).to.deep.equal(['AWD-2026-0002']);
    expect(await listed('state=returned')).to.deep.equal([]);
    const read = (sort: AwardSort, after: string | null) =>
      world.runInTx(buyer, (ctx) => findAwards(ctx, { search: '', state: null, sort }, { after, limit: 1 }));
    for (const sort of awardSorts) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof read>> = await read(sort, after);
        seen.push(...page.rows.map((row) => row.reference));
        after = page.nextCursor;
      } while (after !== null);
      expect(seen, sort).to.deep.equal(await listed(`sort=${sort}`));
    }
    const { text } = await visitor.get('/awards/export.csv?sort=smallest&q=steel').expect(200);
    const rows = text.trim().split('\r\n');
    expect(rows).to.have.length(2);
    expect(rows[1])
      .to.include('AWD-2026-0002')
      .and.to.include('Waits for approval')
      .and.to.include('79500.0000');
  });

  it('is found from its event, and stands in the navigation of those who may read it', async () => {
    const { awardId, eventId, buyer } = await awarded('Copper', '2');
    const visitor = await world.as(buyer);
    const { headers } = await visitor.get(`/events/${eventId}/award`).expect(303);
    expect(headers['location']).to.equal(`/awards/${awardId}`);
    await visitor.get('/events').expect(200, /href="\/awards"/);
    const finance = await (await world.as(await world.staff('finance'))).get('/').expect(200);
    expect(finance.text).not.to.include('href="/awards"');
  });

  it('is not there for an event without an award', async () => {
    const { eventId, buyer } = await evaluatedEvent(world);
    await (await world.as(buyer)).get(`/events/${eventId}/award`).expect(404);
  });
});
