import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { enquiriesEndAt, findEvent } from '../../src/sourcing/index.ts';

const name = 'sourcing/on-enquiry-asked';

/**
 * Tells the event's owner of a question. The mail does not say whose it is: mails are passed on. Idempotent by the
 * event row.
 */
export const job: EventJob = {
  name,
  on: ['enquiry.asked'],
  queue: 'acts',
  run: (house, asked) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const eventId = asked.changes['eventId'];
      if (typeof eventId !== 'string') throw new Error('A question is about an event');
      const event = await findEvent(ctx, eventId);
      const instant = enquiriesEndAt(event) ?? ctx.now;
      await notify(ctx, {
        eventId: asked.id,
        userIds: [event.ownerId],
        template: 'enquiry-asked',
        params: { reference: event.reference, title: event.title },
        facts: [
          { label: 'sourcing.fact.reference', value: event.reference },
          { label: 'sourcing.fact.title', value: event.title },
          { label: 'enquiries.until', value: { instant, timeZone: event.timeZone } },
        ],
        link: `/events/${eventId}/enquiries`,
      });
    }),
};
