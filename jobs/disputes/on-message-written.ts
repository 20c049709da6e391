import { getMessageNews } from '../../src/disputes/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'disputes/on-message-written';
const types = ['forecast', 'purchase_order', 'despatch_advice', 'goods_receipt', 'invoice'] as const;

/** Tells the side that did not write that somebody wrote on a document. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['message.written'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const type = types.find((one) => one === event.subjectType);
      if (type === undefined) return;
      const { document, buyerPeople, supplierPeople } = await getMessageNews(ctx, {
        type,
        id: event.subjectId,
      });
      const isFromSupplier = event.actorId !== null && supplierPeople.includes(event.actorId);
      await notify(ctx, {
        eventId: event.id,
        userIds: isFromSupplier ? buyerPeople : supplierPeople,
        template: 'message-written',
        params: { about: document.reference, name: event.actorName },
        facts: [],
        link: `/messages/${type}/${document.id}`,
        ...(isFromSupplier ? {} : { signInLink: true }),
      });
    }),
};
