import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob, EventRow } from '../../src/platform/queue/job.ts';
import { findRequisition } from '../../src/requisitions/index.ts';

const name = 'requisitions/on-requisition-decided';

/** What each act says to the requester. */
const templateOf = (event: EventRow): string | null => {
  if (event.action !== 'requisition.progressed') return event.action.replace('requisition.', 'requisition-');
  return event.changes['state'] === 'received' ? 'requisition-received' : null;
};

/** Tells the requester what has become of it. Idempotent by the event row; one's own act is no news. */
export const job: EventJob = {
  name,
  on: ['requisition.approved', 'requisition.returned', 'requisition.rejected', 'requisition.progressed'],
  queue: 'acts',
  run: (house, decided) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const template = templateOf(decided);
      if (template === null) return;
      const requisition = await findRequisition(ctx, decided.subjectId);
      if (decided.actorId === requisition.requesterId) return;
      const reason = decided.changes['reason'];
      await notify(ctx, {
        eventId: decided.id,
        userIds: [requisition.requesterId],
        template,
        params: {
          reference: requisition.reference,
          title: requisition.title,
          approver: decided.actorName,
          reason: typeof reason === 'string' ? reason : '—',
        },
        link: `/requisitions/${requisition.id}`,
      });
    }),
};
