import { answerLinkRequest, findAccount } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier } from '../../src/suppliers/index.ts';

const name = 'identity/on-user-link-requested';

/** Mails a link to whoever has the address that asked for one. Idempotent: a request is taken once. */
export const job: EventJob = {
  name,
  on: ['user.link-requested'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      // One person may act for several companies: each mail says for which its link is. They are five at most.
      for (const { userId, returnTo } of await answerLinkRequest(ctx, event.subjectId)) {
        const account = found('user', await findAccount(ctx, userId));
        const supplier = await findSupplier(ctx, account.supplierId ?? '');
        await notify(ctx, {
          eventId: event.id,
          userIds: [userId],
          template: 'password-reset',
          params: { company: companyName(ctx.policies.company) },
          facts: [{ label: 'company.acts-for', value: supplier.name }],
          link: returnTo ?? '/sign-in/password',
          signInLink: true,
        });
      }
    }),
};
