import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'sourcing/on-invitation-uninvited';

/** Tells a supplier that its invitation was withdrawn, and why. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['invitation.uninvited'],
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const event = await findEvent(ctx, String(done.changes['eventId']));
      if (done.supplierId === null) throw new Error('An invitation has a supplier');
      await notify(ctx, {
        eventId: done.id,
        userIds: await supplierUserIds(ctx, done.supplierId, 'bids'),
        template: 'invitation-withdrawn',
        params: {
          company: companyName(ctx.policies.company),
          reference: event.reference,
          title: event.title,
          reason: String(done.changes['reason']),
        },
        link: '/bids',
      });
    }),
};
