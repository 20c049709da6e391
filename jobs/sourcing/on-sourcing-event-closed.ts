import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';

const name = 'sourcing/on-sourcing-event-closed';

/**
 * Tells the owner that the event was closed, and the bid openers that its bids wait for them: whoever runs an event does
 * not open its bids. Idempotent by the event row.
 */
export const job: EventJob = {
  name,
  on: ['sourcing_event.closed'],
  queue: 'acts',
  run: (house, closed) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const event = await findEvent(ctx, closed.subjectId);
      const about = {
        eventId: closed.id,
        params: { reference: event.reference, title: event.title },
      };
      if (closed.actorId !== event.ownerId)
        await notify(ctx, {
          ...about,
          userIds: [event.ownerId],
          template: 'event-closed',
          link: `/events/${event.id}`,
        });
      // Where openers are appointed, those are asked on their home page.
      if (event.openerThreshold !== null) return;
      const openers = await findUsersByRole(ctx, 'bid_opener');
      await notify(ctx, {
        ...about,
        userIds: openers.map((person) => person.id).filter((id) => id !== event.ownerId),
        template: 'event-to-open',
        link: `/events/${event.id}/opening`,
      });
    }),
};
