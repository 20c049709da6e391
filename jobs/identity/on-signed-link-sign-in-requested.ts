import { getSignedLink, ONE_TIME_SIGN_IN, pageOfSignedLink } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-signed-link-sign-in-requested';

/**
 * Mails a link that signs a contact in once and leads back to the document it looked at. Idempotent: `notify` tells
 * nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['signed_link.sign-in-requested'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const link = await getSignedLink(ctx, event.subjectId);
      await notify(ctx, {
        eventId: event.id,
        userIds: [link.userId],
        template: ONE_TIME_SIGN_IN,
        params: { reference: link.reference },
        link: pageOfSignedLink(link),
        signInLink: true,
      });
    }),
};
