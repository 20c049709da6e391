import { expect } from 'chai';
import { offeredEventTypes } from '../../src/sourcing/event-template.ts';
import {
  asksPrices,
  byLots,
  createEvent,
  currenciesOf,
  eventTemplates,
  findEvent,
  findEventItems,
  findLots,
  type NewEventItem,
} from '../../src/sourcing/index.ts';
import { reviseEvent } from '../../src/sourcing/sourcing.service.ts';
import {
  draftEvent,
  makeCatalog,
  publishedEvent,
  someItems,
  someTerms,
} from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

const lots = [
  { title: 'Housings', description: 'Die-cast' },
  { title: 'Shafts', description: '' },
];
const items = (): NewEventItem[] =>
  someItems({ targetPrice: '2', reservePrice: '3', tiers: ['500', '1000.5'] }).map((item, index) => ({
    ...item,
    lotNo: index === 0 ? 1 : 2,
    schedule: [{ quantity: '60', deliverOn: '2026-05-01' }],
  }));

describe('the structure of an event', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  afterEach(() => world.close());

  it('follows the template of its kind, and its number says which', async () => {
    const buyer = await world.staff('buyer');
    const made = await world.runInTx(buyer, async (ctx) => {
      const events = [];
      for (const eventType of offeredEventTypes) {
        const id = await createEvent(ctx, { ...someTerms(), eventType, items: someItems() });
        events.push(await findEvent(ctx, id));
      }
      return events;
    });
    expect(made.map((event) => event.reference)).to.deep.equal([
      'RFQ-2026-0001',
      'RFI-2026-0001',
      'RFP-2026-0001',
      'TND-2026-0001',
    ]);
    expect(
      made.map((event) => [asksPrices(event), event.takesPartialBids, event.bidValidDays]),
    ).to.deep.equal([
      [true, true, null],
      [false, true, null],
      [true, true, 60],
      [true, false, 90],
    ]);
    expect(eventTemplates.tender.envelopes).to.deep.equal(['technical', 'commercial']);
  });

  it('keeps lots, tiers and deliveries, and the ids of what stays when it is saved again', async () => {
    const buyer = await world.staff('buyer');
    const terms = someTerms({ bidCurrencies: ['EUR', 'USD'] });
    const eventId = await world.runInTx(buyer, (ctx) =>
      createEvent(ctx, { ...terms, eventType: 'tender', lots, items: items() }),
    );
    const read = () =>
      world.runInTx(buyer, async (ctx) => ({
        event: await findEvent(ctx, eventId),
        lots: await findLots(ctx, eventId),
        items: await findEventItems(ctx, eventId),
      }));
    const before = await read();
    expect(currenciesOf(before.event)).to.deep.equal(['USD', 'EUR']);
    expect(
      byLots(before.lots, before.items).map((group) => [group.lot?.title, group.items.length]),
    ).to.deep.equal([
      ['Housings', 1],
      ['Shafts', 2],
    ]);
    expect(before.items[0]).to.deep.include({
      targetPrice: '2',
      reservePrice: '3',
      tiers: ['500', '1000.5'],
    });
    expect(before.items[0]?.schedule).to.deep.equal([{ quantity: '60', deliverOn: '2026-05-01' }]);

    // The lots change places, the first line goes, and the grid says nothing of what stands beside it.
    const [first, second] = before.lots;
    const [, kept] = before.items;
    const { id, itemCode, quantity, unit, originalUnit, needByOn, estimatedPrice } =
      kept as (typeof before.items)[0];
    await world.runInTx(buyer, (ctx) =>
      reviseEvent(ctx, {
        ...terms,
        eventId,
        version: 1,
        lots: [second, first].map((lot) => ({ ...lots[0], ...lot })),
        items: [
          {
            id,
            itemCode,
            quantity,
            unit,
            originalUnit,
            needByOn,
            estimatedPrice,
            description: 'Renamed',
            lotNo: 1,
          },
        ],
      } as Parameters<typeof reviseEvent>[1]),
    );
    const after = await read();
    expect(after.lots.map((lot) => lot.id)).to.deep.equal([second?.id, first?.id]);
    expect(after.items.map((item) => item.id)).to.deep.equal([id]);
    expect(after.items[0]).to.deep.include({
      description: 'Renamed',
      lineNo: 1,
      lotId: second?.id,
      targetPrice: '2',
      tiers: ['500', '1000.5'],
    });
  });

  it('refuses a line without a lot where there are lots, and takes no line of another event for its own', async () => {
    const other = await draftEvent(world);
    const foreign = await world.runInTx(other.buyer, (ctx) => findEventItems(ctx, other.eventId));
    const refused = await world
      .runInTx(other.buyer, (ctx) => createEvent(ctx, { ...someTerms(), lots, items: someItems() }))
      .catch((error: { code: string }) => error.code);
    expect(refused).to.equal('form.invalid');
    expect(await world.db('sourcing_event').select('reference')).to.have.length(1);

    await world
      .runInTx(other.buyer, (ctx) =>
        createEvent(ctx, {
          ...someTerms(),
          items: someItems().map((item) => ({ ...item, id: foreign[0]?.id })),
        }),
      )
      .catch(() => null);
    const stillThere = await world.runInTx(other.buyer, (ctx) => findEventItems(ctx, other.eventId));
    expect(stillThere).to.deep.equal(foreign);
  });

  it('keeps what the buyer hopes to pay from suppliers, in the query and in the database', async () => {
    const published = await publishedEvent(world, {
      items: items().map((item) => ({ ...item, lotNo: null })),
    });
    const actor = published.suppliers[0]?.actor;
    if (actor === undefined) throw new Error('no supplier');
    const seen = await world.runInTx(actor, (ctx) => findEventItems(ctx, published.eventId));
    expect(
      seen.map((item) => [item.targetPrice, item.reservePrice, item.estimatedPrice, item.tiers]),
    ).to.deep.equal([1, 2, 3].map(() => [null, null, null, ['500', '1000.5']]));
    for (const column of ['target_price', 'reserve_price', 'estimated_price']) {
      const refused = await world
        .runInTx(actor, (ctx) => ctx.tx('event_item').select(column))
        .catch((error: Error) => error.message);
      expect(refused, column).to.include('permission denied');
    }
  });
});
