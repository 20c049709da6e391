import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';

const name = 'bids/on-clarification-answered';

/** Tells the event's owner that a bidder has answered. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['clarification.answered'],
  queue: 'acts',
  run: (house, answered) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { eventId, bidId } = answered.changes;
      if (typeof eventId !== 'string' || typeof bidId !== 'string')
        throw new Error('An answer is about a bid');
      const event = await findEvent(ctx, eventId);
      await notify(ctx, {
        eventId: answered.id,
        userIds: [event.ownerId],
        template: 'clarification-answered',
        params: { reference: event.reference, title: event.title },
        facts: [],
        link: `/events/${eventId}/bids/${bidId}/costs`,
      });
    }),
};
