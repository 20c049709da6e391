import { answerLinkRequest } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-user-link-requested';

/** Mails a link to whoever has the address that asked for one. Idempotent: a request is taken once. */
export const job: EventJob = {
  name,
  on: ['user.link-requested'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await notify(ctx, {
        eventId: event.id,
        userIds: await answerLinkRequest(ctx, event.subjectId),
        template: 'password-reset',
        params: { company: companyName(ctx.policies.company) },
        link: '/sign-in/password',
        signInLink: true,
      });
    }),
};
