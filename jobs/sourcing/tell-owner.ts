import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';

/**
 * A job that tells an event's owner of what somebody else, or the clock, did with it. Idempotent by the
 * event row; the owner's own act is no news to the owner.
 */
export const tellOwner = (of: { name: string; on: string; template: string }): EventJob => ({
  name: of.name,
  on: [of.on],
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(of.name) }, async (ctx) => {
      const event = await findEvent(ctx, done.subjectId);
      if (done.actorId === event.ownerId) return;
      const reason = done.changes['reason'];
      await notify(ctx, {
        eventId: done.id,
        userIds: [event.ownerId],
        template: of.template,
        params: {
          reference: event.reference,
          title: event.title,
          approver: done.actorName,
          reason: typeof reason === 'string' ? reason : '',
        },
        link: `/events/${event.id}`,
      });
    }),
});
