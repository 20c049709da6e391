import { z } from 'zod';
import { makeAddressLink } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, sendDirectMail } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-user-address-change-requested';
const asked = z.object({ changeId: z.uuid() });

/** Mails the link that confirms to the new address. Safe to repeat: the newest mail's link is the one that works. */
export const job: EventJob = {
  name,
  on: ['user.address-change-requested'],
  queue: 'mail',
  run: (house, event) =>
    sendDirectMail(house, { actor: system(name) }, async (ctx) => {
      const { changeId } = asked.parse(event.changes);
      const made = await makeAddressLink(ctx, { changeId, link: 'confirm' });
      if (made === null) return null;
      return {
        to: { name: made.user.name, address: made.change.toEmail },
        reader: made.user,
        template: 'address-confirmation',
        params: { company: companyName(ctx.policies.company), until: { instant: made.change.confirmsUntil } },
        path: made.path,
        messageId: event.id,
      };
    }),
};
