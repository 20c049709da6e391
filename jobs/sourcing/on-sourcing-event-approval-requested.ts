import { findApproval } from '../../src/approvals/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';

const name = 'sourcing/on-sourcing-event-approval-requested';

/** Tells every approver who may decide on the event. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['sourcing_event.approval-requested'],
  queue: 'acts',
  run: (house, asked) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const event = await findEvent(ctx, asked.subjectId);
      // A chain tells whom it asks.
      if ((await findApproval(ctx, { documentType: 'sourcing_event', documentId: event.id })) !== null)
        return;
      const approvers = (await findUsersByRole(ctx, 'approver')).map((person) => person.id);
      const { estimatedValue, currency } = event;
      await notify(ctx, {
        eventId: asked.id,
        userIds: approvers.filter((id) => id !== event.ownerId && id !== event.approvalRequestedBy),
        exceptDelegates: [event.ownerId, event.approvalRequestedBy],
        template: 'event-approval-requested',
        params: { reference: event.reference, title: event.title, requester: asked.actorName },
        facts: [
          { label: 'sourcing.fact.reference', value: event.reference },
          { label: 'sourcing.fact.title', value: event.title },
          {
            label: 'sourcing.fact.value',
            value: estimatedValue === null ? '—' : { amount: estimatedValue, currency },
          },
        ],
        link: `/events/${event.id}`,
      });
    }),
};
