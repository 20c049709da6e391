import { revokeSignedLinks } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-document-over';

/** Stops the links to what is over: a cancelled requirement, an invitation taken back, a closed order. Idempotent. */
export const job: EventJob = {
  name,
  on: [
    'sourcing_event.cancelled',
    'sourcing_event.declared-unsuccessful',
    'invitation.uninvited',
    'purchase_order.closed',
  ],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { eventId } = event.changes;
      const { supplierId } = event;
      const isInvitation =
        event.subjectType === 'invitation' && typeof eventId === 'string' && supplierId !== null;
      const links = isInvitation ? { subjectId: eventId, supplierId } : { subjectId: event.subjectId };
      await revokeSignedLinks(ctx, links, 'document-over');
    }),
};
