import { findAsked, pageOf } from '../../src/approvals/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'approvals/on-approval-asked';

/** What each act says to whoever a step waits for. */
const TEMPLATES: Readonly<Record<string, string>> = {
  'approval.asked': 'approval-asked',
  'approval.reminded': 'approval-reminded',
  'approval.escalated': 'approval-escalated',
};

/** Tells whoever is asked, and who acts for them. Idempotent by the event row; who has decided meanwhile is not told. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATES),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const ids = event.changes['stepIds'];
      const stepIds = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
      for (const asked of await findAsked(ctx, stepIds))
        await notify(ctx, {
          eventId: event.id,
          userIds: asked.userIds,
          exceptDelegates: [asked.requesterId, ...asked.barredIds],
          template: TEMPLATES[event.action] ?? 'approval-asked',
          params: { reference: asked.reference, title: asked.title, requester: asked.requesterName },
          facts: [
            { label: 'approvals-fact.reference', value: asked.reference },
            { label: 'approvals-fact.title', value: asked.title },
            { label: 'approvals-fact.requester', value: asked.requesterName },
            {
              label: 'approvals-fact.amount',
              value: asked.amount === null ? '—' : { amount: asked.amount, currency: asked.currency },
            },
          ],
          link: `${pageOf[asked.documentType]}${asked.documentId}`,
        });
    }),
};
