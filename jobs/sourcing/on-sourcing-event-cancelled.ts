import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent, listInvitations } from '../../src/sourcing/index.ts';
import { userIdsOfSuppliers } from '../../src/suppliers/index.ts';

const name = 'sourcing/on-sourcing-event-cancelled';

/** Tells everybody who was invited; a draft that nobody knew of ends in silence. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['sourcing_event.cancelled'],
  queue: 'acts',
  run: (house, cancelled) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const event = await findEvent(ctx, cancelled.subjectId);
      if (event.publishedAt === null) return;
      const invited = (await listInvitations(ctx, event.id)).filter((one) => one.state !== 'uninvited');
      const reason = cancelled.changes['reason'];
      await notify(ctx, {
        eventId: cancelled.id,
        userIds: await userIdsOfSuppliers(
          ctx,
          invited.map((one) => one.supplierId),
        ),
        template: 'event-cancelled',
        params: {
          company: ctx.policies.company.name,
          reference: event.reference,
          title: event.title,
          reason: typeof reason === 'string' ? reason : '',
        },
        link: `/bids/invitations/${event.id}`,
        signInLink: true,
      });
    }),
};
