import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { noteOrderMail } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'orders/on-order-mail-delivered';
const delivered = z.object({ template: z.string(), link: z.string(), userId: z.uuid() });
const TEMPLATES: readonly string[] = ['order-issued', 'order-issued-without-prices', 'order-version'];

/**
 * Notes on an order that a mail server took its mail, or that none did: proof that it was delivered. Idempotent: a
 * notification is noted once.
 */
export const job: EventJob = {
  name,
  on: ['notification.sent', 'notification.failed'],
  queue: 'acts',
  run: async (house, event) => {
    const read = delivered.safeParse(event.changes);
    const orderId = read.success ? /^\/orders\/([\da-f-]{36})$/.exec(read.data.link)?.[1] : undefined;
    if (!read.success || orderId === undefined || !TEMPLATES.includes(read.data.template)) return;
    const { userId } = read.data;
    await house.runInTx({ actor: system(name) }, (ctx) =>
      noteOrderMail(ctx, {
        orderId,
        userId,
        notificationId: event.subjectId,
        isTaken: event.action === 'notification.sent',
      }),
    );
  },
};
