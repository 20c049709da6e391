import { getBidFacts } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'bids/on-bid-invalidated';

/** Tells a bidder that an amendment asks for its bid again. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['bid.invalidated'],
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const number = done.changes['number'];
      // Without an amendment its invitation was withdrawn, which has a mail of its own.
      if (typeof number !== 'number') return;
      const bid = await getBidFacts(ctx, done.subjectId);
      await notify(ctx, {
        eventId: done.id,
        userIds: await supplierUserIds(ctx, bid.supplierId, 'bids'),
        template: 'bid-invalidated',
        params: {
          bid: bid.reference,
          event: bid.eventReference,
          title: bid.title,
          number,
          closing: { instant: bid.closesAt ?? done.at, timeZone: bid.timeZone },
        },
        link: `/bids/invitations/${bid.eventId}`,
        signInLink: true,
      });
    }),
};
