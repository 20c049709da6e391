import { getSignedLink, pageOfSignedLink } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent } from '../../src/sourcing/index.ts';

const name = 'identity/on-signed-link-renewal-requested';

/**
 * Mails a new link in place of one that is over, to the contact that had it and to no other; nothing when bids are
 * no longer taken. Idempotent: `notify` tells nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['signed_link.renewal-requested'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const link = await getSignedLink(ctx, event.subjectId);
      const { purpose, subjectId, reference, userId } = link;
      const bidding = purpose === 'invitation' ? await findEvent(ctx, subjectId) : null;
      const endsAt = bidding?.closesAt ?? null;
      if (bidding !== null && (bidding.state !== 'open' || endsAt === null || endsAt <= ctx.now)) return;
      await notify(ctx, {
        eventId: event.id,
        userIds: [userId],
        template: 'signed-link-renewed',
        params: { reference },
        link: pageOfSignedLink(link),
        signInLink: true,
        signedLink: { purpose, subjectId, reference, endsAt },
      });
    }),
};
