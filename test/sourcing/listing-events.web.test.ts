import { expect } from 'chai';
import type { Actor } from '../../src/kernel/actor.ts';
import { eventSorts, listEvents } from '../../src/sourcing/event-list.queries.ts';
import { closeEvent, draftEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('listing events', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());
  const references = (html: string): string[] =>
    [...html.matchAll(/RFQ-2026-\d{4}(?=<\/a>)/g)].map(([found]) => found);
  const filter = { search: '', state: null, category: null, ownerId: null };

  for (const sort of eventSorts)
    it(`pages through every event once, sorted by ${sort}`, async () => {
      const { buyer } = await draftEvent(world, { terms: { closesAt: null } });
      for (const [index, currency] of ['USD', 'CNY', 'USD', 'USD'].entries()) {
        world.setNow(`2026-03-02T10:00:0${Math.floor(index / 2)}Z`);
        const closesAt = new Date(`2026-03-1${index % 2}T09:00:00Z`);
        await draftEvent(world, {
          buyer,
          terms: { currency, closesAt },
          ...(index === 3 ? { items: [] } : {}),
        });
      }
      const read = (after: string | null, limit: number) =>
        world.runInTx(buyer, (ctx) => listEvents(ctx, { ...filter, sort }, { after, limit }));
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof read>> = await read(after, 2);
        seen.push(...page.rows.map((row) => row.reference));
        after = page.nextCursor;
      } while (after !== null);
      expect(new Set(seen).size).to.equal(5);
      expect(seen).to.deep.equal((await read(null, 100)).rows.map((row) => row.reference));
    });

  it('sorts by closing time, what has none coming last', async () => {
    const { buyer } = await draftEvent(world, { terms: { closesAt: null } });
    await draftEvent(world, { buyer, terms: { closesAt: new Date('2026-03-12T09:00:00Z') } });
    await draftEvent(world, { buyer, terms: { closesAt: new Date('2026-03-11T09:00:00Z') } });
    const { text } = await (await world.as(buyer)).get('/events?sort=closing').expect(200);
    expect(references(text)).to.deep.equal(['RFQ-2026-0003', 'RFQ-2026-0002', 'RFQ-2026-0001']);
    expect(text).to.match(/aria-sort="ascending"><a[^>]*>Closes/);
  });

  it('finds a part of a title or number, its own wildcards meant as they are written', async () => {
    const { buyer } = await draftEvent(world, { terms: { title: '100%_steel plates' } });
    await draftEvent(world, { buyer });
    const visitor = await world.as(buyer);
    const found = async (q: string): Promise<string[]> =>
      references((await visitor.get(`/events?q=${q}`).expect(200)).text);
    expect(await found('STEEL')).to.deep.equal(['RFQ-2026-0001']);
    expect(await found('0%25_s')).to.deep.equal(['RFQ-2026-0001']);
    expect(await found('0_s')).to.deep.equal([]);
    expect(await found('0002')).to.deep.equal(['RFQ-2026-0002']);
  });

  it('leads to what each event waits for, for those who may do it', async () => {
    const made = await publishedEvent(world, { suppliers: [await makeSupplier(world)] });
    await closeEvent(world, made.event);
    const opening = `/events/${made.eventId}/opening`;
    const listOf = async (reader: Actor) => (await (await world.as(reader)).get('/events').expect(200)).text;
    expect(await listOf(await world.staff('buyer'))).to.include(`href="${opening}"`);
    expect(await listOf(made.buyer), 'nobody opens the bids of an event of their own').not.to.include(
      opening,
    );
    expect(await listOf(await world.staff('approver'))).not.to.include(opening);
  });

  it('exports the filtered list in its order, with nothing a spreadsheet would calculate', async () => {
    const { buyer } = await draftEvent(world, { terms: { title: '=1+1' } });
    await draftEvent(world, { buyer, terms: { title: 'Second' } });
    await publishedEvent(world, { buyer });
    const visitor = await world.as(buyer);
    const { text, headers } = await visitor.get('/events/export.csv?state=draft&sort=oldest').expect(200);
    const rows = text.trim().split('\r\n');
    expect(headers['content-disposition']).to.include('requirements-2026-03-02.csv');
    expect(rows).to.have.length(3);
    expect(rows[1]).to.include("'=1+1").and.to.include('2026-03-09 17:00').and.to.include('980.0000');
    expect(rows[2]).to.include('Second');
  });

  it('knows no page that it did not name itself', async () => {
    const visitor = await world.as(await world.staff('buyer'));
    await visitor.get('/events?after=x').expect(404);
    await visitor.get('/events?after=infinity~x').expect(404);
  });
});
