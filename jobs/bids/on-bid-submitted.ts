import { getBidFacts } from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

/** Tells the bidder that its bid is in: hash and time, never a price. Idempotent by the event's id. */
export const job: EventJob = {
  name: 'bids/on-bid-submitted',
  on: ['bid.submitted'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system('bids/on-bid-submitted') }, async (ctx) => {
      const bid = await getBidFacts(ctx, event.subjectId);
      const version = Number(event.changes['version']);
      await notify(ctx, {
        eventId: event.id,
        userIds: await supplierUserIds(ctx, bid.supplierId, 'bids'),
        template: 'bid-received',
        params: {
          bid: bid.reference,
          event: bid.eventReference,
          title: bid.title,
          version,
          closing: { instant: bid.closesAt ?? event.at, timeZone: bid.timeZone },
        },
        facts: [
          {
            label: 'mail.fact.received-at',
            value: { instant: String(event.changes['receivedAt']), timeZone: bid.timeZone },
          },
          { label: 'mail.fact.version', value: version },
          { label: 'mail.fact.content-hash', value: String(event.changes['contentSha256']) },
        ],
        link: `/bids/${event.subjectId}/receipt?version=${version}`,
      });
    }),
};
