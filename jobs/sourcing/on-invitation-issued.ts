import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent, findEventItems } from '../../src/sourcing/index.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'sourcing/on-invitation-issued';

/**
 * Tells an invited supplier's people, at publication as well as when it is invited later. Idempotent by the
 * event row: nobody is told twice about one invitation.
 */
export const job: EventJob = {
  name,
  on: ['invitation.issued'],
  queue: 'acts',
  run: (house, issued) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { supplierId } = issued;
      const eventId = issued.changes['eventId'];
      if (supplierId === null || typeof eventId !== 'string')
        throw new Error('An invitation has a supplier and an event');
      const event = await findEvent(ctx, eventId);
      const lineCount = (await findEventItems(ctx, eventId)).length;
      const closesAt = { instant: event.closesAt ?? ctx.now, timeZone: event.timeZone };
      await notify(ctx, {
        eventId: issued.id,
        userIds: await supplierUserIds(ctx, supplierId, 'bids'),
        template: 'event-published',
        params: {
          company: companyName(ctx.policies.company),
          reference: event.reference,
          title: event.title,
          closesAt,
          lineCount,
        },
        facts: [
          { label: 'sourcing.fact.reference', value: event.reference },
          { label: 'sourcing.fact.title', value: event.title },
          { label: 'sourcing.fact.lines', value: lineCount },
          { label: 'sourcing.fact.closes', value: closesAt },
        ],
        link: `/bids/invitations/${eventId}`,
        signInLink: true,
        signedLink: {
          purpose: 'invitation',
          subjectId: eventId,
          reference: event.reference,
          endsAt: event.closesAt,
        },
      });
    }),
};
