import { z } from 'zod';
import { makeAddressLink } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, sendDirectMail } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-user-address-changed';
const changed = z.object({ changeId: z.uuid() });

/** Tells the old address, with a link that takes the change back. Safe to repeat: the newest mail's link works. */
export const job: EventJob = {
  name,
  on: ['user.address-changed'],
  queue: 'mail',
  run: (house, event) =>
    sendDirectMail(house, { actor: system(name) }, async (ctx) => {
      const { changeId } = changed.parse(event.changes);
      const made = await makeAddressLink(ctx, { changeId, link: 'revert' });
      if (made === null) return null;
      return {
        to: { name: made.user.name, address: made.change.fromEmail },
        reader: made.user,
        template: 'address-changed',
        params: {
          company: companyName(ctx.policies.company),
          until: { instant: made.change.revertsUntil ?? event.at },
        },
        path: made.path,
        messageId: event.id,
      };
    }),
};
