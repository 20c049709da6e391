import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { passOnUnread } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'suppliers/on-supplier-contact-deactivated';
const left = z.object({ userId: z.uuid(), unreadTo: z.uuid().nullable().default(null) });

/** Hands what somebody who left has not read to the successor. Idempotent: the second time nothing is left. */
export const job: EventJob = {
  name,
  on: ['supplier.contact-deactivated'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { userId, unreadTo } = left.parse(event.changes);
      if (unreadTo !== null) await passOnUnread(ctx, { from: userId, to: unreadTo });
    }),
};
