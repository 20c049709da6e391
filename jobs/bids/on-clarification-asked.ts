import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'bids/on-clarification-asked';

/** Tells a bidder that it is asked about its bid; the question stands on the page. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['clarification.asked'],
  queue: 'acts',
  run: (house, asked) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { eventId, bidId } = asked.changes;
      if (typeof eventId !== 'string' || typeof bidId !== 'string' || asked.supplierId === null)
        throw new Error('A bidder is asked about a bid');
      const event = await findEvent(ctx, eventId);
      await notify(ctx, {
        eventId: asked.id,
        userIds: await supplierUserIds(ctx, asked.supplierId, 'bids'),
        template: 'clarification-asked',
        params: { reference: event.reference, title: event.title },
        facts: [],
        link: `/bids/${bidId}`,
        signInLink: true,
      });
    }),
};
