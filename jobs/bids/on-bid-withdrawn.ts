import { getBidFacts } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

/** Tells everybody at the bidder that the bid was taken back, in case one of them did not know. Idempotent by the event's id. */
export const job: EventJob = {
  name: 'bids/on-bid-withdrawn',
  on: ['bid.withdrawn'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system('bids/on-bid-withdrawn') }, async (ctx) => {
      const bid = await getBidFacts(ctx, event.subjectId);
      await notify(ctx, {
        eventId: event.id,
        userIds: await supplierUserIds(ctx, bid.supplierId, 'bids'),
        template: 'bid-withdrawn',
        params: {
          bid: bid.reference,
          event: bid.eventReference,
          title: bid.title,
          closing: { instant: bid.closesAt ?? event.at, timeZone: bid.timeZone },
        },
        link: `/bids/invitations/${bid.eventId}`,
      });
    }),
};
