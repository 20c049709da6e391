import { findDelegation } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-delegation-given';

/** Tells the delegate for whom it acts, when and with which roles. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['delegation.given'],
  queue: 'acts',
  run: (house, given) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const delegation = await findDelegation(ctx, given.subjectId);
      const { principalName, delegateId, fromOn, untilOn, note } = delegation;
      await notify(ctx, {
        eventId: given.id,
        userIds: [delegateId],
        template: 'delegation-given',
        params: { principal: principalName, from: { day: fromOn }, until: { day: untilOn } },
        facts: [
          ...delegation.roles.map((role) => ({
            label: 'delegation.fact.roles',
            value: { key: `role.${role}` },
          })),
          ...(note === '' ? [] : [{ label: 'delegation.fact.note', value: note }]),
        ],
        link: '/delegations',
        isPersonal: true,
      });
    }),
};
