import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-user-address-reverted';

/** Mails a link to a new password to the address that is the account's again. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['user.address-reverted'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      await notify(ctx, {
        eventId: event.id,
        userIds: [event.subjectId],
        template: 'password-reset',
        params: { company: companyName(ctx.policies.company) },
        link: '/sign-in/password',
        signInLink: true,
      });
    }),
};
