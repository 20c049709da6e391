import { expect } from 'chai';
import { type EvaluatedEvent, evaluatedEvent } from '../support/factories/awards.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const rowOf = (html: string, words: string): string =>
  textOf(html.split('<tr').find((row) => row.includes(words)) ?? '').replace(/^[^>]*> /, '');

describe('comparing bids', () => {
  let world: World;
  let made: EvaluatedEvent;
  let buyer: Visitor;
  before(async () => {
    world = await makeWorld();
    made = await evaluatedEvent(world, { silent: 1 });
  });
  // Each event of a test lets a week go by, which no session outlives.
  beforeEach(async () => {
    buyer = await world.as(made.buyer);
  });
  after(() => world.close());
  const page = (query = '') => buyer.get(`/events/${made.eventId}/comparison${query}`).expect(200);

  it('puts the lowest of each line in colour and in a word, and says of a missing price that there is none', async () => {
    const { text } = await page();
    expect(rowOf(text, 'Bracket A')).to.match(
      /38\.40 Lowest vs estimate -8\.59 % 35\.10 lowest 28 d 37\.20 36\.80 35 d/,
    );
    expect(rowOf(text, 'Bracket B')).to.match(/38\.60 28 d 40\.10 37\.90 lowest 35 d/);
    expect(rowOf(text, 'Mount plate')).to.match(/— 44\.85 lowest 28 d 47\.75 no bid/);
    expect(text.match(/class="num bestcell"/g)).to.have.length(3);
  });

  it('ranks complete bids only, and shows an incomplete total as one that cannot be compared', async () => {
    const { text } = await page();
    expect(rowOf(text, 'Total, USD')).to.match(/1,018,400\.00 lowest 1,073,750\.00 763,750\.00 incomplete/);
    expect(rowOf(text, '>Rank<')).to.match(/Rank 1 2 —/);
    expect(rowOf(text, 'Lines priced')).to.match(/3 of 3 3 of 3 2 of 3/);
    expect(rowOf(text, 'Lowest on')).to.match(/2 lines 0 lines 1 line/);
  });

  it('says on top how many answered, the best total, what the lowest lines save, and what is covered', async () => {
    const text = textOf((await page()).text);
    expect(text).to.include('Bids received 3 / 4 1 invited supplier has not answered');
    expect(text).to.include('Best total 1,018,400.00 USD Huaqiang Precision');
    // 12,000 × (38.40 − 35.10) + 8,500 × (41.75 − 37.90): the line without an estimate does not count.
    expect(text).to.include(
      'Projected savings 72,325.00 USD -8.87 % by the lowest of each line · 2 of 3 lines',
    );
    expect(text).to.include('Lines covered 3 / 3 every line has at least two bids');
  });

  it('hides lines that everybody priced the same when only differences are wanted', async () => {
    const same = await evaluatedEvent(world, {
      bids: [
        { name: 'Same A', prices: ['35.10', '38.60', '44.85'] },
        { name: 'Same B', prices: ['35.1', '38.59', null] },
      ],
    });
    buyer = await world.as(made.buyer);
    const { text } = await buyer.get(`/events/${same.eventId}/comparison?differences=yes`).expect(200);
    expect(text).to.include('Only differences (2)').and.to.not.include('Bracket A');
    expect(text).to.include('Bracket B').and.to.include('Mount plate');
    const whole = await buyer.get(`/events/${same.eventId}/comparison`).expect(200);
    // A tie is marked on both sides.
    expect(rowOf(whole.text, 'Bracket A')).to.match(/35\.10 lowest 35\.10 lowest/);
  });

  it('compares prices of one unit where a bidder prices hundreds', async () => {
    const hundreds = await evaluatedEvent(world, {
      bids: [
        { name: 'Ones', prices: ['35.10', '38.60', '44.85'] },
        { name: 'Hundreds', prices: ['3500', '3900', '4485'], priceBaseQuantity: '100' },
      ],
    });
    buyer = await world.as(made.buyer);
    const { text } = await buyer.get(`/events/${hundreds.eventId}/comparison`).expect(200);
    expect(rowOf(text, 'Bracket A')).to.match(/35\.10 3,500\.00 per 100 lowest/);
    expect(rowOf(text, 'Mount plate')).to.match(/44\.85 lowest 4,485\.00 per 100 lowest/);
  });

  it('shows a hundred lines at a time, with totals over all of them', async () => {
    const items = Array.from({ length: 130 }, (_, index) => ({
      itemCode: null,
      description: `Part ${index + 1}`,
      quantity: '2',
      unit: 'C62',
      originalUnit: null,
      needByOn: null,
      estimatedPrice: '1',
    }));
    const many = await evaluatedEvent(world, {
      items,
      bids: [{ name: 'Only one', prices: items.map(() => '1.5') }],
    });
    buyer = await world.as(made.buyer);
    const second = (await buyer.get(`/events/${many.eventId}/comparison?page=2`).expect(200)).text;
    expect(second).to.include('Lines 101–130 of 130').and.to.include('Part 130');
    expect(second).to.not.include('>Part 100<');
    expect(rowOf(second, 'Total, USD')).to.include('390.00');
    expect(textOf(second)).to.include('130 lines have only one bid');
    await buyer.get(`/events/${many.eventId}/comparison?page=9999`).expect(200);
    await buyer
      .get(`/events/${many.eventId}/comparison?page=-1&differences=x`)
      .expect(200, /Lines 1–100 of 130/);
  });

  it('exports all lines with empty cells where nothing was bid', async () => {
    const csv = await buyer.get(`/events/${made.eventId}/comparison/export?format=csv`).expect(200);
    const lines = csv.text.trim().split('\r\n');
    expect(lines).to.have.length(5);
    expect(lines[1]).to.equal(
      '1,BR-A,"Bracket A, 6061-T6",12000,C62,38.4,Huaqiang Precision,35.1,421200.0000,28,37.2,446400.0000,,36.8,441600.0000,35',
    );
    expect(lines[3]).to.match(
      /^3,,"Mount plate, anodised",6000,C62,,Huaqiang Precision,44.85,269100.0000,28,47.75,286500.0000,,,,$/,
    );
    const xlsx = await buyer
      .get(`/events/${made.eventId}/comparison/export?format=xlsx`)
      .buffer(true)
      .expect(200);
    expect(xlsx.headers['content-disposition']).to.match(/RFQ-.*comparison\.xlsx/);
  });

  it('shows nothing of sealed bids', async () => {
    const open = await publishedEvent(world, {
      approver: await world.staff('approver'),
      closesAt: new Date(world.now().getTime() + 86_400_000).toISOString(),
    });
    const { text } = await buyer.get(`/events/${open.eventId}/comparison`).expect(200);
    expect(text).to.include('The bids are sealed').and.to.not.include('<table');
  });

  it('does not exist for suppliers, and is refused to administrators', async () => {
    const [huaqiang] = made.bidders;
    const supplier = await world.as((huaqiang as (typeof made.bidders)[number]).actor);
    await supplier.get(`/events/${made.eventId}/comparison`).expect(404);
    await supplier.get(`/events/${made.eventId}/comparison/export`).expect(404);
    const administrator = await world.as(await world.staff('administrator'));
    await administrator.get(`/events/${made.eventId}/comparison`).expect(403);
    await buyer.get('/events/not-an-id/comparison').expect(404);
  });
});
