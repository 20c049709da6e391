import { findReminder } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'bids/on-bid-reminder-issued';

/** Mails a reminder, unless the bid came in meanwhile. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['bid_reminder.issued'],
  queue: 'acts',
  run: (house, issued) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const reminder = await findReminder(ctx, issued.subjectId);
      if (reminder === undefined) return;
      const { reference, title, bidId, eventId, closesAt, timeZone } = reminder;
      await notify(ctx, {
        eventId: issued.id,
        userIds: await supplierUserIds(ctx, reminder.supplierId, 'bids'),
        template: bidId === null ? 'bid-reminder' : 'bid-reminder-draft',
        params: { reference, title, closesAt: { instant: closesAt, timeZone } },
        link: bidId === null ? `/bids/invitations/${eventId}` : `/bids/${bidId}/edit`,
        signInLink: true,
      });
    }),
};
