import { findApproval } from '../../src/approvals/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';

const name = 'sourcing/on-amendment-approval-requested';

/** Tells every approver who may decide on the amendment. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['amendment.approval-requested'],
  queue: 'acts',
  run: (house, asked) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      // A chain tells whom it asks.
      if ((await findApproval(ctx, { documentType: 'amendment', documentId: asked.subjectId })) !== null)
        return;
      const event = await findEvent(ctx, String(asked.changes['eventId']));
      const approvers = (await findUsersByRole(ctx, 'approver')).map((person) => person.id);
      await notify(ctx, {
        eventId: asked.id,
        userIds: approvers.filter((id) => id !== event.ownerId && id !== asked.actorId),
        exceptDelegates: [event.ownerId, asked.actorId],
        template: 'amendment-approval-requested',
        params: { reference: event.reference, title: event.title, requester: asked.actorName },
        link: `/events/${event.id}/amendments/${asked.subjectId}`,
      });
    }),
};
