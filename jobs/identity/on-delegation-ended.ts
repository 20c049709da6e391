import { findDelegation } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-delegation-ended';

/** Tells both people, but not who ended it, that nobody stands in any more. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['delegation.ended', 'delegation.run-out'],
  queue: 'acts',
  run: (house, ended) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { principalId, principalName, delegateId, delegateName } = await findDelegation(
        ctx,
        ended.subjectId,
      );
      await notify(ctx, {
        eventId: ended.id,
        userIds: [principalId, delegateId].filter((id) => id !== ended.actorId),
        template: 'delegation-ended',
        params: { principal: principalName, delegate: delegateName },
        link: '/delegations',
        isPersonal: true,
      });
    }),
};
