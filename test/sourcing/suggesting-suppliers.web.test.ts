import { expect } from 'chai';
import { openBids } from '../../src/bids/index.ts';
import { submittedBid } from '../support/factories/bids.ts';
import { closeEvent, draftEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld } from '../support/world.ts';

describe('suggesting whom to invite', () => {
  it('puts who bid in the category before first, with the day, and nobody whose bid is still sealed', async () => {
    const world = await makeWorld();
    try {
      const early = await makeSupplier(world);
      const made = await publishedEvent(world, {
        suppliers: [await makeSupplier(world), await makeSupplier(world)],
      });
      const [, bidder] = made.suppliers;
      if (bidder === undefined) throw new Error('no supplier');
      await submittedBid(world, { supplier: bidder, ...made, prices: ['1', '2', '3'] });
      const { eventId } = await draftEvent(world, { buyer: made.buyer });
      const page = async () =>
        (await (await world.as(made.buyer)).get(`/events/${eventId}/invitations`)).text;
      expect(await page()).not.to.include('bid in this category');
      await closeEvent(world, made.event);
      await world.drainJobs();
      const opener = await world.staff('bid_opener');
      await world.runInTx(opener, (ctx) => openBids(ctx, made.eventId));
      const text = await page();
      expect(text).to.include('bid in this category 9 Mar 2026');
      expect(text.indexOf(bidder.name)).to.be.below(text.indexOf(early.name));
    } finally {
      await world.close();
    }
  });
});
