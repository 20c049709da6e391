import { z } from 'zod';
import { getBidFacts } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const bidIds = z.array(z.uuid());

/** Asks the bidders whose envelope waits for their own keys. Idempotent by the event's id. */
export const job: EventJob = {
  name: 'bids/on-rescue-requested',
  on: ['sourcing_event.rescue-requested'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system('bids/on-rescue-requested') }, async (ctx) => {
      for (const bidId of bidIds.parse(event.changes['bidIds'])) {
        const bid = await getBidFacts(ctx, bidId);
        await notify(ctx, {
          eventId: event.id,
          userIds: await supplierUserIds(ctx, bid.supplierId, 'bids'),
          template: 'bid-rescue-asked',
          params: { bid: bid.reference, event: bid.eventReference, title: bid.title },
          link: `/bids/${bidId}/rescue`,
        });
      }
    }),
};
