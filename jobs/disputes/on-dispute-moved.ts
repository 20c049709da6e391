import { getDisputeNews } from '../../src/disputes/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'disputes/on-dispute-moved';

/**
 * Tells everybody concerned, but whoever did it, what became of a dispute; whose turn it is, and until when.
 * Idempotent by the event row.
 */
export const job: EventJob = {
  name,
  on: [
    'dispute.opened',
    'dispute.acknowledged',
    'dispute.answered',
    'dispute.resolution-proposed',
    'dispute.resolution-refused',
    'dispute.resolved',
    'dispute.escalated',
    'dispute.reminded',
    'dispute.decided',
    'dispute.withdrawn',
  ],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { dispute, names, buyerPeople, supplierPeople, turnPeople } = await getDisputeNews(
        ctx,
        event.subjectId,
      );
      const everybody = new Set([...buyerPeople, ...supplierPeople, ...turnPeople]);
      const isReminder = event.action === 'dispute.reminded';
      const recipients = (isReminder ? turnPeople : [...everybody]).filter((id) => id !== event.actorId);
      const message = {
        eventId: event.id,
        params: {
          reference: dispute.reference,
          title: dispute.title,
          about: dispute.subjectReference,
          supplier: names.supplierName,
          what: { key: `event-name.${event.action}` },
          due: dispute.dueAt === null ? '—' : { instant: dispute.dueAt },
        },
        facts: [
          { label: 'disputes.page.about', value: dispute.subjectReference },
          { label: 'disputes.page.topic', value: { key: `disputes.topic.${dispute.topic}` } },
        ],
        link: `/disputes/${dispute.id}`,
      };
      const template = dispute.closedAt === null ? 'dispute-moved' : 'dispute-ended';
      const isSuppliers = (id: string): boolean => supplierPeople.includes(id);
      await notify(ctx, {
        ...message,
        template,
        userIds: recipients.filter(isSuppliers),
        signInLink: true,
      });
      await notify(ctx, { ...message, template, userIds: recipients.filter((id) => !isSuppliers(id)) });
    }),
};
